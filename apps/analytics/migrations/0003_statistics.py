"""Statistics by month, what is due of them, statistics of games, the history of rarity and the totals of games."""

from datetime import UTC, datetime

from django.db import migrations, models

from apps.analytics.rollups.partitions import PLAYER_STATISTICS
from apps.core.database.partitions import MONTHS_AHEAD, make_partitions, month_before, months_from
from apps.core.database.sql import read_sql


def _key(*columns: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*columns, blank=True, editable=False, primary_key=True, serialize=False)


def _make_partitions(apps: object, schema_editor: object) -> None:
    first = month_before(datetime.now(UTC).date(), PLAYER_STATISTICS.months_kept)
    make_partitions(PLAYER_STATISTICS, months_from(first, PLAYER_STATISTICS.months_kept + 1 + MONTHS_AHEAD))


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0002_play_time"),
        ("core", "0003_job_slot"),
        ("games", "0002_revision_and_scopes"),
        ("unlocks", "0004_archive"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    read_sql("analytics", "player_statistics"),
                    "DROP MATERIALIZED VIEW game_total; "
                    "DROP INDEX play_session_ended_brin; DROP TABLE totals_due, player_statistics, statistics_due, game_statistic, completion_history",
                ),
                migrations.RunPython(_make_partitions, migrations.RunPython.noop),
                # What stands in the ledger already is computed by the first run.
                migrations.RunSQL(
                    "INSERT INTO statistics_due (player_id, game_id, since) "
                    "SELECT player_id, game_id, date '1970-01-01' FROM unlock GROUP BY 1, 2",
                    migrations.RunSQL.noop,
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="PlayerStatistics",
                    fields=[
                        ("pk", _key("player_id", "game_id", "recorded_at")),
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
                    options={"db_table": "player_statistics"},
                ),
                migrations.CreateModel(
                    name="StatisticsDue",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("player_id", models.UUIDField()),
                        ("game_id", models.UUIDField()),
                        ("since", models.DateTimeField()),
                    ],
                    options={"db_table": "statistics_due"},
                ),
                migrations.CreateModel(
                    name="GameStatistic",
                    fields=[
                        ("pk", _key("game_id", "name", "slot", "label")),
                        ("game_id", models.UUIDField()),
                        ("name", models.CharField(max_length=40)),
                        ("slot", models.DateTimeField()),
                        ("label", models.CharField(max_length=20)),
                        ("value", models.BigIntegerField()),
                    ],
                    options={"db_table": "game_statistic"},
                ),
                migrations.CreateModel(
                    name="CompletionHistory",
                    fields=[
                        ("pk", _key("achievement_id", "day")),
                        ("achievement_id", models.UUIDField()),
                        ("day", models.DateField()),
                        ("unlock_count", models.BigIntegerField()),
                        ("player_count", models.BigIntegerField()),
                    ],
                    options={"db_table": "completion_history"},
                ),
                migrations.CreateModel(
                    name="GameTotal",
                    fields=[
                        ("game_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("achievement_count", models.BigIntegerField()),
                        ("points", models.BigIntegerField()),
                    ],
                    options={"db_table": "game_total", "managed": False},
                ),
            ],
        ),
    ]
