"""A claimed digest names its claim as all claimed rows do. Instant: only the catalog changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [migrations.RenameField("emaildigest", "token", "claim_token")]
