"""A rebuild of the boards names its claim as all claimed rows do. Instant: only the catalog changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("leaderboards", "0001_initial")]

    operations = [migrations.RenameField("boardstate", "rebuild_id", "claim_token")]
