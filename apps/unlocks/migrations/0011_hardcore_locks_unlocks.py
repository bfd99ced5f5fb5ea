"""What is noted in hardcore locks its unlock, which a revocation could take away meanwhile."""

from importlib import import_module

from django.db import migrations

sets = import_module("apps.unlocks.migrations.0003_sets")
modes = import_module("apps.unlocks.migrations.0009_hardcore")


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0010_source_in_events")]

    operations = [
        sets.replaced("earn_hardcore", "earn_hardcore", **modes.LEDGER),
        sets.replaced("earn_hardcore", "earn_sandbox_hardcore", **modes.SANDBOX),
    ]
