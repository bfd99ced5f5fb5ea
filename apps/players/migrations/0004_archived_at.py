"""Since when a player has been away for so long that their unlocks stand in the archive."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("players", "0003_merged_at")]

    operations = [
        migrations.AddField(model_name="player", name="archived_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            model_name="player",
            index=models.Index(
                condition=models.Q(("archived_at__isnull", False)),
                fields=["archived_at"],
                name="player_archived_at_idx",
            ),
        ),
    ]
