"""A crown notes that the unlock which made it true has gone. Rewrites no table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leaderboards", "0012_names_on_boards")]

    operations = [migrations.AddField("crown", "is_time_gone", models.BooleanField(default=False, db_default=False))]
