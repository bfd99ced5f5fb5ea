"""Notifications and inboxes, preferences, news of friends, announcements and the daily mail."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import apps.core.clock
import apps.core.ids
from apps.core.database.migration_operations import CreateModels


class Migration(migrations.Migration):
    initial = True

    # What databases of ad0e489 have, made piece by piece: for Django's state alone. What replaces it makes new ones.
    dependencies = [
        ("players", "0001_initial"),
        ("games", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Notification",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "player_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "player",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="players.player",
                            ),
                        ),
                        ("seq", models.BigIntegerField()),
                        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("kind", models.CharField(max_length=40)),
                        ("payload", models.JSONField()),
                        ("is_quiet", models.BooleanField(db_default=False, default=False)),
                        ("items", models.JSONField(null=True)),
                    ],
                    options={
                        "db_table": "notification",
                    },
                ),
            ],
        ),
        CreateModels(
            [
                migrations.CreateModel(
                    name="Inbox",
                    fields=[
                        (
                            "player",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="players.player",
                            ),
                        ),
                        ("last_seq", models.BigIntegerField(default=0)),
                        ("read_seq", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "db_table": "inbox",
                    },
                ),
                migrations.CreateModel(
                    name="Preference",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "player_id",
                                "kind",
                                "road",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "player",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="players.player",
                            ),
                        ),
                        ("kind", models.CharField(max_length=40)),
                        ("road", models.CharField(max_length=10)),
                        ("choice", models.CharField(max_length=10)),
                    ],
                    options={
                        "db_table": "notification_preference",
                    },
                ),
                migrations.CreateModel(
                    name="FanOutEntry",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("player_id", models.UUIDField()),
                        ("achievement_id", models.UUIDField()),
                        ("game_id", models.UUIDField()),
                        ("unlocked_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField()),
                        (
                            "after_id",
                            models.UUIDField(
                                db_default=uuid.UUID("00000000-0000-0000-0000-000000000000"),
                                default=uuid.UUID("00000000-0000-0000-0000-000000000000"),
                            ),
                        ),
                    ],
                    options={
                        "db_table": "fan_out_entry",
                    },
                ),
                migrations.CreateModel(
                    name="Told",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "player_id", "dedupe_key", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("player_id", models.UUIDField()),
                        ("dedupe_key", models.CharField(max_length=120)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "notification_told",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("until__isnull", False)),
                                fields=["until"],
                                name="notification_told_until_idx",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FriendOutlet",
                    fields=[
                        ("player_id", models.UUIDField(primary_key=True, serialize=False)),
                        (
                            "sent_ats",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.DateTimeField(), db_default=[], default=list, size=None
                            ),
                        ),
                        ("gathering_until", models.DateTimeField(null=True)),
                        ("has_gathered", models.BooleanField(db_default=False, default=False)),
                        ("digest_at", models.DateTimeField(null=True)),
                        ("due_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "friend_outlet",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="friend_outlet_due_at_idx",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FriendWaiting",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("player_id", models.UUIDField()),
                        ("friend_id", models.UUIDField()),
                        ("achievement_id", models.UUIDField()),
                        ("unlocked_at", models.DateTimeField()),
                        ("in_digest", models.BooleanField()),
                    ],
                    options={
                        "db_table": "friend_waiting",
                        "indexes": [models.Index(fields=["player_id", "id"], name="friend_waiting_player_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Announcement",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("title", models.CharField(max_length=80)),
                        ("text", models.CharField(max_length=500)),
                        ("link", models.CharField(blank=True, max_length=300)),
                        ("created_by", models.CharField(max_length=60)),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        ("withdrawn_by", models.CharField(blank=True, max_length=60)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("audience_count", models.PositiveIntegerField()),
                        ("passed_count", models.PositiveIntegerField(default=0)),
                        ("told_count", models.PositiveIntegerField(default=0)),
                        ("after_id", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                        ("due_at", models.DateTimeField(null=True)),
                        (
                            "game",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="games.game",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "announcement",
                        "indexes": [
                            models.Index(fields=["game", "-id"], name="announcement_game_id_idx"),
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="announcement_due_at_idx",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("withdrawn_at", None), ("due_at", None), _connector="OR"),
                                name="announcement_withdrawn_due_check",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EmailDigest",
                    fields=[
                        (
                            "player",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="players.player",
                            ),
                        ),
                        ("due_at", models.DateTimeField()),
                        ("mailed_seq", models.BigIntegerField()),
                        ("until_seq", models.BigIntegerField(null=True)),
                        ("attempt_count", models.SmallIntegerField(db_default=0, default=0)),
                        ("token", models.UUIDField(null=True)),
                    ],
                    options={
                        "db_table": "email_digest",
                        "indexes": [models.Index(fields=["due_at"], name="email_digest_due_at_idx")],
                    },
                ),
            ]
        ),
    ]
