"""Gives what the admin lists its plural, where an s alone makes none. Changes no table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("unlocks", "0013_hardcore_ever_by_key"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="journalentry",
            options={"verbose_name_plural": "journal entries"},
        ),
        migrations.AlterModelOptions(
            name="progress",
            options={"verbose_name_plural": "progress"},
        ),
        migrations.AlterModelOptions(
            name="sandboxprogress",
            options={"verbose_name_plural": "sandbox progress"},
        ),
    ]
