"""Serializers of imports; parsing.py reads their items, bodies.py writes results."""

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from apps.core.api.openapi.operations import BatchErrorSerializer
from apps.core.api.wire.fields import NameField
from apps.core.api.wire.inputs import AnySerializer
from apps.players.parsing import EXTERNAL_ID_LENGTH_MAX
from apps.unlocks.models import ImportState
from apps.unlocks.parsing import BATCH_MAX
from apps.unlocks.serializers import AchievementReferenceField

# What JSON has exactly.
EXPECTED_MAX = 2**53


class NewUnlockImportSerializer(AnySerializer):
    """An import to begin."""

    expected_count = serializers.IntegerField(
        min_value=1, max_value=EXPECTED_MAX, help_text="How many unlocks it brings, each player and achievement once."
    )
    name = NameField(required=False, max_length=200, help_text="For people: where the unlocks are from.")


class UnlockImportSerializer(AnySerializer):
    """An import of a game's past."""

    id = serializers.UUIDField()
    name = serializers.CharField(help_text="Empty if none was given.")
    state = serializers.ChoiceField(choices=ImportState.values, help_text="abandoned: open for over 30 days.")
    expected_count = serializers.IntegerField()
    unlock_count = serializers.IntegerField(help_text="Brought so far, each player and achievement once.")
    recorded_count = serializers.IntegerField(help_text="Those of them that the game did not have.")
    created_by = serializers.CharField(help_text="account:<id>, key:<id> or command.")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class PastUnlockSerializer(AnySerializer):
    """A player earned an achievement, back then."""

    player_id = serializers.UUIDField(required=False, help_text="The player's id, or `external_id` instead.")
    external_id = serializers.CharField(
        required=False,
        max_length=EXTERNAL_ID_LENGTH_MAX,
        help_text="Your game's id of the player, who is created if nobody has it.",
    )
    achievement_id = AchievementReferenceField(help_text="Its id, or its key, in any case.")
    unlocked_at = serializers.DateTimeField(help_text="When it was earned, from 1990 on; kept as given.")


class PastUnlocksSerializer(AnySerializer):
    """A chunk of an import."""

    unlocks = serializers.ListField(child=PastUnlockSerializer(), min_length=1, max_length=BATCH_MAX)


class PastUnlockResultSerializer(AnySerializer):
    """The result of one item: the members of an unlock, or `error`."""

    index = serializers.IntegerField(help_text="Position in the request, from 0.")
    status = serializers.IntegerField(help_text="201 for a new unlock, 200 for one that was there, else an error's.")
    error = BatchErrorSerializer(required=False)
    player_id = serializers.UUIDField(required=False)
    achievement_id = serializers.UUIDField(required=False)
    unlocked = serializers.BooleanField(required=False, help_text="Whether this import brought it.")
    points = serializers.IntegerField(required=False, help_text="Of today's definition, or as earned before.")
    unlocked_at = serializers.DateTimeField(required=False, help_text="The first one, where it was there.")


class PastUnlockResultsSerializer(AnySerializer):
    """One result per item, in the order sent."""

    results = PastUnlockResultSerializer(many=True)


PAST_EXAMPLE = OpenApiExample(
    "Two of a player's past",
    {
        "unlocks": [
            {"external_id": "76561198000000000", "achievement_id": name, "unlocked_at": f"2021-03-0{day}T18:04:05Z"}
            for day, name in enumerate(("ACH_FIRST_LIGHT", "ACH_HUNDRED_LAMPS"), start=1)
        ]
    },
    request_only=True,
)
