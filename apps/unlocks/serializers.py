"""Serializers of reports, their results, lists and revocations; parsing.py reads reports, bodies.py writes results."""

from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from apps.core.api.openapi.operations import BatchErrorSerializer
from apps.core.api.wire.fields import IdField, TextField, number_field
from apps.core.api.wire.inputs import AnySerializer
from apps.games.models import KEY_LENGTH_MAX, KEY_PATTERN, AchievementKind
from apps.unlocks.journals.parsing import HASH_PATTERN, SEQUENCE_MAX, SIGNATURE_PATTERN
from apps.unlocks.models import RevocationState
from apps.unlocks.parsing import BATCH_MAX, REQUEST_ID_PATTERN, STEPS_MAX

_ACHIEVEMENT = {
    "oneOf": [
        {"type": "string", "format": "uuid"},
        {"type": "string", "pattern": KEY_PATTERN, "example": "ACH_FIRST_LIGHT"},
    ]
}
_PLAYER = {"oneOf": [{"type": "string", "format": "uuid"}, {"type": "string", "const": "me"}]}


@extend_schema_field(_ACHIEVEMENT)
class AchievementReferenceField(serializers.CharField):
    """An achievement, by id or by key."""


@extend_schema_field(_PLAYER)
class PlayerReferenceField(serializers.CharField):
    """A player, by id; `me` with a player token."""


def _verb(name: str) -> object:
    field = type("VerbField", (serializers.CharField,), {})
    return extend_schema_field({"type": "string", "const": name})(field)()


class UnlockReportSerializer(AnySerializer):
    """A player earned an achievement."""

    player_id = PlayerReferenceField(
        required=False, help_text="A key must name the player; a token speaks for its own and may leave it out."
    )
    achievement_id = AchievementReferenceField(help_text="Its id, or its key, such as ACH_FIRST_LIGHT, in any case.")
    unlocked_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When it was earned offline: at most 14 days ago and 5 minutes ahead. Now, when left out.",
    )
    hardcore = serializers.BooleanField(
        required=False, allow_null=True, help_text="Whether it was earned in hardcore, in a game with that mode."
    )


class RarityOfUnlockSerializer(AnySerializer):
    """How rare an achievement is among the game's players."""

    share = serializers.FloatField(help_text="Share of the game's players who hold it, 0 to 1.")
    tier = serializers.CharField(help_text="common, uncommon, rare, epic or legendary.")


class UnlockAnswerSerializer(AnySerializer):
    """An unlock, new or repeated."""

    player_id = serializers.UUIDField(help_text="The id from the request, or of the player it was merged into.")
    achievement_id = serializers.UUIDField()
    unlocked = serializers.BooleanField(help_text="Whether this report unlocked it.")
    points = serializers.IntegerField(help_text="As earned.")
    rarity = RarityOfUnlockSerializer(allow_null=True, help_text="Null until the hourly count finds 20 players.")
    unlocked_at = serializers.DateTimeField(help_text="When it was first earned.")
    hardcore = serializers.BooleanField(required=False, help_text="Of hardcore reports: whether it is the first.")
    hardcore_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Of hardcore reports: the first time; null if it can't be earned."
    )


class UnlockResultSerializer(AnySerializer):
    """The result of one item: the members of an unlock, or `error`."""

    index = serializers.IntegerField(help_text="Position in the batch, from 0.")
    status = serializers.IntegerField(help_text="The status that a request of its own would get.")
    error = BatchErrorSerializer(required=False)
    player_id = serializers.UUIDField(required=False)
    achievement_id = serializers.UUIDField(required=False)
    unlocked = serializers.BooleanField(required=False)
    points = serializers.IntegerField(required=False)
    rarity = RarityOfUnlockSerializer(required=False, allow_null=True)
    unlocked_at = serializers.DateTimeField(required=False)
    hardcore = serializers.BooleanField(required=False)
    hardcore_at = serializers.DateTimeField(required=False, allow_null=True)


class UnlockBatchSerializer(AnySerializer):
    """Several unlocks in one request."""

    # Bad items fail individually, so this describes valid ones.
    unlocks = serializers.ListField(child=UnlockReportSerializer(), min_length=1, max_length=BATCH_MAX)


class UnlockBatchAnswerSerializer(AnySerializer):
    """One result per item, in the order sent."""

    results = UnlockResultSerializer(many=True)


class IncrementReportSerializer(UnlockReportSerializer):
    """Adds steps, once."""

    verb = _verb("increment")
    steps = serializers.IntegerField(min_value=1, max_value=STEPS_MAX, help_text="How many more.")
    request_id = serializers.RegexField(
        REQUEST_ID_PATTERN, help_text="Names this increment: the same in every retry, another for the next."
    )


