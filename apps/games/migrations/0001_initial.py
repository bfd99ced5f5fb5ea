"""Studios and their members, games, achievements, keys and the grants of player tokens."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.clock
import apps.core.ids
import apps.games.models
from apps.core.database.migration_operations import CreateModels


class Migration(migrations.Migration):
    initial = True

    # What databases of ad0e489 have, made piece by piece: for Django's state alone. What replaces it makes new ones.
    dependencies = [
        ("players", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Studio",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=80)),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                    ],
                    options={
                        "db_table": "studio",
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("owner", "Owner"),
                                    ("admin", "Admin"),
                                    ("editor", "Editor"),
                                    ("viewer", "Viewer"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "studio",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="games.studio",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "membership",
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "studio"), name="membership_account_studio_uniq")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Game",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=80)),
                        ("tagline", models.CharField(blank=True, max_length=140)),
                        ("description", models.TextField(blank=True, max_length=4000)),
                        ("palette", models.JSONField(blank=True, default=dict)),
                        ("cover", models.ImageField(blank=True, upload_to="games/covers")),
                        ("points_budget", models.PositiveIntegerField(default=1000)),
                        (
                            "default_setter",
                            models.CharField(
                                choices=[("server", "Game server"), ("client", "Game client")],
                                default="server",
                                max_length=6,
                            ),
                        ),
                        ("is_published", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        (
                            "studio",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="games", to="games.studio"
                            ),
                        ),
                        ("revision", models.PositiveBigIntegerField(db_default=1, default=1, editable=False)),
                    ],
                    options={
                        "db_table": "game",
                    },
                ),
                migrations.CreateModel(
                    name="Achievement",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                max_length=60,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "\\A[A-Z][A-Z0-9_]{2,59}\\Z",
                                        "Use 3 to 60 capital letters, digits and underscores, starting with a letter.",
                                    )
                                ],
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("description", models.CharField(blank=True, max_length=300)),
                        (
                            "points",
                            models.PositiveSmallIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(1000),
                                ]
                            ),
                        ),
                        ("is_hidden", models.BooleanField(default=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("one_shot", "Earned at once"), ("incremental", "Counts up to a target")],
                                default="one_shot",
                                max_length=12,
                            ),
                        ),
                        ("target", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("published", "Published"), ("archived", "Archived")],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        (
                            "setter",
                            models.CharField(
                                choices=[("server", "Game server"), ("client", "Game client")],
                                default="server",
                                max_length=6,
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("icon", models.CharField(blank=True, max_length=120)),
                        ("icon_locked", models.CharField(blank=True, max_length=120)),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "game",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="achievements",
                                to="games.game",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "achievement",
                        "indexes": [
                            models.Index(fields=["game", "position", "id"], name="achievement_game_position_idx"),
                            models.Index(
                                condition=models.Q(("state", "archived")),
                                fields=["game"],
                                name="achievement_game_archived_idx",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("game", "key"), name="achievement_game_key_uniq"),
                            models.CheckConstraint(
                                condition=models.Q(("points__range", (1, 1000))), name="achievement_points_range_check"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "one_shot"), ("target", None)),
                                    models.Q(("kind", "incremental"), ("target__gte", 2)),
                                    _connector="OR",
                                ),
                                name="achievement_kind_target_check",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AchievementCompletion",
                    fields=[
                        (
                            "achievement",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="completion",
                                serialize=False,
                                to="games.achievement",
                            ),
                        ),
                        ("unlock_count", models.BigIntegerField(default=0)),
                        ("player_count", models.BigIntegerField(default=0)),
                        ("share", models.FloatField(null=True)),
                        ("computed_at", models.DateTimeField(default=apps.core.clock.now)),
                    ],
                    options={
                        "db_table": "achievement_completion",
                    },
                ),
                migrations.CreateModel(
                    name="ApiKey",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=60)),
                        ("environment", models.CharField(choices=[("live", "Live"), ("test", "Test")], max_length=4)),
                        ("prefix", models.CharField(max_length=16)),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30),
                                default=apps.games.models.default_scopes,
                                size=None,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "game",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to="games.game"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "api_key",
                    },
                ),
                migrations.CreateModel(
                    name="TokenGrant",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("password_mark", models.CharField(max_length=32)),
                        ("sealed_session", models.TextField()),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "game",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="games.game"
                            ),
                        ),
                        (
                            "player",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="players.player"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "token_grant",
                        "indexes": [
                            models.Index(fields=["account", "expires_at"], name="token_grant_account_expiry_idx"),
                            models.Index(fields=["expires_at"], name="token_grant_expires_at_idx"),
                        ],
                    },
                ),
            ]
        ),
    ]
