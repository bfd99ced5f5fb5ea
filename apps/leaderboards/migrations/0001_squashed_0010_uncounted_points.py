"""Standings, the state and sizes of boards, what closed windows leave behind, ranks day by day, crowns, follows."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q

from apps.core.database.migration_fields import composite_key, logical_key, moment_made
from apps.core.database.migration_operations import CreateModels, MakePartitions
from apps.core.database.sql import read_sql
from apps.leaderboards.standings.rank_history import RANK_HISTORY

WINDOWS = [("all", "All time"), ("month", "This month"), ("week", "This week"), ("day", "Today")]


def _sql(file: str, undo: str) -> migrations.RunSQL:
    return migrations.RunSQL(read_sql("leaderboards", file), undo)


class Migration(migrations.Migration):
    initial = True

    # Made anew on empty databases; where all of these were applied, it counts as applied.
    replaces = [
        ("leaderboards", "0001_initial"),
        ("leaderboards", "0002_closed_windows"),
        ("leaderboards", "0003_board_follow"),
        ("leaderboards", "0004_board_sizes"),
        ("leaderboards", "0005_earned_archived"),
        ("leaderboards", "0006_claim_token"),
        ("leaderboards", "0007_crowns"),
        ("leaderboards", "0008_past_crowns"),
        ("leaderboards", "0009_player_counts"),
        ("leaderboards", "0010_uncounted_points"),
    ]
    dependencies = [
        ("players", "0001_squashed_0013_plural_names"),
        ("games", "0001_squashed_0013_plural_names"),
        ("unlocks", "0001_squashed_0015_malformed_entries"),
    ]

    operations = [
        # Django can't write these tables as they are meant, so it is told of them apart from what makes them.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                _sql("standing", "DROP TABLE standing"),
                _sql("closed_windows", "DROP TABLE closed_window, final_place, rank_history"),
                MakePartitions(RANK_HISTORY),
                _sql("board_size", "DROP TABLE board_size, board_size_change"),
                _sql("earned_uncounted", "DROP VIEW earned_uncounted"),
            ],
            state_operations=[
                CreateModels(
                    [
                        migrations.CreateModel(
                            "Standing",
                            [
                                ("pk", composite_key("player_id", "scope_id", "window", "opened_on")),
                                ("player", logical_key("players.player")),
                                ("scope_id", models.UUIDField()),
                                ("reached_at", models.DateTimeField()),
                                ("opened_on", models.DateField()),
                                ("points", models.PositiveIntegerField()),
                                ("unlock_count", models.PositiveIntegerField()),
                                ("window", models.CharField(choices=WINDOWS, max_length=5)),
                                ("region", models.CharField(max_length=2)),
                                ("uncounted_points", models.PositiveIntegerField(db_default=0, default=0)),
                            ],
                            {"db_table": "standing"},
                        ),
                        migrations.CreateModel(
                            "ClosedWindow",
                            [
                                ("pk", composite_key("scope_id", "window", "opened_on")),
                                ("scope_id", models.UUIDField()),
                                ("closed_at", models.DateTimeField()),
                                ("opened_on", models.DateField()),
                                ("player_count", models.PositiveIntegerField()),
                                ("window", models.CharField(choices=WINDOWS, max_length=5)),
                            ],
                            {"db_table": "closed_window"},
                        ),
                        migrations.CreateModel(
                            "FinalPlace",
                            [
                                ("pk", composite_key("player_id", "scope_id", "window", "opened_on")),
                                ("player_id", models.UUIDField()),
                                ("scope_id", models.UUIDField()),
                                ("reached_at", models.DateTimeField()),
                                ("opened_on", models.DateField()),
                                ("rank", models.PositiveIntegerField()),
                                ("points", models.PositiveIntegerField()),
                                ("unlock_count", models.PositiveIntegerField()),
                                ("window", models.CharField(choices=WINDOWS, max_length=5)),
                                ("region", models.CharField(max_length=2)),
                            ],
                            {"db_table": "final_place"},
                        ),
                        migrations.CreateModel(
                            "BoardSize",
                            [
                                ("pk", composite_key("scope_id", "window", "opened_on", "region")),
                                ("scope_id", models.UUIDField()),
                                ("opened_on", models.DateField()),
                                ("player_count", models.IntegerField()),
                                ("window", models.CharField(choices=WINDOWS, max_length=5)),
                                ("region", models.CharField(max_length=2)),
                            ],
                            {"db_table": "board_size"},
                        ),
                        migrations.CreateModel(
                            "BoardSizeChange",
                            [
                                (
                                    "id",
                                    models.BigAutoField(
                                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                                    ),
                                ),
                                ("scope_id", models.UUIDField()),
                                ("opened_on", models.DateField()),
                                ("change", models.IntegerField()),
                                ("window", models.CharField(choices=WINDOWS, max_length=5)),
                                ("region", models.CharField(max_length=2)),
                            ],
                            {"db_table": "board_size_change"},
                        ),
                    ]
                )
            ],
        ),
        CreateModels(
            [
                migrations.CreateModel(
                    "BoardState",
                    [
                        ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ("is_stale", models.BooleanField(default=False)),
                        ("claim_token", models.UUIDField(null=True)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("rebuilt_at", models.DateTimeField(null=True)),
                        ("lost_at", models.DateTimeField(null=True)),
                        ("lost_count", models.PositiveIntegerField(db_default=0, default=0)),
                    ],
                    {
                        "db_table": "board_state",
                        "constraints": [
                            models.CheckConstraint(condition=Q(("id", 1)), name="board_state_single_row_check")
                        ],
                    },
                ),
                migrations.CreateModel(
                    "BoardFollow",
                    [
                        ("pk", composite_key("scope_id", "window", "player_id")),
                        ("scope_id", models.UUIDField()),
                        ("window", models.CharField(choices=WINDOWS, max_length=5)),
                        ("created_at", moment_made()),
                        (
                            "player",
                            models.ForeignKey("players.player", models.CASCADE, db_index=False, related_name="+"),
                        ),
                    ],
                    {
                        "db_table": "board_follow",
                        "indexes": [
                            models.Index(fields=["player", "scope_id", "window"], name="board_follow_player_idx")
                        ],
                    },
                ),
                migrations.CreateModel(
                    "Crown",
                    [
                        ("pk", composite_key("player_id", "game_id")),
                        ("player_id", models.UUIDField()),
                        ("game_id", models.UUIDField()),
                        ("completed_at", models.DateTimeField()),
                        ("achievement_ids", ArrayField(models.UUIDField())),
                        ("recorded_at", models.DateTimeField()),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                    ],
                    {"db_table": "crown"},
                ),
                migrations.CreateModel(
                    "ScopePlayerCount",
                    [
                        ("scope_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("player_count", models.BigIntegerField()),
                        ("unlock_count", models.BigIntegerField(db_default=0, default=0)),
                    ],
                    {"db_table": "scope_player_count"},
                ),
                migrations.CreateModel(
                    "ScopePlayerCountChange",
                    [
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("scope_id", models.UUIDField()),
                        ("change", models.IntegerField()),
                        ("unlock_change", models.IntegerField(db_default=0, default=0)),
                    ],
                    {"db_table": "scope_player_count_change"},
                ),
            ]
        ),
    ]