class SetAtLeastReportSerializer(UnlockReportSerializer):
    """Raises progress to at least this many steps."""

    verb = _verb("set_at_least")
    steps = serializers.IntegerField(min_value=1, max_value=STEPS_MAX, help_text="How many in all.")
    request_id = serializers.RegexField(REQUEST_ID_PATTERN, required=False, allow_null=True, help_text="Not needed.")


class UnlockVerbReportSerializer(UnlockReportSerializer):
    """Unlocks the achievement, among other reports of a batch."""

    verb = _verb("unlock")
    request_id = serializers.RegexField(REQUEST_ID_PATTERN, required=False, allow_null=True, help_text="Not needed.")


class RevealReportSerializer(UnlockVerbReportSerializer):
    """Reveals a hidden achievement to the player; earns nothing, so it says no mode."""

    verb = _verb("reveal")
    hardcore = None  # type: ignore[assignment]


def _any_verb(name: str, *kinds: type[AnySerializer]) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(name, {kind.__name__: kind for kind in kinds}, resource_type_field_name=None)


_VERBS = (IncrementReportSerializer, SetAtLeastReportSerializer, RevealReportSerializer)
PROGRESS_REPORT = _any_verb("ProgressReport", *_VERBS)
PROGRESS_ITEM = _any_verb("ProgressBatchItem", *_VERBS, UnlockVerbReportSerializer)


class ProgressAnswerSerializer(UnlockAnswerSerializer):
    """The player's current progress."""

    unlocked = serializers.BooleanField(help_text="Whether this report reached the target and unlocked it.")
    unlocked_at = serializers.DateTimeField(allow_null=True, help_text="When it was first earned, if it was.")
    steps = serializers.IntegerField(allow_null=True, help_text="Null for what is earned at once.")
    target = serializers.IntegerField(allow_null=True, help_text="Steps to go in all; null as steps.")
    revealed = serializers.BooleanField(help_text="Whether the player may see its name and description.")


class ProgressResultSerializer(UnlockResultSerializer):
    """The result of one item: the members of progress, or `error`."""

    unlocked_at = serializers.DateTimeField(required=False, allow_null=True)
    steps = serializers.IntegerField(required=False, allow_null=True)
    target = serializers.IntegerField(required=False, allow_null=True)
    revealed = serializers.BooleanField(required=False)


class ProgressBatchSerializer(AnySerializer):
    """Several progress reports in one request."""

    reports = serializers.ListField(child=PROGRESS_ITEM, min_length=1, max_length=BATCH_MAX)


class ProgressBatchAnswerSerializer(AnySerializer):
    """One result per item, in the order sent."""

    results = ProgressResultSerializer(many=True)


class AchievementEntrySerializer(AnySerializer):
    """An achievement. A hidden one that the viewer has neither earned nor revealed has null members."""

    id = serializers.UUIDField()
    number = number_field()
    key = serializers.CharField(allow_null=True, help_text="Null while masked.")
    name = serializers.CharField(allow_null=True, help_text="Null while masked.")
    description = serializers.CharField(allow_null=True, help_text="Null while masked.")
    points = serializers.IntegerField(help_text="As of today; an unlock has those of its day.")
    set = serializers.CharField(help_text="The key of its set, of the game's `sets`.")
    kind = serializers.ChoiceField(choices=AchievementKind.values)
    target = serializers.IntegerField(allow_null=True, help_text="Steps in all; null for one_shot, and while masked.")
    hidden = serializers.BooleanField()
    icon_url = serializers.CharField(allow_null=True, help_text="Null while masked, or when there is none.")
    locked_icon_url = serializers.CharField(allow_null=True, help_text="Null while masked, or when there is none.")
    rarity = RarityOfUnlockSerializer(allow_null=True, help_text="Null until the hourly count finds 20 players.")
    unlocked_at = serializers.DateTimeField(allow_null=True, help_text="When the player earned it.")
    hardcore_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When the player earned it in hardcore; in games with that mode."
    )
    hardcore_rarity = RarityOfUnlockSerializer(
        required=False, allow_null=True, help_text="Of those who hold it in hardcore, among all of the game's players."
    )
    steps = serializers.IntegerField(allow_null=True, help_text="Steps so far; null for other players.")


