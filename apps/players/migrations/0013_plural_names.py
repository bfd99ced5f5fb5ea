"""Gives what the admin lists its plural, where an s alone makes none. Changes no table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0012_merged_once"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="externalidentity",
            options={"verbose_name_plural": "external identities"},
        ),
    ]
