"""Boards know how many players they must hold."""

from django.db import migrations, models

from apps.core.database.sql import read_sql

WINDOWS = [("all", "All time"), ("month", "This month"), ("week", "This week"), ("day", "Today")]
BOARD = [
    ("scope_id", models.UUIDField()),
    ("window", models.CharField(choices=WINDOWS, max_length=5)),
    ("opened_on", models.DateField()),
    ("region", models.CharField(max_length=2)),
]


class Migration(migrations.Migration):
    dependencies = [("leaderboards", "0003_board_follow")]

    operations = [
        migrations.AddField("boardstate", "lost_at", models.DateTimeField(null=True)),
        migrations.AddField("boardstate", "lost_count", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(read_sql("leaderboards", "board_size"), "DROP TABLE board_size, board_size_change"),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="BoardSize",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                *("scope_id", "window", "opened_on", "region"),
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        *BOARD,
                        ("player_count", models.IntegerField()),
                    ],
                    options={"db_table": "board_size"},
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
                        *BOARD,
                        ("change", models.IntegerField()),
                    ],
                    options={"db_table": "board_size_change"},
                ),
            ],
        ),
    ]
