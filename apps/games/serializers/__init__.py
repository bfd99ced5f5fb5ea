"""Serializers of games, achievements, imports, keys and tokens."""

from rest_framework import serializers

from apps.core.api.auth.callers import SERVER_SCOPES, Scope
from apps.core.api.wire.cursors import page_serializer
from apps.core.api.wire.fields import IdField, MomentField, NameField, TextField, number_field
from apps.core.api.wire.inputs import AnySerializer
from apps.games.definitions.budget import POINTS_BUDGET_MAX
from apps.games.definitions.rules import NOT_A_COLOUR
from apps.games.formats import laurel
from apps.games.models import KEY_LENGTH_MAX, AchievementKind, ApiKey, KeyKind, Role, SetKind, Setter, Trust
from apps.games.serializers.drafts import ManagedAchievementSerializer, MemberChangeSerializer
from apps.players.serializers import PlayerTokenSerializer


def _colour() -> serializers.CharField:
    return serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=7,
        help_text="As #rrggbb; empty for Laurel's own.",
        error_messages={"max_length": NOT_A_COLOUR},
    )


def _key() -> serializers.CharField:
    return serializers.CharField(
        max_length=KEY_LENGTH_MAX,
        help_text="What game code refers to it by, such as ACH_FIRST_LIGHT: 1 to 64 letters, digits, underscores, dots "
        "and hyphens; neither dots alone nor a UUID. Unique in the game, and found, without regard to case.",
    )


class SetSerializer(AnySerializer):
    """A set of a game's achievements."""

    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=SetKind.values, help_text="A game's base set completes it.")
    title = serializers.CharField()
    icon_url = serializers.CharField(allow_null=True)
    opens_at = serializers.DateTimeField(allow_null=True, help_text="Of events only.")
    closes_at = serializers.DateTimeField(
        allow_null=True, help_text="What was earned before is taken for 14 more days. Of events only."
    )
    achievement_count = serializers.IntegerField(help_text="Published ones.")
    points = serializers.IntegerField(help_text="Of these together.")


class BareGameSerializer(AnySerializer):
    """A game without its sets."""

    id = serializers.UUIDField()
    number = number_field()
    slug = serializers.CharField(help_text="Its address: /games/<slug>/.")
    name = serializers.CharField()
    tagline = serializers.CharField()
    description = serializers.CharField()
    accent = serializers.CharField(help_text="Colour of its pages on light, as #rrggbb, or empty.")
    accent_dark = serializers.CharField(help_text="Colour of its pages on dark, as #rrggbb, or empty.")
    cover_url = serializers.CharField(allow_null=True)
    achievement_count = serializers.IntegerField(help_text="Published ones of the base set.")
    points = serializers.IntegerField(help_text="Of these achievements together.")
    player_count = serializers.IntegerField(help_text="Players with an unlock, as counted for rarity, each hour.")
    is_listed = serializers.BooleanField(
        help_text="Whether lists of games name it and the platform's boards count it; see `trust` of managed games."
    )
    has_modes = serializers.BooleanField(
        help_text="Whether achievements can be earned in hardcore, too, and it has hardcore boards."
    )


class GameSerializer(BareGameSerializer):
    """A game as everyone sees it."""

    sets = SetSerializer(many=True, help_text="The base set first.")


class ManagedGameSerializer(BareGameSerializer):
    """A game as its studio sees it, its base set counted as all is drafted, without archived achievements."""

    is_published = serializers.BooleanField()
    points_budget = serializers.IntegerField()
    default_setter = serializers.ChoiceField(choices=Setter.values, help_text="What new achievements start with.")
    trust = serializers.ChoiceField(
        choices=Trust.values,
        help_text="Operators decide: once published, a listed game is in lists and counts on the platform's boards.",
    )
    has_trusted_clients = serializers.BooleanField(
        help_text="Whether the platform's boards count what only its clients reported; operators decide."
    )
    is_ranking_clients = serializers.BooleanField(help_text="Whether its own boards do.")
    is_ranking_members = serializers.BooleanField(help_text="Whether its own boards rank members of its studio.")
    created_at = serializers.DateTimeField()
    role = serializers.ChoiceField(
        choices=Role.values, allow_null=True, help_text="Yours in its studio; null for keys."
    )


