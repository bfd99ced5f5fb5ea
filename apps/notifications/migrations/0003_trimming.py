"""Finding old notifications: their times are in the order of the table as good as."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_preference")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX notification_created_brin ON notification USING brin (created_at) WITH (autosummarize = on)",
            "DROP INDEX notification_created_brin",
        )
    ]
