"""Accounts, players, what games and they themselves call them, whom they follow and block, guests and rulings."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower

import apps.core.clock
import apps.players.models
from apps.core.database.migration_fields import composite_key, moment_made, uuid_key
from apps.core.database.migration_operations import CreateModels
from apps.core.parsing.names import VisibleLengthValidator

REGIONS = [
    ("AF", "Africa"),
    ("AN", "Antarctica"),
    ("AS", "Asia"),
    ("EU", "Europe"),
    ("NA", "North America"),
    ("OC", "Oceania"),
    ("SA", "South America"),
]
VISIBILITIES = [("public", "Everyone"), ("followers", "Players I follow back"), ("private", "Only me")]
RULINGS = [
    ("banned", "Banned"),
    ("unbanned", "Ban lifted"),
    ("untracked", "Untracked"),
    ("tracked", "Tracked again"),
]
HANDLE = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9_-]{2,23}\Z",
    "Use 3 to 24 letters, digits, hyphens or underscores, starting with a letter or digit.",
)


class Migration(migrations.Migration):
    initial = True

    # Made anew on empty databases; where all of these were applied, it counts as applied.
    replaces = [
        ("players", "0001_initial"),
        ("players", "0002_external_ids_blocks_merging"),
        ("players", "0003_merged_at"),
        ("players", "0004_archived_at"),
        ("players", "0005_player_description"),
        ("players", "0006_number"),
        ("players", "0007_renames"),
        ("players", "0008_guests"),
        ("players", "0009_rulings"),
        ("players", "0010_player_ruling"),
        ("players", "0011_uncounted_players"),
        ("players", "0012_merged_once"),
        ("players", "0013_plural_names"),
    ]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE player_number_seq AS bigint", "DROP SEQUENCE IF EXISTS player_number_seq"),
        CreateModels(
            [
                migrations.CreateModel(
                    "Account",
                    [
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        ("id", uuid_key()),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("is_staff", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", moment_made()),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    {"db_table": "account"},
                ),
                migrations.CreateModel(
                    "Player",
                    [
                        ("id", uuid_key()),
                        ("handle", models.CharField(max_length=24, validators=[HANDLE])),
                        ("display_name", models.CharField(max_length=160, validators=[VisibleLengthValidator(40)])),
                        ("region", models.CharField(choices=REGIONS, max_length=2)),
                        ("time_zone", models.CharField(default="UTC", max_length=40)),
                        ("avatar", models.ImageField(blank=True, upload_to="players/avatars")),
                        ("visibility", models.CharField(choices=VISIBILITIES, default="public", max_length=10)),
                        ("created_at", moment_made()),
                        (
                            "account",
                            models.OneToOneField(
                                settings.AUTH_USER_MODEL, models.SET_NULL, blank=True, null=True, related_name="player"
                            ),
                        ),
                        ("is_test", models.BooleanField(db_default=False, default=False)),
                        (
                            "merged_into",
                            models.ForeignKey(
                                "players.player", models.SET_NULL, blank=True, null=True, related_name="+"
                            ),
                        ),
                        ("merged_at", models.DateTimeField(blank=True, null=True)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "number",
                            models.BigIntegerField(
                                db_default=models.Func(
                                    models.Value("player_number_seq"),
                                    function="nextval",
                                    output_field=models.BigIntegerField(),
                                ),
                                editable=False,
                            ),
                        ),
                        ("handle_shape", apps.players.models.ShapeField(editable=False, max_length=48, null=True)),
                        ("banned_at", models.DateTimeField(blank=True, null=True)),
                        ("untracked_at", models.DateTimeField(blank=True, null=True)),
                        ("is_counted", models.BooleanField(db_default=True, default=True, editable=False)),
                    ],
                    {
                        "db_table": "player",
                        "indexes": [
                            models.Index(
                                condition=Q(("merged_at__isnull", False)),
                                fields=["merged_at"],
                                name="player_merged_at_idx",
                            ),
                            models.Index(
                                condition=Q(("archived_at__isnull", False)),
                                fields=["archived_at"],
                                name="player_archived_at_idx",
                            ),
                            models.Index(
                                condition=Q(("is_counted", False)), fields=["id"], name="player_uncounted_idx"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(Lower("handle"), name="player_handle_uniq"),
                            models.CheckConstraint(
                                condition=Q(("region__in", [code for code, _ in REGIONS])), name="player_region_check"
                            ),
                            models.UniqueConstraint(fields=("number",), name="player_number_uniq"),
                            models.UniqueConstraint(fields=("handle_shape",), name="player_handle_shape_uniq"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    "PlayerDescription",
                    [
                        (
                            "account",
                            models.OneToOneField(
                                settings.AUTH_USER_MODEL,
                                models.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                            ),
                        ),
                        ("handle", models.CharField(max_length=24)),
                        ("display_name", models.CharField(max_length=160)),
                        ("region", models.CharField(choices=REGIONS, max_length=2)),
                    ],
                    {"db_table": "player_description"},
                ),
                migrations.CreateModel(
                    "ExternalIdentity",
                    [
                        ("id", uuid_key()),
                        ("game_id", models.UUIDField()),
                        ("environment", models.CharField(max_length=4)),
                        ("external_id", models.CharField(max_length=100)),
                        ("created_at", moment_made()),
                        (
                            "player",
                            models.ForeignKey("players.player", models.CASCADE, related_name="external_identities"),
                        ),
                    ],
                    {
                        "db_table": "external_identity",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("game_id", "environment", "external_id"),
                                name="external_identity_game_environment_id_uniq",
                            )
                        ],
                        "verbose_name_plural": "external identities",
                    },
                ),
                migrations.CreateModel(
                    "Follow",
                    [
                        ("pk", composite_key("follower_id", "followed_id")),
                        ("created_at", moment_made()),
                        (
                            "followed",
                            models.ForeignKey("players.player", models.CASCADE, db_index=False, related_name="+"),
                        ),
                        (
                            "follower",
                            models.ForeignKey("players.player", models.CASCADE, db_index=False, related_name="+"),
                        ),
                    ],
                    {
                        "db_table": "follow",
                        "indexes": [models.Index(fields=["followed", "follower"], name="follow_followed_follower_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=Q(("follower", F("followed")), _negated=True), name="follow_not_self_check"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    "Block",
                    [
                        ("pk", composite_key("blocker_id", "blocked_id")),
                        ("created_at", moment_made()),
                        (
                            "blocked",
                            models.ForeignKey("players.player", models.CASCADE, db_index=False, related_name="+"),
                        ),
                        (
                            "blocker",
                            models.ForeignKey("players.player", models.CASCADE, db_index=False, related_name="+"),
                        ),
                    ],
                    {
                        "db_table": "block",
                        "indexes": [models.Index(fields=["blocked", "blocker"], name="block_blocked_blocker_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=Q(("blocker", F("blocked")), _negated=True), name="block_not_self_check"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    "Rename",
                    [
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("renamed_at", moment_made()),
                        ("held_until", models.DateTimeField()),
                        ("handle", models.CharField(blank=True, max_length=24)),
                        ("handle_digest", models.CharField(blank=True, max_length=64)),
                        (
                            "player",
                            models.ForeignKey(
                                "players.player", models.SET_NULL, db_index=False, null=True, related_name="+"
                            ),
                        ),
                    ],
                    {
                        "db_table": "rename",
                        "indexes": [
                            models.Index(fields=["player", "renamed_at"], name="rename_player_renamed_at_idx"),
                            models.Index(
                                condition=Q(("handle_digest", ""), _negated=True),
                                fields=["handle_digest"],
                                name="rename_handle_digest_idx",
                            ),
                            models.Index(fields=["held_until"], name="rename_held_until_idx"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    "Guest",
                    [
                        (
                            "player",
                            models.OneToOneField(
                                "players.player",
                                models.CASCADE,
                                primary_key=True,
                                related_name="guest",
                                serialize=False,
                            ),
                        ),
                        ("game_id", models.UUIDField()),
                        ("created_at", moment_made()),
                        ("network_digest", models.CharField(max_length=64)),
                        ("seen_at", models.DateTimeField(default=apps.core.clock.now)),
                        ("is_kept", models.BooleanField(default=False)),
                    ],
                    {
                        "db_table": "guest",
                        "indexes": [
                            models.Index(fields=["game_id", "created_at"], name="guest_game_created_idx"),
                            models.Index(
                                condition=Q(("network_digest", ""), _negated=True),
                                fields=["network_digest", "created_at"],
                                name="guest_network_created_idx",
                            ),
                            models.Index(condition=Q(("is_kept", False)), fields=["seen_at"], name="guest_seen_idx"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    "Device",
                    [
                        ("id", uuid_key()),
                        ("game_id", models.UUIDField()),
                        ("name", models.CharField(max_length=60)),
                        ("sealed_secret", models.TextField(blank=True)),
                        ("public_key", models.BinaryField(null=True)),
                        ("created_at", moment_made()),
                        ("seen_at", models.DateTimeField(default=apps.core.clock.now)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("player", models.ForeignKey("players.player", models.CASCADE, related_name="devices")),
                    ],
                    {
                        "db_table": "device",
                        "constraints": [
                            models.CheckConstraint(
                                condition=Q(("public_key", None), ("sealed_secret", ""), _connector="XOR"),
                                name="device_credential_check",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    "PlayerRuling",
                    [
                        ("id", uuid_key()),
                        (
                            "player",
                            models.ForeignKey("players.player", models.CASCADE, db_index=False, related_name="+"),
                        ),
                        ("ruling", models.CharField(choices=RULINGS, max_length=9)),
                        ("decided_by", models.CharField(max_length=60)),
                        ("reason", models.CharField(max_length=200)),
                        ("has_deactivated", models.BooleanField(default=False)),
                        ("decided_at", moment_made()),
                    ],
                    {
                        "db_table": "player_ruling",
                        "indexes": [models.Index(fields=["player", "-id"], name="player_ruling_player_id_idx")],
                    },
                ),
            ]
        ),
        migrations.RunSQL("ALTER SEQUENCE player_number_seq OWNED BY player.number", migrations.RunSQL.noop),
    ]
