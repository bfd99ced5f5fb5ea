"""The functions that write the ledger find an achievement by its key in any case."""

from importlib import import_module

from django.db import migrations

sets = import_module("apps.unlocks.migrations.0003_sets")


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0003_sets"), ("games", "0007_keys_as_code_has_them")]

    # As there, but for the function that is there now.
    operations = sets.Migration.operations[1:]
