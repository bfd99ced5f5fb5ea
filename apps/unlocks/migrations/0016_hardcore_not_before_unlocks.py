"""No mode is noted with a time before that of its unlock."""

from importlib import import_module

from django.db import migrations

from apps.core.database.sql import read_sql

first = import_module("apps.unlocks.migrations.0001_squashed_0015_malformed_entries")


def replaced(name: str, names: dict[str, str]) -> migrations.RunSQL:
    text = read_sql("unlocks", "earn_hardcore", function=name, **names)
    return migrations.RunSQL(text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0015_malformed_entries")]

    operations = [replaced("earn_hardcore", first.LEDGER), replaced("earn_sandbox_hardcore", first.SANDBOX)]
