"""Gives what the admin lists its plural, where an s alone makes none. Changes no table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0011_dedupe_key"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="fanoutentry",
            options={"verbose_name_plural": "fan-out entries"},
        ),
        migrations.AlterModelOptions(
            name="inbox",
            options={"verbose_name_plural": "inboxes"},
        ),
    ]
