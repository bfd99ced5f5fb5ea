"""Accounts, players, the ids that games know them by, follows and blocks."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import apps.core.clock
import apps.core.ids
from apps.core.database.migration_operations import CreateModels


class Migration(migrations.Migration):
    initial = True

    # What databases of ad0e489 have, made piece by piece: for Django's state alone. What replaces it makes new ones.
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Account",
                    fields=[
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
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("is_staff", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
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
                    options={
                        "db_table": "account",
                    },
                ),
                migrations.CreateModel(
                    name="Player",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "handle",
                            models.CharField(
                                max_length=24,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "\\A[A-Za-z0-9][A-Za-z0-9_-]{2,23}\\Z",
                                        "Use 3 to 24 letters, digits, hyphens or underscores, starting with a letter or digit.",
                                    )
                                ],
                            ),
                        ),
                        ("display_name", models.CharField(max_length=40)),
                        (
                            "region",
                            models.CharField(
                                choices=[
                                    ("AF", "Africa"),
                                    ("AN", "Antarctica"),
                                    ("AS", "Asia"),
                                    ("EU", "Europe"),
                                    ("NA", "North America"),
                                    ("OC", "Oceania"),
                                    ("SA", "South America"),
                                ],
                                max_length=2,
                            ),
                        ),
                        ("time_zone", models.CharField(default="UTC", max_length=40)),
                        ("avatar", models.ImageField(blank=True, upload_to="players/avatars")),
                        (
                            "visibility",
                            models.CharField(
                                choices=[
                                    ("public", "Everyone"),
                                    ("followers", "Players I follow back"),
                                    ("private", "Only me"),
                                ],
                                default="public",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        (
                            "account",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="player",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("is_test", models.BooleanField(db_default=False, default=False)),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="players.player",
                            ),
                        ),
                        ("merged_at", models.DateTimeField(blank=True, null=True)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "db_table": "player",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("merged_at__isnull", False)),
                                fields=["merged_at"],
                                name="player_merged_at_idx",
                            ),
                            models.Index(
                                condition=models.Q(("archived_at__isnull", False)),
                                fields=["archived_at"],
                                name="player_archived_at_idx",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("handle"), name="player_handle_uniq"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("region__in", ["AF", "AN", "AS", "EU", "NA", "OC", "SA"])),
                                name="player_region_check",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlayerDescription",
                    fields=[
                        (
                            "account",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("handle", models.CharField(max_length=24)),
                        ("display_name", models.CharField(max_length=40)),
                        (
                            "region",
                            models.CharField(
                                choices=[
                                    ("AF", "Africa"),
                                    ("AN", "Antarctica"),
                                    ("AS", "Asia"),
                                    ("EU", "Europe"),
                                    ("NA", "North America"),
                                    ("OC", "Oceania"),
                                    ("SA", "South America"),
                                ],
                                max_length=2,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "player_description",
                    },
                ),
                migrations.CreateModel(
                    name="ExternalIdentity",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("game_id", models.UUIDField()),
                        ("environment", models.CharField(max_length=4)),
                        ("external_id", models.CharField(max_length=100)),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        (
                            "player",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="external_identities",
                                to="players.player",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "external_identity",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("game_id", "environment", "external_id"),
                                name="external_identity_game_environment_id_uniq",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Follow",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "follower_id",
                                "followed_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        (
                            "followed",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="players.player",
                            ),
                        ),
                        (
                            "follower",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="players.player",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "follow",
                        "indexes": [models.Index(fields=["followed", "follower"], name="follow_followed_follower_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("follower", models.F("followed")), _negated=True),
                                name="follow_not_self_check",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Block",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "blocker_id",
                                "blocked_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        (
                            "blocked",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="players.player",
                            ),
                        ),
                        (
                            "blocker",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="players.player",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "block",
                        "indexes": [models.Index(fields=["blocked", "blocker"], name="block_blocked_blocker_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("blocker", models.F("blocked")), _negated=True),
                                name="block_not_self_check",
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
