"""A malformed entry of a journal keeps its place, though its time is not known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0014_plural_names")]

    operations = [
        migrations.AlterField("journalentry", "device_time", models.DateTimeField(null=True)),
    ]
