"""Games may have a hardcore mode; none has it yet. A constant default: no row is written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("games", "0010_achievement_drafts")]

    operations = [
        migrations.AddField("game", "has_modes", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("achievementcompletion", "hardcore_share", models.FloatField(null=True)),
    ]
