"""Counters, play time, statistics by month, what is due of them, and the history and totals of completion."""

import django.db.models.deletion
from django.db import migrations, models

from apps.core.database.migration_operations import CreateModels


class Migration(migrations.Migration):
    initial = True

    # What databases of ad0e489 have, made piece by piece: for Django's state alone. What replaces it makes new ones.
    dependencies = [
        ("players", "0001_initial"),
        ("games", "0001_initial"),
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
        migrations.SeparateDatabaseAndState(
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
