"""Counters, play time, statistics by month, what is due of them, and the history and totals of completion."""

from django.db import migrations, models

from apps.analytics.rollups.partitions import PLAYER_STATISTICS
from apps.core.database.migration_fields import composite_key, logical_key
from apps.core.database.migration_operations import CreateModels, MakePartitions
from apps.core.database.sql import read_sql


def _sql(file: str, undo: str) -> migrations.RunSQL:
    return migrations.RunSQL(read_sql("analytics", file), undo)


class Migration(migrations.Migration):
    initial = True

    # Made anew on empty databases; where all of these were applied, it counts as applied.
    replaces = [
        ("analytics", "0001_initial"),
        ("analytics", "0002_play_time"),
        ("analytics", "0003_statistics"),
        ("analytics", "0004_totals_of_base_sets"),
        ("analytics", "0005_plural_names"),
    ]
    dependencies = [
        ("players", "0001_squashed_0013_plural_names"),
        ("games", "0001_squashed_0013_plural_names"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    "AchievementCounter",
                    [
                        ("achievement_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("unlock_count", models.BigIntegerField(default=0)),
                    ],
                    {"db_table": "achievement_counter"},
                ),
                migrations.CreateModel(
                    "GameCounter",
                    [
                        ("game_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("unlock_count", models.BigIntegerField(default=0)),
                    ],
                    {"db_table": "game_counter"},
                ),
            ]
        ),
        # Django can't write these tables as they are meant, so it is told of them apart from what makes them.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                _sql("play_time", "DROP TABLE play_session, play_time"),
                _sql(
                    "player_statistics",
                    "DROP INDEX play_session_ended_brin; "
                    "DROP TABLE totals_due, player_statistics, statistics_due, game_statistic, completion_history",
                ),
                MakePartitions(PLAYER_STATISTICS),
                _sql("game_total", "DROP MATERIALIZED VIEW game_total"),
            ],
            state_operations=[
                CreateModels(
                    [
                        migrations.CreateModel(
                            "PlaySession",
                            [
                                ("pk", composite_key("player_id", "game_id", "session_id")),
                                ("player", logical_key("players.player")),
                                ("game", logical_key("games.game")),
                                ("ended_at", models.DateTimeField()),
                                ("recorded_at", models.DateTimeField()),
                                ("seconds", models.PositiveIntegerField()),
                                ("session_id", models.CharField(max_length=64)),
                            ],
                            {"db_table": "play_session"},
                        ),
                        migrations.CreateModel(
                            "PlayTime",
                            [
                                ("pk", composite_key("player_id", "game_id")),
                                ("player", logical_key("players.player")),
                                ("game", logical_key("games.game")),
                                ("last_played_at", models.DateTimeField()),
                                ("seconds", models.BigIntegerField()),
                                ("session_count", models.PositiveIntegerField()),
                            ],
                            {"db_table": "play_time"},
                        ),
                        migrations.CreateModel(
                            "PlayerStatistics",
                            [
                                ("pk", composite_key("player_id", "game_id", "recorded_at")),
                                ("player_id", models.UUIDField()),
                                ("game_id", models.UUIDField()),
                                ("recorded_at", models.DateTimeField()),
                                ("playtime_seconds", models.PositiveIntegerField()),
                                ("unlock_count", models.PositiveIntegerField()),
                                ("points", models.PositiveIntegerField()),
                                ("achievement_count", models.PositiveIntegerField()),
                                ("completion_percentage", models.FloatField()),
                                ("is_daily", models.BooleanField()),
                            ],
                            {"db_table": "player_statistics", "verbose_name_plural": "player statistics"},
                        ),
                        migrations.CreateModel(
                            "StatisticsDue",
                            [
                                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                                ("player_id", models.UUIDField()),
                                ("game_id", models.UUIDField()),
                                ("since", models.DateTimeField()),
                            ],
                            {"db_table": "statistics_due"},
                        ),
                        migrations.CreateModel(
                            "GameStatistic",
                            [
                                ("pk", composite_key("game_id", "name", "slot", "label")),
                                ("game_id", models.UUIDField()),
                                ("name", models.CharField(max_length=40)),
                                ("slot", models.DateTimeField()),
                                ("label", models.CharField(max_length=20)),
                                ("value", models.BigIntegerField()),
                            ],
                            {"db_table": "game_statistic"},
                        ),
                        migrations.CreateModel(
                            "CompletionHistory",
                            [
                                ("pk", composite_key("achievement_id", "day")),
                                ("achievement_id", models.UUIDField()),
                                ("day", models.DateField()),
                                ("unlock_count", models.BigIntegerField()),
                                ("player_count", models.BigIntegerField()),
                            ],
                            {"db_table": "completion_history", "verbose_name_plural": "completion histories"},
                        ),
                        migrations.CreateModel(
                            "GameTotal",
                            [
                                ("game_id", models.UUIDField(primary_key=True, serialize=False)),
                                ("achievement_count", models.BigIntegerField()),
                                ("points", models.BigIntegerField()),
                            ],
                            {"db_table": "game_total", "managed": False},
                        ),
                    ]
                )
            ],
        ),
    ]
