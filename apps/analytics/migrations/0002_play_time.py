"""Play sessions and the play time they add up to."""

import django.db.models.deletion
from django.db import migrations, models

from apps.core.database.sql import read_sql


def _key_to(model: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0001_initial"),
        ("games", "0001_initial"),
        ("players", "0002_external_ids_blocks_merging"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(read_sql("analytics", "play_time"), "DROP TABLE play_session, play_time")
            ],
            state_operations=[
                migrations.CreateModel(
                    name="PlaySession",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "player_id",
                                "game_id",
                                "session_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("session_id", models.CharField(max_length=64)),
                        ("seconds", models.PositiveIntegerField()),
                        ("ended_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        ("player", _key_to("players.player")),
                        ("game", _key_to("games.game")),
                    ],
                    options={"db_table": "play_session"},
                ),
                migrations.CreateModel(
                    name="PlayTime",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "player_id", "game_id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("seconds", models.BigIntegerField()),
                        ("session_count", models.PositiveIntegerField()),
                        ("last_played_at", models.DateTimeField()),
                        ("player", _key_to("players.player")),
                        ("game", _key_to("games.game")),
                    ],
                    options={"db_table": "play_time"},
                ),
            ],
        )
    ]
