"""Completion counts published achievements only."""

from django.db import migrations

from apps.core.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0003_archived_index"),
        ("leaderboards", "0004_board_sizes"),
        ("unlocks", "0004_archive"),
    ]

    operations = [
        migrations.RunSQL(read_sql("leaderboards", "earned_archived"), "DROP VIEW earned_archived"),
    ]
