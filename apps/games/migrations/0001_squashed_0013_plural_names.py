"""Studios and their members, games and how far they are trusted, achievements, their sets, drafts and history, keys."""

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower

import apps.core.clock
import apps.games.models
from apps.core.database.migration_fields import composite_key, moment_made, uuid_key
from apps.core.database.migration_operations import CreateModels

NIL = UUID(int=0)
ROLES = [("owner", "Owner"), ("admin", "Admin"), ("editor", "Editor"), ("viewer", "Viewer")]
TRUSTS = [("developing", "In development"), ("listed", "Listed"), ("delisted", "Delisted")]
STATES = [("draft", "Draft"), ("published", "Published"), ("archived", "Archived")]
KINDS = [("one_shot", "Earned at once"), ("incremental", "Counts up to a target")]
SETTERS = [("server", "Game server"), ("client", "Game client")]
SET_KINDS = [("base", "Base game"), ("dlc", "DLC"), ("bonus", "Bonus"), ("event", "Event"), ("retired", "Retired")]
ENVIRONMENTS = [("live", "Live"), ("test", "Test")]
KEY_KINDS = [("secret", "Secret, for a server"), ("publishable", "Publishable, for a game that is shipped")]
ACTS = [
    ("found", "History begins"),
    ("created", "Created"),
    ("edited", "Draft saved"),
    ("discarded", "Draft discarded"),
    ("restored", "Earlier version restored into the draft"),
    ("published", "Published"),
    ("archived", "Archived"),
    ("scheduled", "Publication scheduled"),
    ("cancelled", "Scheduled publication cancelled"),
    ("refused", "Scheduled publication refused"),
]
HAS_TARGET = Q(kind="one_shot", target=None) | Q(kind="incremental", target__gte=2)
# In one key, so that an achievement's game, set and copy of the set's kind agree. A changed kind is copied at once.
AGREE = """
ALTER TABLE achievement ADD CONSTRAINT achievement_set_game_kind_fk FOREIGN KEY (set_id, game_id, set_kind)
    REFERENCES achievement_set (id, game_id, kind) ON UPDATE CASCADE
    DEFERRABLE INITIALLY DEFERRED
"""


def _key() -> models.CharField:
    key = r"\A^(?![0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$)(?!\.+$)[A-Za-z0-9_.-]{1,64}$\Z"
    rule = "Use 1 to 64 letters, digits, underscores, dots and hyphens; neither dots alone nor a UUID."
    return models.CharField(db_collation="C", max_length=64, validators=[RegexValidator(key, rule)])


def _slug(**options: bool) -> models.SlugField:
    ids = r"\A[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\Z"
    rule = RegexValidator(ids, "This is an id. Choose another.", inverse_match=True)
    return models.SlugField(max_length=60, validators=[rule], **options)


def _points() -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(validators=[MinValueValidator(0), MaxValueValidator(1000)])


def _sequence(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE SEQUENCE {table}_number_seq AS integer", f"DROP SEQUENCE IF EXISTS {table}_number_seq"
    )


