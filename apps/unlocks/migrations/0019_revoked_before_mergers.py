"""What was revoked says whether its player was merged before they earned it again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0018_first_pages")]

    operations = [
        migrations.AddField(name, "merged_at", models.DateTimeField(null=True))
        for name in ("revokedunlock", "revokedhardcoreunlock")
    ]
