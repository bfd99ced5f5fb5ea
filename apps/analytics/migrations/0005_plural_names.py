"""Gives what the admin lists its plural, where an s alone makes none. Changes no table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0004_totals_of_base_sets"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="completionhistory",
            options={"verbose_name_plural": "completion histories"},
        ),
        migrations.AlterModelOptions(
            name="playerstatistics",
            options={"verbose_name_plural": "player statistics"},
        ),
    ]
