"""Counters, play time, statistics by month, what is due of them, and the history and totals of completion."""

from datetime import UTC, datetime

import django.db.models.deletion
from django.db import migrations, models

from apps.analytics.rollups.partitions import PLAYER_STATISTICS
from apps.core.database.operations import CreateModels
from apps.core.database.partitions import MONTHS_AHEAD, make_partitions, month_before, months_from
from apps.core.database.sql import read_sql


def _make_partitions(apps: object, schema_editor: object) -> None:
    first = month_before(datetime.now(UTC).date(), PLAYER_STATISTICS.retention_months)
    make_partitions(PLAYER_STATISTICS, months_from(first, PLAYER_STATISTICS.retention_months + 1 + MONTHS_AHEAD))


class Migration(migrations.Migration):
    initial = True

    # Made anew on empty databases; where all of these were applied, it counts as applied.
    replaces = [
        ("analytics", "0001_initial"),
        ("analytics", "0002_play_time"),
        ("analytics", "0003_statistics"),
    ]
    dependencies = [
        ("players", "0001_squashed_0005_player_description"),
        ("games", "0001_squashed_0004_token_grants"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="AchievementCounter",
                    fields=[
                        ("achievement_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("unlock_count", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "db_table": "achievement_counter",
                    },
                ),
                migrations.CreateModel(
                    name="GameCounter",
                    fields=[
                        ("game_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("unlock_count", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "db_table": "game_counter",
                    },
                ),
            ]
        ),
        # Django can't write these tables as they are meant, so it is told of them apart from what makes them.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(read_sql("analytics", "play_time"), "DROP TABLE play_session, play_time"),
                migrations.RunSQL(
                    read_sql("analytics", "player_statistics"),
                    "DROP MATERIALIZED VIEW game_total; DROP INDEX play_session_ended_brin; "
                    "DROP TABLE totals_due, player_statistics, statistics_due, game_statistic, completion_history",
                ),
                migrations.RunPython(_make_partitions, migrations.RunPython.noop),
            ],
            state_operations=[
                CreateModels(
                    [
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
                                (
                                    "game",
                                    models.ForeignKey(
                                        db_constraint=False,
                                        db_index=False,
                                        on_delete=django.db.models.deletion.DO_NOTHING,
                                        related_name="+",
                                        to="games.game",
                                    ),
                                ),
                                ("ended_at", models.DateTimeField()),
                                ("recorded_at", models.DateTimeField()),
                                ("seconds", models.PositiveIntegerField()),
                                ("session_id", models.CharField(max_length=64)),
                            ],
                            options={
                                "db_table": "play_session",
                            },
                        ),
                        migrations.CreateModel(
                            name="PlayTime",
                            fields=[
                                (
                                    "pk",
                                    models.CompositePrimaryKey(
                                        "player_id",
                                        "game_id",
                                        blank=True,
                                        editable=False,
                                        primary_key=True,
                                        serialize=False,
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
                                (
                                    "game",
                                    models.ForeignKey(
                                        db_constraint=False,
                                        db_index=False,
                                        on_delete=django.db.models.deletion.DO_NOTHING,
                                        related_name="+",
                                        to="games.game",
                                    ),
                                ),
                                ("last_played_at", models.DateTimeField()),
                                ("seconds", models.BigIntegerField()),
                                ("session_count", models.PositiveIntegerField()),
                            ],
                            options={
                                "db_table": "play_time",
                            },
                        ),
                        migrations.CreateModel(
                            name="PlayerStatistics",
                            fields=[
                                (
                                    "pk",
                                    models.CompositePrimaryKey(
                                        "player_id",
                                        "game_id",
                                        "recorded_at",
                                        blank=True,
                                        editable=False,
                                        primary_key=True,
                                        serialize=False,
                                    ),
                                ),
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
                            options={
                                "db_table": "player_statistics",
                            },
                        ),
                        migrations.CreateModel(
                            name="StatisticsDue",
                            fields=[
                                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                                ("player_id", models.UUIDField()),
                                ("game_id", models.UUIDField()),
                                ("since", models.DateTimeField()),
                            ],
                            options={
                                "db_table": "statistics_due",
                            },
                        ),
                        migrations.CreateModel(
                            name="GameStatistic",
                            fields=[
                                (
                                    "pk",
                                    models.CompositePrimaryKey(
                                        "game_id",
                                        "name",
                                        "slot",
                                        "label",
                                        blank=True,
                                        editable=False,
                                        primary_key=True,
                                        serialize=False,
                                    ),
                                ),
                                ("game_id", models.UUIDField()),
                                ("name", models.CharField(max_length=40)),
                                ("slot", models.DateTimeField()),
                                ("label", models.CharField(max_length=20)),
                                ("value", models.BigIntegerField()),
                            ],
                            options={
                                "db_table": "game_statistic",
                            },
                        ),
                        migrations.CreateModel(
                            name="CompletionHistory",
                            fields=[
                                (
                                    "pk",
                                    models.CompositePrimaryKey(
                                        "achievement_id",
                                        "day",
                                        blank=True,
                                        editable=False,
                                        primary_key=True,
                                        serialize=False,
                                    ),
                                ),
                                ("achievement_id", models.UUIDField()),
                                ("day", models.DateField()),
                                ("unlock_count", models.BigIntegerField()),
                                ("player_count", models.BigIntegerField()),
                            ],
                            options={
                                "db_table": "completion_history",
                            },
                        ),
                        migrations.CreateModel(
                            name="GameTotal",
                            fields=[
                                ("game_id", models.UUIDField(primary_key=True, serialize=False)),
                                ("achievement_count", models.BigIntegerField()),
                                ("points", models.BigIntegerField()),
                            ],
                            options={
                                "db_table": "game_total",
                                "managed": False,
                            },
                        ),
                    ]
                )
            ],
        ),
    ]
