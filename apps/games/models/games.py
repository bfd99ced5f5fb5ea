"""Studios, games, achievements and API keys."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext, gettext_lazy

from apps.core.api.auth.callers import SERVER_SCOPES
from apps.core.clock import now
from apps.core.ids import new_id
from apps.core.models import number_of
from apps.games.models.references import KEY_LENGTH_MAX, key_rule, slug_rule
from apps.games.models.trust import Trust
from apps.players.errors import OwnerNeededError
from apps.players.models import Account


class Studio(models.Model):
    """Owns games."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True, validators=[slug_rule])
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "studio"

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", gettext_lazy("Owner")
    ADMIN = "admin", gettext_lazy("Admin")
    EDITOR = "editor", gettext_lazy("Editor")
    VIEWER = "viewer", gettext_lazy("Viewer")


def keeping_an_owner(collector: Any, field: Any, memberships: Any, using: str) -> None:
    """Delete memberships with their account, unless a studio would be left without an owner. As models.CASCADE.

    Raises: models.ProtectedError with the memberships of the only owners.
    """
    pks = [membership.pk for membership in memberships]
    only = only_owners(Membership.objects.filter(pk__in=pks))
    if found := set[models.Model](only.select_related("studio")):
        raise models.ProtectedError(OwnerNeededError().detail, found)
    models.CASCADE(collector, field, memberships, using)


def only_owners(leaving: "models.QuerySet[Membership]") -> "models.QuerySet[Membership]":
    """Return those of the memberships without which a studio has no owner who can log in.

    None of the studios changes until the caller's transaction ends.
    """
    with transaction.atomic():
        # The rows of an evaluated query are locked; in order, as two may each lock several.
        list(Studio.objects.select_for_update(no_key=True).filter(memberships__in=leaving).order_by("pk"))
    staying = Membership.objects.filter(role=Role.OWNER, account__is_active=True).exclude(pk__in=leaving.values("pk"))
    return leaving.filter(role=Role.OWNER).exclude(studio__in=staying.values("studio"))


