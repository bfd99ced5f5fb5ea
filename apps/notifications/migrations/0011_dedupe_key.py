"""Dedupe keys and the players an announcement has notified have the field's names. Instant: only the catalog changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0010_friend_rate_limit")]

    operations = [
        migrations.RenameModel("Told", "DedupeKey"),
        migrations.AlterModelTable("dedupekey", "notification_dedupe_key"),
        migrations.RenameIndex(
            "dedupekey", new_name="notification_dedupe_until_idx", old_name="notification_told_until_idx"
        ),
        migrations.RenameField("announcement", "told_count", "notified_count"),
    ]
