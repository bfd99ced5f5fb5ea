"""Standings, the state and sizes of boards, what closed windows leave behind, ranks day by day, and follows of boards."""

from datetime import UTC, datetime

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
from apps.core.database.operations import CreateModels
from apps.core.database.partitions import MONTHS_AHEAD, make_partitions, month_before, months_from
from apps.core.database.sql import read_sql
from apps.leaderboards.standings.rank_history import RANK_HISTORY


def _make_partitions(apps: object, schema_editor: object) -> None:
    first = month_before(datetime.now(UTC).date(), RANK_HISTORY.retention_months)
    make_partitions(RANK_HISTORY, months_from(first, RANK_HISTORY.retention_months + 1 + MONTHS_AHEAD))


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
    ]
    dependencies = [
        ("players", "0001_squashed_0005_player_description"),
        ("games", "0001_squashed_0004_token_grants"),
        ("unlocks", "0001_squashed_0005_only_published_games"),
    ]

    operations = [
        # Django can't write these tables as they are meant, so it is told of them apart from what makes them.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                _sql("standing", "DROP TABLE standing"),
                _sql("closed_windows", "DROP TABLE closed_window, final_place, rank_history"),
                migrations.RunPython(_make_partitions, migrations.RunPython.noop),
                _sql("board_size", "DROP TABLE board_size, board_size_change"),
            ],
            state_operations=[
                CreateModels(
                    [
                        migrations.CreateModel(
                            name="Standing",
                            fields=[
                                (
                                    "pk",
                                    models.CompositePrimaryKey(
                                        "player_id",
                                        "scope_id",
                                        "window",
                                        "opened_on",
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
                                ("scope_id", models.UUIDField()),
                                ("reached_at", models.DateTimeField()),
                                ("opened_on", models.DateField()),
                                ("points", models.PositiveIntegerField()),
                                ("unlock_count", models.PositiveIntegerField()),
                                (
                                    "window",
                                    models.CharField(
                                        choices=[
                                            ("all", "All time"),
                                            ("month", "This month"),
                                            ("week", "This week"),
                                            ("day", "Today"),
                                        ],
                                        max_length=5,
                                    ),
                                ),
                                ("region", models.CharField(max_length=2)),
                            ],
                            options={
                                "db_table": "standing",
                            },
                        ),
                        migrations.CreateModel(
                            name="ClosedWindow",
                            fields=[
                                (
                                    "pk",
                                    models.CompositePrimaryKey(
                                        "scope_id",
                                        "window",
                                        "opened_on",
                                        blank=True,
                                        editable=False,
                                        primary_key=True,
                                        serialize=False,
                                    ),
                                ),
                                ("scope_id", models.UUIDField()),
                                ("closed_at", models.DateTimeField()),
                                ("opened_on", models.DateField()),
                                ("player_count", models.PositiveIntegerField()),
                                (
                                    "window",
                                    models.CharField(
                                        choices=[
                                            ("all", "All time"),
                                            ("month", "This month"),
                                            ("week", "This week"),
                                            ("day", "Today"),
                                        ],
                                        max_length=5,
                                    ),
                                ),
                            ],
                            options={
                                "db_table": "closed_window",
                            },
                        ),
                        migrations.CreateModel(
                            name="FinalPlace",
                            fields=[
                                (
                                    "pk",
                                    models.CompositePrimaryKey(
                                        "player_id",
                                        "scope_id",
                                        "window",
                                        "opened_on",
                                        blank=True,
                                        editable=False,
                                        primary_key=True,
                                        serialize=False,
                                    ),
                                ),
                                ("player_id", models.UUIDField()),
                                ("scope_id", models.UUIDField()),
                                ("reached_at", models.DateTimeField()),
                                ("opened_on", models.DateField()),
                                ("rank", models.PositiveIntegerField()),
                                ("points", models.PositiveIntegerField()),
                                ("unlock_count", models.PositiveIntegerField()),
                                (
                                    "window",
                                    models.CharField(
                                        choices=[
                                            ("all", "All time"),
                                            ("month", "This month"),
                                            ("week", "This week"),
                                            ("day", "Today"),
                                        ],
                                        max_length=5,
                                    ),
                                ),
                                ("region", models.CharField(max_length=2)),
                            ],
                            options={
                                "db_table": "final_place",
                            },
                        ),
                        migrations.CreateModel(
                            name="BoardSize",
                            fields=[
                                (
                                    "pk",
                                    models.CompositePrimaryKey(
                                        "scope_id",
                                        "window",
                                        "opened_on",
                                        "region",
                                        blank=True,
                                        editable=False,
                                        primary_key=True,
                                        serialize=False,
                                    ),
                                ),
                                ("scope_id", models.UUIDField()),
                                ("opened_on", models.DateField()),
                                ("player_count", models.IntegerField()),
                                (
                                    "window",
                                    models.CharField(
                                        choices=[
                                            ("all", "All time"),
                                            ("month", "This month"),
                                            ("week", "This week"),
                                            ("day", "Today"),
                                        ],
                                        max_length=5,
                                    ),
                                ),
                                ("region", models.CharField(max_length=2)),
                            ],
                            options={
                                "db_table": "board_size",
                            },
                        ),
                        migrations.CreateModel(
                            name="BoardSizeChange",
                            fields=[
                                (
                                    "id",
                                    models.BigAutoField(
                                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                                    ),
                                ),
                                ("scope_id", models.UUIDField()),
                                ("opened_on", models.DateField()),
                                ("change", models.IntegerField()),
                                (
                                    "window",
                                    models.CharField(
                                        choices=[
                                            ("all", "All time"),
                                            ("month", "This month"),
                                            ("week", "This week"),
                                            ("day", "Today"),
                                        ],
                                        max_length=5,
                                    ),
                                ),
                                ("region", models.CharField(max_length=2)),
                            ],
                            options={
                                "db_table": "board_size_change",
                            },
                        ),
                    ]
                )
            ],
        ),
        CreateModels(
            [
                migrations.CreateModel(
                    name="BoardState",
                    fields=[
                        ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ("is_stale", models.BooleanField(default=False)),
                        ("rebuild_id", models.UUIDField(null=True)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("rebuilt_at", models.DateTimeField(null=True)),
                        ("lost_at", models.DateTimeField(null=True)),
                        ("lost_count", models.PositiveIntegerField(db_default=0, default=0)),
                    ],
                    options={
                        "db_table": "board_state",
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("id", 1)), name="board_state_single_row_check")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BoardFollow",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "scope_id",
                                "window",
                                "player_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("scope_id", models.UUIDField()),
                        (
                            "window",
                            models.CharField(
                                choices=[
                                    ("all", "All time"),
                                    ("month", "This month"),
                                    ("week", "This week"),
                                    ("day", "Today"),
                                ],
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
                        "indexes": [
                            models.Index(fields=["player", "scope_id", "window"], name="board_follow_player_idx")
                        ],
                    },
                ),
            ]
        ),
        _sql("earned_archived", "DROP VIEW earned_archived"),
    ]