class Membership(models.Model):
    """An account's role in a studio."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    studio = models.ForeignKey(Studio, models.CASCADE, related_name="memberships")
    account = models.ForeignKey(Account, keeping_an_owner, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "membership"
        constraints = (models.UniqueConstraint(fields=["account", "studio"], name="membership_account_studio_uniq"),)

    def __str__(self) -> str:
        return gettext("{row.role} of {row.studio}").format(row=self)


class Setter(models.TextChoices):
    """Who may report an achievement: game servers only, or clients too."""

    SERVER = "server", gettext_lazy("Game server")
    CLIENT = "client", gettext_lazy("Game client")


class Game(models.Model):
    """A title with achievements."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = number_of("game", models.IntegerField)
    studio = models.ForeignKey(Studio, models.PROTECT, related_name="games")
    slug = models.SlugField(max_length=60, unique=True, validators=[slug_rule])
    name = models.CharField(max_length=80)
    tagline = models.CharField(max_length=140, blank=True)
    description = models.TextField(max_length=4000, blank=True)
    # {"accent": "#rrggbb", "accent_dark": "#rrggbb"}: the colours of the game's pages.
    palette = models.JSONField(default=dict, blank=True)
    cover = models.ImageField(upload_to="games/covers", blank=True)
    points_budget = models.PositiveIntegerField(default=1000)
    default_setter = models.CharField(max_length=6, choices=Setter, default=Setter.SERVER)
    is_published = models.BooleanField(default=False)
    # Whether its achievements can be earned in hardcore, too.
    has_modes = models.BooleanField(default=False, db_default=False)
    trust = models.CharField(max_length=10, choices=Trust, default=Trust.DEVELOPING, db_default=Trust.DEVELOPING)
    # Whether platform boards count what only a game client vouched for; operators say so.
    has_trusted_clients = models.BooleanField(default=False, db_default=False)
    # Whether the game's own boards do, and whether they rank members of its studio; the studio says so.
    is_ranking_clients = models.BooleanField(default=True, db_default=True)
    is_ranking_members = models.BooleanField(default=False, db_default=False)
    # Incremented by every change of the game or its achievements; cached data of older revisions is stale.
    revision = models.PositiveBigIntegerField(default=1, db_default=1, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "game"
        # Protocols that know integers only look games up by it, and achievements by theirs.
        constraints = (models.UniqueConstraint(fields=["number"], name="game_number_uniq"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_listed(self) -> bool:
        """Whether lists name it and platform boards count it."""
        return self.is_published and self.trust == Trust.LISTED


class SetKind(models.TextChoices):
    """What a set is; a game has one base set, whose completion is the game's."""

    BASE = "base", gettext_lazy("Base game")
    DLC = "dlc", gettext_lazy("DLC")
    BONUS = "bonus", gettext_lazy("Bonus")
    EVENT = "event", gettext_lazy("Event")
    RETIRED = "retired", gettext_lazy("Retired")


class AchievementSet(models.Model):
    """Some of a game's achievements, with a completion and a points budget of their own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game = models.ForeignKey(Game, models.CASCADE, related_name="achievement_sets", db_index=False)
    # What documents and the API name it by; the base set's is "base".
    key = models.SlugField(max_length=60, db_index=False, validators=[slug_rule])
    kind = models.CharField(max_length=7, choices=SetKind)
    title = models.CharField(max_length=80)
    icon = models.CharField(max_length=120, blank=True)
    position = models.PositiveIntegerField(default=0)
    # An event's achievements are earned from the one until before the other.
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "achievement_set"
        constraints = (
            # Pages and documents read a game's sets here.
            models.UniqueConstraint(fields=["game", "key"], name="achievement_set_game_key_uniq"),
            models.UniqueConstraint(
                fields=["game"], name="achievement_set_game_base_uniq", condition=models.Q(kind="base")
            ),
            # What achievements refer to.
            models.UniqueConstraint(fields=["id", "game", "kind"], name="achievement_set_id_game_kind_uniq"),
            models.CheckConstraint(
                condition=models.Q(kind="event", opens_at__isnull=False, closes_at__isnull=False)
                & models.Q(opens_at__lt=models.F("closes_at"))
                | (~models.Q(kind="event") & models.Q(opens_at=None, closes_at=None)),
                name="achievement_set_event_times_check",
            ),
        )

    def __str__(self) -> str:
        return self.title


class AchievementKind(models.TextChoices):
    ONE_SHOT = "one_shot", gettext_lazy("Earned at once")
    INCREMENTAL = "incremental", gettext_lazy("Counts up to a target")


class AchievementState(models.TextChoices):
    DRAFT = "draft", gettext_lazy("Draft")
    PUBLISHED = "published", gettext_lazy("Published")
    ARCHIVED = "archived", gettext_lazy("Archived")


class DefinitionColumns(models.Model):
    """What an achievement's authors write, apart from its set: of what is live, and of its draft."""

    # In ASCII and collation C, so that lower() is the same in every locale, and what Python's is.
    key = models.CharField(max_length=KEY_LENGTH_MAX, validators=[key_rule], db_collation="C")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    # With none it counts as an unlock, and moves nobody on the boards.
    points = models.PositiveSmallIntegerField(validators=[MinValueValidator(0), MaxValueValidator(1000)])
    is_hidden = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=AchievementKind, default=AchievementKind.ONE_SHOT)
    target = models.PositiveIntegerField(null=True, blank=True)
    setter = models.CharField(max_length=6, choices=Setter, default=Setter.SERVER)
    icon = models.CharField(max_length=120, blank=True)
    icon_locked = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True


class Achievement(DefinitionColumns):
    """Something a player can earn once; unlocks keep the points and version of their time.

    Its columns are what is live, or the first draft while its state is draft. Later drafts lie beside it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = number_of("achievement", models.IntegerField)
    game = models.ForeignKey(Game, models.PROTECT, related_name="achievements", db_index=False)
    # The set, and a copy of its kind: one foreign key of (set, game, kind) with ON UPDATE CASCADE keeps all three in
    # agreement, so that reports and completion need no join.
    achievement_set = models.ForeignKey(
        AchievementSet, models.PROTECT, related_name="achievements", db_column="set_id", db_constraint=False
    )
    set_kind = models.CharField(max_length=7, choices=SetKind, default=SetKind.BASE, editable=False)
    state = models.CharField(max_length=10, choices=AchievementState, default=AchievementState.DRAFT)
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    # When it was last moved out of the base set.
    left_base_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        db_table = "achievement"
        constraints = (
            # Reports look achievements up by key here.
            models.UniqueConstraint("game", Lower("key"), name="achievement_game_key_uniq"),
            models.CheckConstraint(condition=models.Q(points__range=(0, 1000)), name="achievement_points_range_check"),
            models.CheckConstraint(
                condition=models.Q(kind="one_shot", target=None) | models.Q(kind="incremental", target__gte=2),
                name="achievement_kind_target_check",
            ),
            models.UniqueConstraint(fields=["number"], name="achievement_number_uniq"),
        )
        # Game pages and the portal list achievements in authored order.
        indexes = (
            models.Index(fields=["game", "position", "id"], name="achievement_game_position_idx"),
            # Completion excludes these.
            models.Index(
                fields=["game"],
                name="achievement_game_uncounted_idx",
                condition=models.Q(state="archived") | ~models.Q(set_kind="base"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class AchievementCompletion(models.Model):
    """How many of a game's players have earned an achievement, as last computed by analytics."""

    achievement = models.OneToOneField(Achievement, models.CASCADE, primary_key=True, related_name="completion")
    unlock_count = models.BigIntegerField(default=0)
    player_count = models.BigIntegerField(default=0)
    share = models.FloatField(null=True)
    # Of those who hold it in hardcore, in games with modes.
    hardcore_share = models.FloatField(null=True)
    computed_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "achievement_completion"

    def __str__(self) -> str:
        return gettext("earned by {row.unlock_count} of {row.player_count} players").format(row=self)


def default_scopes() -> list[str]:
    return sorted(SERVER_SCOPES)


class KeyKind(models.TextChoices):
    SECRET = "secret", gettext_lazy("Secret, for a server")
    PUBLISHABLE = "publishable", gettext_lazy("Publishable, for a game that is shipped")


class ApiKey(models.Model):
    """What games authenticate with: a server's secret, of which only the digest is stored, or a publishable key."""

    class Environment(models.TextChoices):
        LIVE = "live", gettext_lazy("Live")
        TEST = "test", gettext_lazy("Test")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game = models.ForeignKey(Game, models.CASCADE, related_name="api_keys")
    kind = models.CharField(max_length=11, choices=KeyKind, default=KeyKind.SECRET, db_default=KeyKind.SECRET)
    name = models.CharField(max_length=60)
    environment = models.CharField(max_length=4, choices=Environment)
    # The secret's first characters, so that people can distinguish keys.
    prefix = models.CharField(max_length=16)
    # SHA-256 in hex; the secret has 190 bits of entropy, so a slow hash would only add latency.
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30), default=default_scopes, blank=True)
    # A publishable key's text, which is no secret, and the sites whose pages may send it.
    text = models.CharField(max_length=60, blank=True, db_default="")
    allowed_origins = ArrayField(models.CharField(max_length=200), default=list, blank=True, db_default=[])
    created_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "api_key"
        verbose_name = gettext_lazy("API key")
        # Preflights are answered by what these name.
        indexes = (
            models.Index(
                fields=["kind"],
                name="api_key_origins_idx",
                condition=models.Q(kind="publishable", revoked_at=None) & ~models.Q(allowed_origins=[]),
            ),
        )
        constraints = (
            # What anyone can read out of a game must permit nothing that a server may.
            models.CheckConstraint(
                condition=models.Q(kind="secret", text="", allowed_origins=[])
                | (models.Q(kind="publishable", scopes=[]) & ~models.Q(text="")),
                name="api_key_kind_check",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}...)"
