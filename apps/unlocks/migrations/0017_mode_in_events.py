"""The event of an unlock says when it was earned in hardcore, if it was so at once; those that wait say it, too."""

from importlib import import_module

from django.db import migrations

before = import_module("apps.unlocks.migrations.0016_hardcore_not_before_unlocks")
first = import_module("apps.unlocks.migrations.0001_squashed_0015_malformed_entries")
# As the relay would have read it; one by one, as few wait and many may have been earned in hardcore.
COMPLETE = """
UPDATE outbox o SET payload = o.payload || jsonb_build_object('hardcore_at', e.hardcore_at)
FROM (
    SELECT w.id, h.hardcore_at FROM outbox w CROSS JOIN LATERAL (
        SELECT k.hardcore_at, k.recorded_at FROM hardcore_unlock k
        WHERE k.player_id = (w.payload ->> 'player_id')::uuid
            AND k.achievement_id = (w.payload ->> 'achievement_id')::uuid LIMIT 1) h
    CROSS JOIN LATERAL (
        SELECT u.recorded_at FROM unlock u
        WHERE u.player_id = (w.payload ->> 'player_id')::uuid
            AND u.achievement_id = (w.payload ->> 'achievement_id')::uuid LIMIT 1) u
    WHERE w.kind = 'achievement_unlocked' AND NOT w.payload ? 'hardcore_at' AND u.recorded_at = h.recorded_at) e
WHERE o.id = e.id
"""


class Migration(migrations.Migration):
    # The functions first, so that what is recorded meanwhile says it.
    atomic = False

    dependencies = [("unlocks", "0016_hardcore_not_before_unlocks")]

    operations = [
        before.replaced("earn_hardcore", first.LEDGER),
        before.replaced("earn_sandbox_hardcore", first.SANDBOX),
        migrations.RunSQL(COMPLETE, migrations.RunSQL.noop),
    ]
