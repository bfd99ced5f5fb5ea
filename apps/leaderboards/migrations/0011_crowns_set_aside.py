"""A crown that another takes the place of is kept beside it. Rewrites no table."""

from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [("leaderboards", "0001_squashed_0010_uncounted_points")]

    operations = [
        migrations.AddField(
            "crown", "set_aside", models.JSONField(default=list, db_default=Value([], models.JSONField()))
        )
    ]