class GameChangesSerializer(AnySerializer):
    """Changes to a game; omitted members stay."""

    name = NameField(max_length=80, required=False)
    slug = serializers.CharField(max_length=60, required=False, help_text="Fixed once the game is published.")
    tagline = NameField(max_length=140, required=False, allow_blank=True)
    description = TextField(max_length=4000, required=False, allow_blank=True)
    accent = _colour()
    accent_dark = _colour()
    default_setter = serializers.ChoiceField(choices=Setter.values, required=False)
    has_modes = serializers.BooleanField(
        required=False, help_text="Turned off, what was earned in hardcore is not shown, and comes back with it."
    )
    is_ranking_clients = serializers.BooleanField(
        required=False, help_text="Whether its own boards count what only its clients reported; they follow in chunks."
    )
    is_ranking_members = serializers.BooleanField(
        required=False, help_text="Whether its own boards rank members of its studio."
    )
    points_budget = serializers.IntegerField(min_value=1, max_value=POINTS_BUDGET_MAX, required=False)
    is_published = serializers.BooleanField(required=False)


class NewAchievementSerializer(AnySerializer):
    """An achievement to create; it starts as a draft."""

    key = _key()
    name = NameField(max_length=80)
    points = serializers.IntegerField(min_value=0, max_value=1000)
    description = TextField(max_length=300, required=False, allow_blank=True)
    hidden = serializers.BooleanField(required=False, source="is_hidden")
    kind = serializers.ChoiceField(choices=AchievementKind.values, required=False)
    target = serializers.IntegerField(
        min_value=2, max_value=2**31 - 1, required=False, allow_null=True, help_text="Of incremental ones only."
    )
    setter = serializers.ChoiceField(
        choices=Setter.values, required=False, help_text="Who may report it; the game's default when left out."
    )
    set = serializers.CharField(max_length=60, required=False, help_text="The key of its set; base when left out.")


class ManagedSetSerializer(SetSerializer):
    """A set as its studio sees it, counted as all is drafted; the game's own `sets` count what is live."""

    id = serializers.UUIDField()
    achievement_count = serializers.IntegerField(help_text="Those drafted in it, without archived ones.")
    points = serializers.IntegerField(help_text="Of these as drafted: what the budget counts when a draft is saved.")
    position = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class NewSetSerializer(AnySerializer):
    """A set to create."""

    key = serializers.CharField(max_length=60, help_text="As frozen-north; documents name the set by it.")
    title = NameField(max_length=80)
    kind = serializers.ChoiceField(choices=SetKind.values, required=False, help_text="dlc when left out.")
    opens_at = MomentField(required=False, allow_null=True, help_text="Of events only, and then required.")
    closes_at = MomentField(required=False, allow_null=True, help_text="As opens_at, and later.")


class SetOrderSerializer(AnySerializer):
    """The order of a game's sets."""

    sets = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=1000,
        help_text="Keys of every set but the base set, each once.",
    )


class AchievementOrderSerializer(AnySerializer):
    """The order of a game's list."""

    achievements = serializers.ListField(
        child=serializers.CharField(max_length=KEY_LENGTH_MAX),
        max_length=laurel.ACHIEVEMENTS_MAX,
        help_text="Ids or keys of every draft and published achievement, each once.",
    )


class DefinitionSerializer(AnySerializer):
    """An achievement of a document; members omitted for an existing one stay."""

    key = _key()
    name = NameField(max_length=80)
    points = serializers.IntegerField(min_value=0, max_value=1000)
    description = TextField(max_length=300, required=False, allow_blank=True)
    hidden = serializers.BooleanField(required=False)
    kind = serializers.ChoiceField(choices=laurel.KINDS, required=False)
    target = serializers.IntegerField(min_value=2, max_value=2**31 - 1, required=False, allow_null=True)
    setter = serializers.ChoiceField(choices=laurel.SETTERS, required=False)
    set = serializers.CharField(max_length=60, required=False, help_text="The key of its set; base for new ones.")
    state = serializers.ChoiceField(choices=laurel.STATES, required=False)


class SetDefinitionSerializer(AnySerializer):
    """A set of a document; members omitted for an existing one stay."""

    key = serializers.CharField(max_length=60)
    title = NameField(max_length=80)
    kind = serializers.ChoiceField(choices=laurel.SET_KINDS, required=False)
    opens_at = MomentField(required=False, allow_null=True)
    closes_at = MomentField(required=False, allow_null=True)


