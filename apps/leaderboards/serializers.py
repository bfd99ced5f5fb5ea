"""What boards look like, for the API's description; they are written by serializers.py."""

from typing import Any

from rest_framework import serializers

from apps.core.api.openapi.operations import query
from apps.leaderboards.bodies import AROUND_MAX, PAGE_MAX, PAGE_SIZE_MAX
from apps.leaderboards.models import Window
from apps.players.models import Region


class BoardPlayerSerializer(serializers.Serializer[Any]):
    """A player as boards show them."""

    id = serializers.UUIDField()
    handle = serializers.CharField()
    display_name = serializers.CharField()
    region = serializers.CharField(help_text="Continent: " + ", ".join(Region.values) + ".")
    avatar_url = serializers.CharField(allow_null=True)


class BoardRowSerializer(serializers.Serializer[Any]):
    """One line of a board."""

    rank = serializers.IntegerField(help_text="1 is the best.")
    player = BoardPlayerSerializer(
        allow_null=True,
        help_text="Null for who is private, or open to players they follow only: to those who may not see them, such a "
        "row has its rank and numbers alone. Pages of boards are the same for everyone.",
    )
    points = serializers.IntegerField()
    unlock_count = serializers.IntegerField()
    reached_at = serializers.DateTimeField(help_text="When they came to these points; of equals the first is ahead.")


class FriendsRowSerializer(BoardRowSerializer):
    """One line of a friends' board."""

    player = BoardPlayerSerializer()
    rank = serializers.IntegerField(allow_null=True, help_text="Among the friends; null for a viewer without points.")
    reached_at = serializers.DateTimeField(allow_null=True, help_text="Null for a viewer without points.")


class BoardSerializer(serializers.Serializer[Any]):
    """Which board it is."""

    scope = serializers.CharField(help_text="The game's id, or `global`.")
    window = serializers.ChoiceField(choices=Window.values, help_text="UTC; weeks start on Monday.")
    opened_on = serializers.DateField(allow_null=True, help_text="First day of the window; null for all time.")
    closes_at = serializers.DateTimeField(allow_null=True, help_text="End of the window; null for all time.")
    region = serializers.CharField(allow_null=True, help_text="Several with commas, in order; null for everyone.")


class BoardPageSerializer(serializers.Serializer[Any]):
    """A page of a board."""

    board = BoardSerializer()
    degraded = serializers.BooleanField(
        help_text="Read from the slower store for want of the fast one, and as right; or, while the database does not "
        "answer, the page of a moment ago."
    )
    total_players = serializers.IntegerField()
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = BoardRowSerializer(many=True)


class FriendsPageSerializer(BoardPageSerializer):
    """A page of a friends' board."""

    results = FriendsRowSerializer(many=True)


class PlayerPlaceSerializer(BoardRowSerializer):
    """Where a player stands on a board."""

    player = BoardPlayerSerializer()
    board = BoardSerializer()
    degraded = serializers.BooleanField(help_text="Read from the slower store for want of the fast one; as right.")
    percentile = serializers.FloatField(help_text="Share of the board's players at or below them, 0 to 100.")
    points_to_next_rank = serializers.IntegerField(
        allow_null=True, help_text="One more than a tie, which goes to whoever got there first. Null for the first."
    )
    total_players = serializers.IntegerField()
    neighbours = BoardRowSerializer(many=True, help_text="The rows around them, their own included.")


window = query("window", str, "Stretch of time.", enum=Window.values, default=Window.ALL.value)
_ONE = "|".join(Region.values)
region = query(
    "region",
    str,
    f"One or several of {', '.join(Region.values)}, with commas: `EU,NA`.",
    pattern=f"^(({_ONE})(,({_ONE}))*)?$",
    is_united=True,
)
page_parameters = [
    query("page", {"type": "integer", "minimum": 1, "maximum": PAGE_MAX}, "Counts from 1.", default=1),
    query(
        "page_size", {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX}, "Rows a page.", default=PAGE_SIZE_MAX
    ),
]
around = query("around", {"type": "integer", "minimum": 0, "maximum": AROUND_MAX}, "Rows above and below.", default=5)
