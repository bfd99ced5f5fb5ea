"""The games on dashboards are read by a function, whose plan a session keeps."""

from django.db import migrations

from apps.core.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0005_plural_names"),
        ("leaderboards", "0012_names_on_boards"),
        ("unlocks", "0018_first_pages"),
    ]

    operations = [migrations.RunSQL(read_sql("analytics", "played_games"), "DROP FUNCTION played_games")]
