"""A claimed slot of a job names its claim as all claimed rows do. Instant: only the catalog changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RenameField("jobslot", "token", "claim_token")]