def _sequence_goes_with(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(f"ALTER SEQUENCE {table}_number_seq OWNED BY {table}.number", migrations.RunSQL.noop)


class Migration(migrations.Migration):
    initial = True

    # Made anew on empty databases; where all of these were applied, it counts as applied.
    replaces = [
        ("games", "0001_initial"),
        ("games", "0002_revision_and_scopes"),
        ("games", "0003_archived_index"),
        ("games", "0004_token_grants"),
        ("games", "0005_number"),
        ("games", "0006_achievement_sets"),
        ("games", "0007_keys_as_code_has_them"),
        ("games", "0008_no_points"),
        ("games", "0009_publishable_keys"),
        ("games", "0010_achievement_drafts"),
        ("games", "0011_modes"),
        ("games", "0012_trust"),
        ("games", "0013_plural_names"),
    ]
    dependencies = [
        ("players", "0001_squashed_0013_plural_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        _sequence("game"),
        _sequence("achievement"),
        CreateModels(
            [
                migrations.CreateModel(
                    "Studio",
                    [
                        ("id", uuid_key()),
                        ("slug", _slug(unique=True)),
                        ("name", models.CharField(max_length=80)),
                        ("created_at", moment_made()),
                    ],
                    {"db_table": "studio"},
                ),
                migrations.CreateModel(
                    "Membership",
                    [
                        ("id", uuid_key()),
                        ("role", models.CharField(choices=ROLES, max_length=10)),
                        ("created_at", moment_made()),
                        (
                            "account",
                            models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"),
                        ),
                        ("studio", models.ForeignKey("games.studio", models.CASCADE, related_name="memberships")),
                    ],
                    {
                        "db_table": "membership",
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "studio"), name="membership_account_studio_uniq")
                        ],
                    },
                ),
                migrations.CreateModel(
                    "Game",
                    [
                        ("id", uuid_key()),
                        ("slug", _slug(unique=True)),
                        ("name", models.CharField(max_length=80)),
                        ("tagline", models.CharField(blank=True, max_length=140)),
                        ("description", models.TextField(blank=True, max_length=4000)),
                        ("palette", models.JSONField(blank=True, default=dict)),
                        ("cover", models.ImageField(blank=True, upload_to="games/covers")),
                        ("points_budget", models.PositiveIntegerField(default=1000)),
                        ("default_setter", models.CharField(choices=SETTERS, default="server", max_length=6)),
                        ("is_published", models.BooleanField(default=False)),
                        ("created_at", moment_made()),
                        ("studio", models.ForeignKey("games.studio", models.PROTECT, related_name="games")),
                        ("revision", models.PositiveBigIntegerField(db_default=1, default=1, editable=False)),
                        (
                            "number",
                            models.IntegerField(
                                db_default=models.Func(
                                    models.Value("game_number_seq"),
                                    function="nextval",
                                    output_field=models.IntegerField(),
                                ),
                                editable=False,
                            ),
                        ),
                        ("has_modes", models.BooleanField(db_default=False, default=False)),
                        (
                            "trust",
                            models.CharField(
                                choices=TRUSTS, db_default="developing", default="developing", max_length=10
                            ),
                        ),
                        ("has_trusted_clients", models.BooleanField(db_default=False, default=False)),
                        ("is_ranking_clients", models.BooleanField(db_default=True, default=True)),
                        ("is_ranking_members", models.BooleanField(db_default=False, default=False)),
                    ],
                    {
                        "db_table": "game",
                        "constraints": [models.UniqueConstraint(fields=("number",), name="game_number_uniq")],
                    },
                ),
                migrations.CreateModel(
                    "AchievementSet",
                    [
                        ("id", uuid_key()),
                        (
                            "game",
                            models.ForeignKey(
                                "games.game", models.CASCADE, db_index=False, related_name="achievement_sets"
                            ),
                        ),
                        ("key", _slug(db_index=False)),
                        ("kind", models.CharField(choices=SET_KINDS, max_length=7)),
                        ("title", models.CharField(max_length=80)),
                        ("icon", models.CharField(blank=True, max_length=120)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("opens_at", models.DateTimeField(blank=True, null=True)),
                        ("closes_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", moment_made()),
                    ],
                    {
                        "db_table": "achievement_set",
                        "constraints": [
                            models.UniqueConstraint(fields=("game", "key"), name="achievement_set_game_key_uniq"),
                            models.UniqueConstraint(
                                condition=Q(("kind", "base")), fields=("game",), name="achievement_set_game_base_uniq"
                            ),
                            models.UniqueConstraint(
                                fields=("id", "game", "kind"), name="achievement_set_id_game_kind_uniq"
                            ),
                            models.CheckConstraint(
                                condition=Q(
                                    Q(
                                        ("closes_at__isnull", False),
                                        ("kind", "event"),
                                        ("opens_at__isnull", False),
                                        ("opens_at__lt", F("closes_at")),
                                    ),
                                    Q(Q(("kind", "event"), _negated=True), ("closes_at", None), ("opens_at", None)),
                                    _connector="OR",
                                ),
                                name="achievement_set_event_times_check",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    "Achievement",
                    [
                        ("id", uuid_key()),
                        ("key", _key()),
                        ("name", models.CharField(max_length=80)),
                        ("description", models.CharField(blank=True, max_length=300)),
                        ("points", _points()),
                        ("is_hidden", models.BooleanField(default=False)),
                        ("kind", models.CharField(choices=KINDS, default="one_shot", max_length=12)),
                        ("target", models.PositiveIntegerField(blank=True, null=True)),
                        ("state", models.CharField(choices=STATES, default="draft", max_length=10)),
                        ("setter", models.CharField(choices=SETTERS, default="server", max_length=6)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("icon", models.CharField(blank=True, max_length=120)),
                        ("icon_locked", models.CharField(blank=True, max_length=120)),
                        ("created_at", moment_made()),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "game",
                            models.ForeignKey(
                                "games.game", models.PROTECT, db_index=False, related_name="achievements"
                            ),
                        ),
                        (
                            "number",
                            models.IntegerField(
                                db_default=models.Func(
                                    models.Value("achievement_number_seq"),
                                    function="nextval",
                                    output_field=models.IntegerField(),
                                ),
                                editable=False,
                            ),
                        ),
                        (
                            "achievement_set",
                            models.ForeignKey(
                                "games.achievementset",
                                models.PROTECT,
                                db_column="set_id",
                                db_constraint=False,
                                related_name="achievements",
                            ),
                        ),
                        ("set_kind", models.CharField(choices=SET_KINDS, default="base", editable=False, max_length=7)),
                        ("left_base_at", models.DateTimeField(blank=True, editable=False, null=True)),
                    ],
                    {
                        "db_table": "achievement",
                        "indexes": [
                            models.Index(fields=["game", "position", "id"], name="achievement_game_position_idx"),
                            models.Index(
                                condition=Q(
                                    ("state", "archived"), Q(("set_kind", "base"), _negated=True), _connector="OR"
                                ),
                                fields=["game"],
                                name="achievement_game_uncounted_idx",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(condition=HAS_TARGET, name="achievement_kind_target_check"),
                            models.UniqueConstraint(fields=("number",), name="achievement_number_uniq"),
                            models.UniqueConstraint(F("game"), Lower("key"), name="achievement_game_key_uniq"),
                            models.CheckConstraint(
                                condition=Q(("points__range", (0, 1000))), name="achievement_points_range_check"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    "AchievementCompletion",
                    [
                        (
                            "achievement",
                            models.OneToOneField(
                                "games.achievement",
                                models.CASCADE,
                                primary_key=True,
                                related_name="completion",
                                serialize=False,
                            ),
                        ),
                        ("unlock_count", models.BigIntegerField(default=0)),
                        ("player_count", models.BigIntegerField(default=0)),
                        ("share", models.FloatField(null=True)),
                        ("computed_at", models.DateTimeField(default=apps.core.clock.now)),
                        ("hardcore_share", models.FloatField(null=True)),
                    ],
                    {"db_table": "achievement_completion"},
                ),
                migrations.CreateModel(
                    "AchievementDraft",
                    [
                        ("key", _key()),
                        ("name", models.CharField(max_length=80)),
                        ("description", models.CharField(blank=True, max_length=300)),
                        ("points", _points()),
                        ("is_hidden", models.BooleanField(default=False)),
                        ("kind", models.CharField(choices=KINDS, default="one_shot", max_length=12)),
                        ("target", models.PositiveIntegerField(blank=True, null=True)),
                        ("setter", models.CharField(choices=SETTERS, default="server", max_length=6)),
                        ("icon", models.CharField(blank=True, max_length=120)),
                        ("icon_locked", models.CharField(blank=True, max_length=120)),
                        (
                            "achievement",
                            models.OneToOneField(
                                "games.achievement",
                                models.CASCADE,
                                primary_key=True,
                                related_name="draft",
                                serialize=False,
                            ),
                        ),
                        (
                            "achievement_set",
                            models.ForeignKey(
                                "games.achievementset", models.PROTECT, db_column="set_id", related_name="drafts"
                            ),
                        ),
                    ],
                    {
                        "db_table": "achievement_draft",
                        "constraints": [
                            models.CheckConstraint(
                                condition=Q(("points__range", (0, 1000))), name="achievement_draft_points_range_check"
                            ),
                            models.CheckConstraint(condition=HAS_TARGET, name="achievement_draft_kind_target_check"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    "HistoryEntry",
                    [
                        ("id", uuid_key()),
                        ("act", models.CharField(choices=ACTS, max_length=9)),
                        ("by", models.CharField(blank=True, max_length=60)),
                        ("at", moment_made()),
                        ("due_at", models.DateTimeField(null=True)),
                        ("changes", models.JSONField(default=list)),
                        ("definition", models.JSONField(null=True)),
                        ("detail", models.TextField(blank=True)),
                        (
                            "achievement",
                            models.ForeignKey(
                                "games.achievement", models.CASCADE, db_index=False, null=True, related_name="history"
                            ),
                        ),
                        ("game", models.ForeignKey("games.game", models.CASCADE, db_index=False, related_name="+")),
                    ],
                    {
                        "db_table": "achievement_history",
                        "indexes": [
                            models.Index(fields=["achievement", "-id"], name="achievement_history_newest_idx"),
                            models.Index(fields=["game", "-id"], name="achievement_history_game_idx"),
                        ],
                        "verbose_name_plural": "history entries",
                    },
                ),
                migrations.CreateModel(
                    "ScheduledPublication",
                    [
                        ("id", uuid_key()),
                        ("publish_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(null=True)),
                        ("created_by", models.CharField(blank=True, max_length=60)),
                        ("created_at", moment_made()),
                        ("refused_at", models.DateTimeField(null=True)),
                        ("refusal_code", models.CharField(blank=True, max_length=60)),
                        ("refusal", models.TextField(blank=True)),
                        (
                            "achievement",
                            models.OneToOneField(
                                "games.achievement", models.CASCADE, null=True, related_name="publication"
                            ),
                        ),
                        (
                            "game",
                            models.ForeignKey("games.game", models.CASCADE, related_name="scheduled_publications"),
                        ),
                    ],
                    {
                        "db_table": "scheduled_publication",
                        "indexes": [
                            models.Index(
                                condition=Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="scheduled_publication_due_idx",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=Q(("achievement", None)),
                                fields=("game",),
                                name="scheduled_publication_game_uniq",
                            ),
                            models.CheckConstraint(
                                condition=Q(
                                    Q(("due_at", None), ("refused_at__isnull", False)),
                                    Q(("due_at__isnull", False), ("refused_at", None)),
                                    _connector="OR",
                                ),
                                name="scheduled_publication_due_check",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    "ApiKey",
                    [
                        ("id", uuid_key()),
                        ("name", models.CharField(max_length=60)),
                        ("environment", models.CharField(choices=ENVIRONMENTS, max_length=4)),
                        ("prefix", models.CharField(max_length=16)),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        (
                            "scopes",
                            ArrayField(
                                models.CharField(max_length=30), blank=True, default=apps.games.models.default_scopes
                            ),
                        ),
                        ("created_at", moment_made()),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"),
                        ),
                        ("game", models.ForeignKey("games.game", models.CASCADE, related_name="api_keys")),
                        (
                            "allowed_origins",
                            ArrayField(models.CharField(max_length=200), blank=True, db_default=[], default=list),
                        ),
                        (
                            "kind",
                            models.CharField(choices=KEY_KINDS, db_default="secret", default="secret", max_length=11),
                        ),
                        ("text", models.CharField(blank=True, db_default="", max_length=60)),
                    ],
                    {
                        "db_table": "api_key",
                        "indexes": [
                            models.Index(
                                condition=Q(
                                    ("kind", "publishable"),
                                    ("revoked_at", None),
                                    Q(("allowed_origins", []), _negated=True),
                                ),
                                fields=["kind"],
                                name="api_key_origins_idx",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=Q(
                                    Q(("allowed_origins", []), ("kind", "secret"), ("text", "")),
                                    Q(("kind", "publishable"), ("scopes", []), Q(("text", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="api_key_kind_check",
                            )
                        ],
                        "verbose_name": "API key",
                    },
                ),
                migrations.CreateModel(
                    "TokenGrant",
                    [
                        ("id", uuid_key()),
                        ("password_mark", models.CharField(max_length=32)),
                        ("sealed_session", models.TextField()),
                        ("created_at", moment_made()),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+"
                            ),
                        ),
                        ("game", models.ForeignKey("games.game", models.CASCADE, related_name="+")),
                        ("player", models.ForeignKey("players.player", models.CASCADE, related_name="+")),
                    ],
                    {
                        "db_table": "token_grant",
                        "indexes": [
                            models.Index(fields=["account", "expires_at"], name="token_grant_account_expiry_idx"),
                            models.Index(fields=["expires_at"], name="token_grant_expires_at_idx"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    "TrustMove",
                    [
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("game", models.ForeignKey("games.game", models.CASCADE, db_index=False, related_name="+")),
                        ("reached_id", models.UUIDField(default=NIL)),
                        ("is_listed", models.BooleanField()),
                        ("has_trusted_clients", models.BooleanField()),
                        ("is_ranking_clients", models.BooleanField()),
                        ("is_ranking_members", models.BooleanField()),
                        ("created_at", moment_made()),
                    ],
                    {
                        "db_table": "trust_move",
                        "indexes": [models.Index(fields=["game", "id"], name="trust_move_game_id_idx")],
                    },
                ),
                migrations.CreateModel(
                    "TrustDecision",
                    [
                        ("id", uuid_key()),
                        (
                            "game",
                            models.ForeignKey(
                                "games.game", models.CASCADE, db_index=False, related_name="trust_decisions"
                            ),
                        ),
                        ("trust", models.CharField(choices=TRUSTS, max_length=10)),
                        ("has_trusted_clients", models.BooleanField()),
                        ("decided_by", models.CharField(max_length=60)),
                        ("reason", models.CharField(max_length=200)),
                        ("decided_at", moment_made()),
                    ],
                    {
                        "db_table": "trust_decision",
                        "indexes": [models.Index(fields=["game", "-id"], name="trust_decision_game_id_idx")],
                    },
                ),
                migrations.CreateModel(
                    "StudioPlayer",
                    [
                        ("pk", composite_key("player_id", "studio_id")),
                        (
                            "player",
                            models.ForeignKey("players.player", models.CASCADE, db_index=False, related_name="+"),
                        ),
                        ("studio", models.ForeignKey("games.studio", models.CASCADE, db_index=False, related_name="+")),
                    ],
                    {"db_table": "studio_player"},
                ),
            ]
        ),
        _sequence_goes_with("game"),
        _sequence_goes_with("achievement"),
        migrations.RunSQL(AGREE, "ALTER TABLE achievement DROP CONSTRAINT achievement_set_game_kind_fk"),
    ]