class GameOfUnlockSerializer(AnySerializer):
    """The game of an unlock."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()


class UnlockEntrySerializer(AnySerializer):
    """An earned achievement."""

    achievement = AchievementEntrySerializer()
    game = GameOfUnlockSerializer()
    points = serializers.IntegerField(help_text="As earned.")
    unlocked_at = serializers.DateTimeField()


class ProgressEntrySerializer(AnySerializer):
    """An achievement in progress."""

    achievement = AchievementEntrySerializer()
    game = GameOfUnlockSerializer()
    steps = serializers.IntegerField()
    target = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class NewRevocationSerializer(AnySerializer):
    """Which unlocks to revoke: a player's, an achievement's, or with both the one."""

    player_id = IdField(required=False)
    achievement_id = serializers.CharField(
        required=False, max_length=KEY_LENGTH_MAX, help_text="A UUID, or the achievement's key, in any case."
    )
    hardcore_only = serializers.BooleanField(
        required=False, help_text="Of the hardcore mode alone: the unlocks themselves stay."
    )
    reason = TextField(max_length=200, help_text="For the audit log.")

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        if not {"player_id", "achievement_id"} & attrs.keys():
            raise serializers.ValidationError(gettext("Name a player_id, an achievement_id, or both."))
        return attrs


class RevocationSerializer(AnySerializer):
    """A revocation; it stays in the list permanently."""

    id = serializers.UUIDField()
    player_id = serializers.UUIDField(allow_null=True)
    achievement_id = serializers.UUIDField(allow_null=True)
    hardcore_only = serializers.BooleanField(help_text="Whether the unlocks themselves stay.")
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=RevocationState.values)
    revoked_by = serializers.CharField(help_text="account:<id> or key:<id>.")
    created_at = serializers.DateTimeField()
    unlock_count = serializers.IntegerField(help_text="Unlocks taken back so far.")
    restored_by = serializers.CharField(allow_null=True)
    restored_at = serializers.DateTimeField(allow_null=True)
    restored_count = serializers.IntegerField(
        help_text="Unlocks restored, those included that were earned again and only got their hardcore mode back."
    )
    kept_count = serializers.IntegerField(help_text="Earned again meanwhile, or earlier by linking; left unchanged.")


class JournalEntrySerializer(AnySerializer):
    """An achievement that a device earned without a network, chained to the one before and signed by the device."""

    sequence = serializers.IntegerField(
        min_value=1, max_value=SEQUENCE_MAX, help_text="Its place, from 1, without gaps."
    )
    previous_hash = serializers.RegexField(
        HASH_PATTERN, help_text="SHA-256 of the entry before, in hexadecimal; 64 zeros in the first."
    )
    achievement_id = AchievementReferenceField(help_text="A UUID, or the achievement's key.")
    earned_at = serializers.DateTimeField(help_text="By the device's clock.")
    signature = serializers.RegexField(SIGNATURE_PATTERN, help_text="In hexadecimal, by the device's credential.")


class JournalSerializer(AnySerializer):
    """What a device earned without a network, in its order."""

    entries = serializers.ListField(child=JournalEntrySerializer(), min_length=1, max_length=BATCH_MAX)


class JournalResultSerializer(AnySerializer):
    """What became of an entry. One that was refused has an `error`; the chain goes on behind it."""

    index = serializers.IntegerField()
    status = serializers.IntegerField(
        help_text="201 for a new unlock, 200 for any other, or the error's; the same when sent again."
    )
    sequence = serializers.IntegerField(required=False)
    late = serializers.BooleanField(
        required=False,
        help_text="Over 14 days old when it arrived: it counts at its arrival, or at the last moment of an event that "
        "had closed.",
    )
    device_time = serializers.DateTimeField(
        required=False, help_text="As the device's clock had it; absent for one that is no time."
    )
    achievement_id = serializers.UUIDField(required=False)
    unlocked = serializers.BooleanField(required=False)
    points = serializers.IntegerField(required=False)
    unlocked_at = serializers.DateTimeField(required=False)
    error = BatchErrorSerializer(required=False)


class JournalHeadSerializer(AnySerializer):
    """The last entry accepted; a new chain may name it, whatever became of the old one."""

    sequence = serializers.IntegerField(help_text="0 before the first.")
    hash = serializers.CharField(help_text="What the next entry has as `previous_hash`.")


class JournalAnswerSerializer(AnySerializer):
    """One result an entry, in the order sent."""

    results = JournalResultSerializer(many=True)
    head = JournalHeadSerializer()
    broken_at = serializers.IntegerField(
        allow_null=True,
        help_text="The index of the first entry that breaks the chain; it and all behind it are refused.",
    )


_PLAYER_ID = "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b"
UNLOCK_EXAMPLE = OpenApiExample(
    "An unlock", {"player_id": _PLAYER_ID, "achievement_id": "ACH_FIRST_LIGHT"}, request_only=True
)
INCREMENT_EXAMPLE = OpenApiExample(
    "Ten more",
    {
        "player_id": _PLAYER_ID,
        "achievement_id": "ACH_HUNDRED_LAMPS",
        "verb": "increment",
        "steps": 10,
        "request_id": "match-8841-lamps",
    },
    request_only=True,
)
SET_EXAMPLE = OpenApiExample(
    "Forty at least",
    {"player_id": _PLAYER_ID, "achievement_id": "ACH_HUNDRED_LAMPS", "verb": "set_at_least", "steps": 40},
    request_only=True,
)
