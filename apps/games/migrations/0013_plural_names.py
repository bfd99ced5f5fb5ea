"""Gives what the admin lists its plural, where an s alone makes none, and API keys their name. Changes no table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0012_trust"),
    ]

    operations = [
        migrations.AlterModelOptions(name="apikey", options={"verbose_name": "API key"}),
        migrations.AlterModelOptions(
            name="historyentry",
            options={"verbose_name_plural": "history entries"},
        ),
    ]