class DefinitionsSerializer(AnySerializer):
    """A game's achievements as one document, as the portal exports and imports it."""

    format = serializers.ChoiceField(choices=[laurel.FORMAT])
    version = serializers.ChoiceField(choices=[laurel.VERSION])
    game = serializers.CharField(required=False, allow_null=True, help_text="Refused when it is another game's slug.")
    sets = serializers.ListField(
        child=SetDefinitionSerializer(),
        max_length=laurel.SETS_MAX,
        required=False,
        help_text="Sets to create and change; others stay.",
    )
    achievements = serializers.ListField(child=DefinitionSerializer(), max_length=laurel.ACHIEVEMENTS_MAX)


class ChangedDefinitionSerializer(AnySerializer):
    """An achievement that changes."""

    key = serializers.CharField()
    changes = MemberChangeSerializer(many=True, help_text="Of the draft; of what is live, where it goes live.")
    live = serializers.BooleanField(help_text="Whether players see it at once.")


class ImportResultSerializer(AnySerializer):
    """What an import did, or would do."""

    applied = serializers.BooleanField(help_text="False for a dry run.")
    sets_created = serializers.ListField(child=serializers.CharField(), help_text="Keys.")
    sets_changed = serializers.ListField(child=serializers.CharField(), help_text="Keys.")
    created = serializers.ListField(child=serializers.CharField(), help_text="Keys.")
    changed = ChangedDefinitionSerializer(many=True)
    unchanged = serializers.ListField(child=serializers.CharField(), help_text="Keys.")
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="Keys of the game's own that the document lacks; they are left alone."
    )
    points_before = serializers.IntegerField(help_text="Of the set that has most.")
    points_after = serializers.IntegerField(help_text="Of the set that then has most.")
    points_budget = serializers.IntegerField(help_text="Of each set.")


class ApiKeySerializer(AnySerializer):
    """An API key, without its secret."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KeyKind.values)
    name = serializers.CharField()
    environment = serializers.ChoiceField(choices=ApiKey.Environment.values)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(Scope)), help_text="None of a publishable key."
    )
    allowed_origins = serializers.ListField(
        child=serializers.CharField(), help_text="Sites whose pages may send it; of publishable keys only."
    )
    text = serializers.CharField(
        allow_null=True, help_text="A publishable key, as it is shipped; null for a secret key."
    )
    prefix = serializers.CharField(help_text="The first characters of the secret.")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class NewApiKeySerializer(AnySerializer):
    """A key to create."""

    name = NameField(max_length=60)
    environment = serializers.ChoiceField(choices=ApiKey.Environment.values)
    kind = serializers.ChoiceField(
        choices=KeyKind.values,
        required=False,
        help_text="`secret` when left out. `publishable` may be shipped inside a game.",
    )
    allowed_origins = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        max_length=20,
        help_text="Sites whose pages may send a publishable key, such as https://play.example. With none, no "
        "page may send it, only programs outside browsers.",
    )
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(Scope)),
        required=False,
        min_length=1,
        max_length=len(Scope),
        help_text=f"{', '.join(sorted(SERVER_SCOPES))} when left out; test keys have no others, publishable keys none.",
    )


class IssuedApiKeySerializer(ApiKeySerializer):
    """A new key with its secret, which is shown once."""

    token = serializers.CharField(help_text="Keep it: nobody can read it again.")


GamePageSerializer = page_serializer(GameSerializer)
ManagedGamePageSerializer = page_serializer(ManagedGameSerializer)
ManagedAchievementPageSerializer = page_serializer(ManagedAchievementSerializer)
ManagedSetPageSerializer = page_serializer(ManagedSetSerializer)
ApiKeyPageSerializer = page_serializer(ApiKeySerializer)


class OwnTokenSerializer(AnySerializer):
    """The game that the token is for."""

    game_id = IdField()


class MintedTokenSerializer(PlayerTokenSerializer):
    """A token of one's own; its id lists and revokes it."""

    id = serializers.UUIDField()


class LivingTokenSerializer(AnySerializer):
    """A valid token. Its text is shown once, when it is created."""

    id = serializers.UUIDField()
    game_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class LivingTokensSerializer(AnySerializer):
    """One's valid tokens, newest first."""

    results = LivingTokenSerializer(many=True)
