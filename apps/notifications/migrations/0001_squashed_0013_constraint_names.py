"""Notifications and inboxes, preferences, news of friends, announcements and the daily mail."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Now

from apps.core.database.migration_fields import composite_key, logical_key, moment_made, uuid_key
from apps.core.database.migration_operations import CreateModels
from apps.core.database.sql import read_sql

NIL = UUID(int=0)


class Migration(migrations.Migration):
    initial = True

    # Made anew on empty databases; where all of these were applied, it counts as applied.
    replaces = [
        ("notifications", "0001_initial"),
        ("notifications", "0002_preference"),
        ("notifications", "0003_trimming"),
        ("notifications", "0004_friends"),
        ("notifications", "0005_announcement"),
        ("notifications", "0006_email"),
        ("notifications", "0009_claim_token"),
        ("notifications", "0010_friend_rate_limit"),
        ("notifications", "0011_dedupe_key"),
        ("notifications", "0012_plural_names"),
        ("notifications", "0013_constraint_names"),
    ]
    dependencies = [
        ("players", "0001_squashed_0013_plural_names"),
        ("games", "0001_squashed_0013_plural_names"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    "Inbox",
                    [
                        (
                            "player",
                            models.OneToOneField(
                                "players.player", models.CASCADE, primary_key=True, related_name="+", serialize=False
                            ),
                        ),
                        ("last_seq", models.BigIntegerField(default=0)),
                        ("read_seq", models.BigIntegerField(default=0)),
                    ],
                    {"db_table": "inbox", "verbose_name_plural": "inboxes"},
                ),
                migrations.CreateModel(
                    "Preference",
                    [
                        ("pk", composite_key("player_id", "kind", "road")),
                        (
                            "player",
                            models.ForeignKey("players.player", models.CASCADE, db_index=False, related_name="+"),
                        ),
                        ("kind", models.CharField(max_length=40)),
                        ("road", models.CharField(max_length=10)),
                        ("choice", models.CharField(max_length=10)),
                    ],
                    {"db_table": "notification_preference"},
                ),
                migrations.CreateModel(
                    "FanOutEntry",
                    [
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("player_id", models.UUIDField()),
                        ("achievement_id", models.UUIDField()),
                        ("game_id", models.UUIDField()),
                        ("unlocked_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField()),
                        ("after_id", models.UUIDField(db_default=NIL, default=NIL)),
                    ],
                    {"db_table": "fan_out_entry", "verbose_name_plural": "fan-out entries"},
                ),
                migrations.CreateModel(
                    "DedupeKey",
                    [
                        ("pk", composite_key("player_id", "dedupe_key")),
                        ("player_id", models.UUIDField()),
                        ("dedupe_key", models.CharField(max_length=120)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    {
                        "db_table": "notification_dedupe_key",
                        "indexes": [
                            models.Index(
                                condition=Q(("until__isnull", False)),
                                fields=["until"],
                                name="notification_dedupe_until_idx",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    "FriendRateLimit",
                    [
                        ("player_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("sent_ats", ArrayField(models.DateTimeField(), db_default=[], default=list)),
                        ("grouping_until", models.DateTimeField(null=True)),
                        ("has_grouped", models.BooleanField(db_default=False, default=False)),
                        ("digest_at", models.DateTimeField(null=True)),
                        ("due_at", models.DateTimeField(null=True)),
                    ],
                    {
                        "db_table": "friend_rate_limit",
                        "indexes": [
                            models.Index(
                                condition=Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="friend_rate_limit_due_at_idx",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    "FriendWaiting",
                    [
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("player_id", models.UUIDField()),
                        ("friend_id", models.UUIDField()),
                        ("achievement_id", models.UUIDField()),
                        ("unlocked_at", models.DateTimeField()),
                        ("in_digest", models.BooleanField()),
                    ],
                    {
                        "db_table": "friend_waiting",
                        "indexes": [models.Index(fields=["player_id", "id"], name="friend_waiting_player_idx")],
                    },
                ),
                migrations.CreateModel(
                    "Announcement",
                    [
                        ("id", uuid_key()),
                        ("title", models.CharField(max_length=80)),
                        ("text", models.CharField(max_length=500)),
                        ("link", models.CharField(blank=True, max_length=300)),
                        ("created_by", models.CharField(max_length=60)),
                        ("created_at", moment_made()),
                        ("withdrawn_by", models.CharField(blank=True, max_length=60)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("audience_count", models.PositiveIntegerField()),
                        ("passed_count", models.PositiveIntegerField(default=0)),
                        ("notified_count", models.PositiveIntegerField(default=0)),
                        ("after_id", models.UUIDField(default=NIL)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("game", models.ForeignKey("games.game", models.PROTECT, db_index=False, related_name="+")),
                    ],
                    {
                        "db_table": "announcement",
                        "indexes": [
                            models.Index(fields=["game", "-id"], name="announcement_game_id_idx"),
                            models.Index(
                                condition=Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="announcement_due_at_idx",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=Q(("withdrawn_at", None), ("due_at", None), _connector="OR"),
                                name="announcement_withdrawn_due_check",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    "EmailDigest",
                    [
                        (
                            "player",
                            models.OneToOneField(
                                "players.player", models.CASCADE, primary_key=True, related_name="+", serialize=False
                            ),
                        ),
                        ("due_at", models.DateTimeField()),
                        ("mailed_seq", models.BigIntegerField()),
                        ("until_seq", models.BigIntegerField(null=True)),
                        ("attempt_count", models.SmallIntegerField(db_default=0, default=0)),
                        ("claim_token", models.UUIDField(null=True)),
                    ],
                    {
                        "db_table": "email_digest",
                        "indexes": [models.Index(fields=["due_at"], name="email_digest_due_at_idx")],
                    },
                ),
            ]
        ),
        # Django can't write this table as it is meant, so it is told of it apart from what makes it.
        migrations.RunSQL(
            read_sql("notifications", "notification"),
            "DROP TABLE notification",
            state_operations=[
                CreateModels(
                    [
                        migrations.CreateModel(
                            "Notification",
                            [
                                ("pk", composite_key("player_id", "seq")),
                                ("player", logical_key("players.player")),
                                ("seq", models.BigIntegerField()),
                                ("created_at", models.DateTimeField(db_default=Now())),
                                ("kind", models.CharField(max_length=40)),
                                ("payload", models.JSONField()),
                                ("is_quiet", models.BooleanField(db_default=False, default=False)),
                                ("items", models.JSONField(null=True)),
                            ],
                            {"db_table": "notification"},
                        ),
                    ]
                )
            ],
        ),
    ]
