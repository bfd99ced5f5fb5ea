"""Serializers of boards, closed windows and medals, for the API's description; bodies.py writes them."""

from rest_framework import serializers

from apps.core.api.wire.inputs import AnySerializer
from apps.games.models import SetKind
from apps.leaderboards.boards.modes import Mode
from apps.leaderboards.models import Window
from apps.leaderboards.results import final_places
from apps.players.models import Region


class CrownSerializer(AnySerializer):
    """The mark of a completed game. Achievements that are added, moved or archived later take none away."""

    completed_at = serializers.DateTimeField(
        help_text="When every published achievement of the base set was earned, for the first time."
    )


class SetCompletionSerializer(AnySerializer):
    """What a player has earned of a set."""

    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=SetKind.values)
    title = serializers.CharField()
    icon_url = serializers.CharField(allow_null=True)
    opens_at = serializers.DateTimeField(allow_null=True, help_text="Of events only.")
    closes_at = serializers.DateTimeField(allow_null=True, help_text="Of events only.")
    achievement_count = serializers.IntegerField(help_text="Earned of the set's published achievements.")
    points = serializers.IntegerField(help_text="Of these, as they are worth today.")
    total_achievements = serializers.IntegerField(allow_null=True, help_text="Published ones; null for a retired set.")
    total_points = serializers.IntegerField(allow_null=True, help_text="As total_achievements.")
    completion_percentage = serializers.FloatField(allow_null=True, help_text="As total_achievements.")


class CompletionSerializer(AnySerializer):
    """A player's completion of a game, set by set."""

    player_id = serializers.UUIDField()
    game_id = serializers.UUIDField()
    crown = CrownSerializer(allow_null=True, help_text="Null until the base set was earned whole.")
    sets = SetCompletionSerializer(many=True, help_text="The base set first.")


class BoardPlayerSerializer(AnySerializer):
    """A player as boards show them."""

    id = serializers.UUIDField()
    handle = serializers.CharField()
    display_name = serializers.CharField()
    region = serializers.CharField(help_text="Continent: " + ", ".join(Region.values) + ".")
    avatar_url = serializers.CharField(allow_null=True)


class BoardRowSerializer(AnySerializer):
    """One row of a board."""

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
    """One row of a friends' board."""

    player = BoardPlayerSerializer()
    rank = serializers.IntegerField(allow_null=True, help_text="Among the friends; null for a viewer without points.")
    reached_at = serializers.DateTimeField(allow_null=True, help_text="Null for a viewer without points.")


class BoardSerializer(AnySerializer):
    """The board's scope, window and region."""

    scope = serializers.CharField(help_text="The game's id, or `global`.")
    mode = serializers.ChoiceField(choices=Mode.values, required=False, help_text="Only of hardcore boards.")
    window = serializers.ChoiceField(choices=Window.values, help_text="UTC; weeks start on Monday.")
    opened_on = serializers.DateField(allow_null=True, help_text="First day of the window; null for all time.")
    closes_at = serializers.DateTimeField(allow_null=True, help_text="End of the window; null for all time.")
    region = serializers.CharField(allow_null=True, help_text="Several with commas, in order; null for everyone.")


class BoardPageSerializer(AnySerializer):
    """A page of a board."""

    board = BoardSerializer()
    degraded = serializers.BooleanField(
        help_text="Whether it was read from the database while the cache was unavailable, which is as correct; "
        "or, while the database does not respond, whether it is an earlier page."
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
    """A player's rank on a board."""

    player = BoardPlayerSerializer()
    board = BoardSerializer()
    degraded = serializers.BooleanField(
        help_text="Whether it was read from the database while the cache was unavailable."
    )
    percentile = serializers.FloatField(help_text="Share of the board's players at or below them, 0 to 100.")
    points_to_next_rank = serializers.IntegerField(
        allow_null=True, help_text="One more than a tie, which goes to whoever got there first. Null for the first."
    )
    total_players = serializers.IntegerField()
    neighbours = BoardRowSerializer(many=True, help_text="The rows around them, their own included.")


class ClosedWindowSerializer(AnySerializer):
    """A closed window with its first three."""

    board = BoardSerializer()
    closed_at = serializers.DateTimeField(help_text="When its places were stored, an hour after its end.")
    total_players = serializers.IntegerField()
    leaders = BoardRowSerializer(many=True)


class ClosedWindowsSerializer(AnySerializer):
    """The latest closed windows, newest first."""

    results = ClosedWindowSerializer(many=True)


class FinalPageSerializer(AnySerializer):
    """A page of a closed window's stored places: the first thousand."""

    board = BoardSerializer()
    closed_at = serializers.DateTimeField()
    total_players = serializers.IntegerField(help_text="How many were on the board; the first thousand are stored.")
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = BoardRowSerializer(many=True)


class MedalSerializer(AnySerializer):
    """A place among the first thousand of a window."""

    board = BoardSerializer()
    medal = serializers.ChoiceField(choices=final_places.MEDALS)
    rank = serializers.IntegerField()
    points = serializers.IntegerField()
    unlock_count = serializers.IntegerField()


class RankOfDaySerializer(AnySerializer):
    """A player's rank at the end of a day."""

    day = serializers.DateField()
    rank = serializers.IntegerField()


class RankHistorySerializer(AnySerializer):
    """A player's rank on an all-time board, day by day; days without a stored rank are left out."""

    player_id = serializers.UUIDField()
    board = BoardSerializer()
    results = RankOfDaySerializer(many=True)


class FollowedBoardSerializer(AnySerializer):
    """A followed board."""

    game_id = serializers.UUIDField(allow_null=True, help_text="Null for the board of all games.")
    window = serializers.ChoiceField(choices=Window.values)
    mode = serializers.ChoiceField(choices=Mode.values, required=False, help_text="Only of hardcore boards.")


class FollowedBoardsSerializer(AnySerializer):
    """All the boards that the player follows."""

    boards = FollowedBoardSerializer(many=True)
