"""Events of unlocks say who vouched for them."""

from importlib import import_module

from django.db import migrations

drafts = import_module("apps.unlocks.migrations.0008_sandbox_of_drafts")


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0009_hardcore")]

    # As there, but for the function that is there now.
    operations = drafts.Migration.operations
