"""A first report in hardcore has an event, and what was earned in hardcore is read as unlocks are."""

from importlib import import_module

from django.db import migrations

from apps.core.database.sql import read_sql

sets = import_module("apps.unlocks.migrations.0003_sets")
modes = import_module("apps.unlocks.migrations.0009_hardcore")
# What was earned before counts on boards, and notifies nobody.
ANNOUNCE = """
INSERT INTO outbox (kind, payload)
SELECT 'hardcore_earned', jsonb_build_object(
    'player_id', player_id, 'achievement_id', achievement_id, 'game_id', game_id,
    'points', points, 'unlocked_at', unlocked_at, 'source', source, 'is_with_unlock', true)
FROM hardcore_ever
"""


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0011_hardcore_locks_unlocks")]

    operations = [
        migrations.RunSQL(read_sql("unlocks", "hardcore_ever"), "DROP VIEW hardcore_ever"),
        sets.replaced("earn_hardcore", "earn_hardcore", **modes.LEDGER),
        sets.replaced("earn_hardcore", "earn_sandbox_hardcore", **modes.SANDBOX),
        migrations.RunSQL(ANNOUNCE, migrations.RunSQL.noop),
    ]
