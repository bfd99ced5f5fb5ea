"""Players follow boards, to hear of rivals."""

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("leaderboards", "0002_closed_windows"),
        ("players", "0004_archived_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="BoardFollow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "scope_id", "window", "player_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("scope_id", models.UUIDField()),
                (
                    "window",
                    models.CharField(
                        choices=[("all", "All time"), ("month", "This month"), ("week", "This week"), ("day", "Today")],
                        max_length=5,
                    ),
                ),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                (
                    "player",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="players.player",
                    ),
                ),
            ],
            options={
                "db_table": "board_follow",
                "indexes": [models.Index(fields=["player", "scope_id", "window"], name="board_follow_player_idx")],
            },
        ),
    ]
