"""What a board does not count is held beside what it counts; the platform's number of unlocks.

The sum reads the platform's all-time standings, a second for a million.
"""

from django.db import migrations, models

ADD = "ALTER TABLE standing ADD COLUMN uncounted_points integer DEFAULT 0 NOT NULL"
DROP = "ALTER TABLE standing DROP COLUMN uncounted_points"
FILL = """
UPDATE scope_player_count SET unlock_count = (
    SELECT coalesce(sum(unlock_count), 0) FROM standing
    WHERE scope_id = '00000000-0000-0000-0000-000000000000' AND "window" = 'all')
WHERE scope_id = '00000000-0000-0000-0000-000000000000'
"""
# Without Django's constraint, whose check would read the table.
COLUMN = migrations.AddField("standing", "uncounted_points", models.PositiveIntegerField(db_default=0, default=0))


class Migration(migrations.Migration):
    dependencies = [("leaderboards", "0009_player_counts"), ("games", "0012_trust")]

    operations = [
        migrations.RunSQL(ADD, DROP, state_operations=[COLUMN]),
        migrations.AddField("scopeplayercount", "unlock_count", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("scopeplayercountchange", "unlock_change", models.IntegerField(db_default=0, default=0)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
