"""Gives what the admin lists its plural, where an s alone makes none. Changes no table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_job_names"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="outboxentry",
            options={"verbose_name_plural": "outbox entries"},
        ),
    ]
