"""The totals of a game are those of its base set."""

from django.db import migrations

from apps.core.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial"), ("games", "0006_achievement_sets")]

    operations = [
        migrations.RunSQL("DROP MATERIALIZED VIEW game_total", migrations.RunSQL.noop),
        migrations.RunSQL(read_sql("analytics", "game_total"), migrations.RunSQL.noop),
    ]
