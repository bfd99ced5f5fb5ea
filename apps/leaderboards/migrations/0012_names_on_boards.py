"""The names beside boards are read by a function, whose plan a session keeps."""

from django.db import migrations

from apps.core.database.sql import read_sql
from apps.players.querysets import seen_sql

CREATE = read_sql(
    "leaderboards", "names_on_boards", seen=seen_sql("p", "b.viewer_id"), seen_by_anyone=seen_sql("p", None)
)


class Migration(migrations.Migration):
    dependencies = [
        ("leaderboards", "0011_crowns_set_aside"),
        ("games", "0001_squashed_0013_plural_names"),
        ("players", "0014_ended_sessions"),
    ]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION names_on_boards")]
