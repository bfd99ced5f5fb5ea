"""What closed windows leave behind, and ranks day by day."""

from datetime import UTC, datetime

from django.db import migrations, models

from apps.core.database.partitions import MONTHS_AHEAD, make_partitions, month_before, months_from
from apps.core.database.sql import read_sql
from apps.leaderboards.standings.rank_history import RANK_HISTORY


def _key(*columns: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*columns, blank=True, editable=False, primary_key=True, serialize=False)


def _make_partitions(apps: object, schema_editor: object) -> None:
    first = month_before(datetime.now(UTC).date(), RANK_HISTORY.months_kept)
    make_partitions(RANK_HISTORY, months_from(first, RANK_HISTORY.months_kept + 1 + MONTHS_AHEAD))


WINDOWS = [("all", "All time"), ("month", "This month"), ("week", "This week"), ("day", "Today")]


class Migration(migrations.Migration):
    dependencies = [("leaderboards", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    read_sql("leaderboards", "closed_windows"), "DROP TABLE closed_window, final_place, rank_history"
                ),
                migrations.RunPython(_make_partitions, migrations.RunPython.noop),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="ClosedWindow",
                    fields=[
                        ("pk", _key("scope_id", "window", "opened_on")),
                        ("scope_id", models.UUIDField()),
                        ("window", models.CharField(choices=WINDOWS, max_length=5)),
                        ("opened_on", models.DateField()),
                        ("closed_at", models.DateTimeField()),
                        ("player_count", models.PositiveIntegerField()),
                    ],
                    options={"db_table": "closed_window"},
                ),
                migrations.CreateModel(
                    name="FinalPlace",
                    fields=[
                        ("pk", _key("player_id", "scope_id", "window", "opened_on")),
                        ("player_id", models.UUIDField()),
                        ("scope_id", models.UUIDField()),
                        ("window", models.CharField(choices=WINDOWS, max_length=5)),
                        ("opened_on", models.DateField()),
                        ("rank", models.PositiveIntegerField()),
                        ("points", models.PositiveIntegerField()),
                        ("unlock_count", models.PositiveIntegerField()),
                        ("reached_at", models.DateTimeField()),
                        ("region", models.CharField(max_length=2)),
                    ],
                    options={"db_table": "final_place"},
                ),
            ],
        ),
    ]
