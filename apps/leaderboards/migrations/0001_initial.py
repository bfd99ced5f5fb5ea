"""Standings, the state and sizes of boards, what closed windows leave behind, ranks day by day, and follows of boards."""

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
from apps.core.database.migration_operations import CreateModels


class Migration(migrations.Migration):
    initial = True

    # What databases of ad0e489 have, made piece by piece: for Django's state alone. What replaces it makes new ones.
    dependencies = [
        ("players", "0001_initial"),
        ("games", "0001_initial"),
        ("unlocks", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
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
    ]
