"""Players may be banned or untracked; boards and counters leave out who is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("players", "0008_guests")]

    operations = [
        migrations.AddField("player", "banned_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("player", "untracked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("player", "is_counted", models.BooleanField(db_default=True, default=True, editable=False)),
    ]
