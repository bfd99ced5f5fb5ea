"""The functions that write the ledger refuse what is in a retired set, and in an event that was not open."""

from importlib import import_module

from django.db import migrations

from apps.core.database.sql import read_sql

first = import_module("apps.unlocks.migrations.0001_initial")
LEDGER = {**first.LEDGER, "events": "event_is_open(a.set_id, coalesce(r.unlocked_at, p_now))"}
# Studios try an event before it opens.
SANDBOX = {**first.SANDBOX, "events": "true"}


def replaced(file: str, name: str, **names: str) -> migrations.RunSQL:
    text = read_sql("unlocks", file, function=name, **names)
    return migrations.RunSQL(text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0002_names_in_functions"), ("games", "0006_achievement_sets")]

    operations = [
        migrations.RunSQL(read_sql("unlocks", "event_is_open"), "DROP FUNCTION event_is_open"),
        replaced("record_unlocks", "record_unlocks", table="unlock", **LEDGER),
        replaced("record_unlocks", "record_sandbox_unlocks", table="sandbox_unlock", **SANDBOX),
        replaced("record_progress", "record_progress", prefix="", **LEDGER),
        replaced("record_progress", "record_sandbox_progress", prefix="sandbox_", **SANDBOX),
    ]
