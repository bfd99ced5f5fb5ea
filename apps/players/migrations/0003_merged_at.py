"""When players were merged, to look for what was recorded for one in that moment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("players", "0002_external_ids_blocks_merging")]

    operations = [
        migrations.AddField(model_name="player", name="merged_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            model_name="player",
            index=models.Index(
                condition=models.Q(("merged_at__isnull", False)), fields=["merged_at"], name="player_merged_at_idx"
            ),
        ),
    ]
