"""Friends are told of unlocks, by a backlog and an outlet a player; what is told once; quiet notifications."""

import uuid

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0003_trimming"),
    ]

    operations = [
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
                        fields=["until"],
                        name="notification_told_until_idx",
                        condition=models.Q(("until__isnull", False)),
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="notification",
            name="is_quiet",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="notification",
            name="items",
            field=models.JSONField(null=True),
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
    ]
