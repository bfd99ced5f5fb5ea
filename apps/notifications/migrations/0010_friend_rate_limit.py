"""The rate limit of friends' unlocks has the field's name. Instant: only the catalog changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0009_claim_token")]

    operations = [
        migrations.RenameModel("FriendOutlet", "FriendRateLimit"),
        migrations.AlterModelTable("friendratelimit", "friend_rate_limit"),
        migrations.RenameIndex(
            "friendratelimit", new_name="friend_rate_limit_due_at_idx", old_name="friend_outlet_due_at_idx"
        ),
        migrations.RenameField("friendratelimit", "gathering_until", "grouping_until"),
        migrations.RenameField("friendratelimit", "has_gathered", "has_grouped"),
    ]
