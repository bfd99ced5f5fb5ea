"""A game's archived achievements are found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("games", "0002_revision_and_scopes")]

    operations = [
        migrations.AddIndex(
            model_name="achievement",
            index=models.Index(
                condition=models.Q(("state", "archived")), fields=["game"], name="achievement_game_archived_idx"
            ),
        ),
    ]
