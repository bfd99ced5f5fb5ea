"""Offline journals, and what became of their entries."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0008_guests"),
        ("unlocks", "0005_publishable_source"),
    ]

    operations = [
        migrations.CreateModel(
            name="Journal",
            fields=[
                (
                    "device",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="players.device",
                    ),
                ),
                ("sequence", models.BigIntegerField(default=0)),
                (
                    "hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000", max_length=64
                    ),
                ),
            ],
            options={
                "db_table": "journal",
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "device_id", "sequence", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("achievement_id", models.UUIDField(null=True)),
                ("outcome", models.CharField(max_length=30)),
                ("points", models.PositiveSmallIntegerField(null=True)),
                ("unlocked_at", models.DateTimeField(null=True)),
                ("device_time", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("is_late", models.BooleanField()),
                (
                    "device",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="players.device",
                    ),
                ),
            ],
            options={
                "db_table": "journal_entry",
            },
        ),
    ]
