"""Accounts get what ends their sessions for good, and players when they were erased. Rewrites no table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("players", "0001_squashed_0013_plural_names")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="session_salt",
            field=models.CharField(db_default="", default="", editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name="player",
            name="erased_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
