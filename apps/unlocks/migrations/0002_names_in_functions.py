"""The functions that write the ledger, with the names that their files have now; what they do is the same."""

from importlib import import_module

from django.db import migrations

from apps.core.database.sql import read_sql

first = import_module("apps.unlocks.migrations.0001_initial")


def _replaced(file: str, name: str, **names: str) -> migrations.RunSQL:
    text = read_sql("unlocks", file, function=name, **names)
    return migrations.RunSQL(text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0001_initial")]

    operations = [
        _replaced("record_unlocks", "record_unlocks", table="unlock", **first.LEDGER),
        _replaced("record_unlocks", "record_sandbox_unlocks", table="sandbox_unlock", **first.SANDBOX),
        _replaced("record_progress", "record_progress", prefix="", **first.LEDGER),
        _replaced("record_progress", "record_sandbox_progress", prefix="sandbox_", **first.SANDBOX),
    ]
