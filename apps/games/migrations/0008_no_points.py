"""Achievements may give no points. Locks `achievement` while its rows are checked: instant."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("games", "0007_keys_as_code_has_them")]

    operations = [
        migrations.RemoveConstraint("achievement", "achievement_points_range_check"),
        migrations.AlterField(
            "achievement",
            "points",
            models.PositiveSmallIntegerField(
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(1000),
                ]
            ),
        ),
        migrations.AddConstraint(
            "achievement",
            models.CheckConstraint(condition=models.Q(points__range=(0, 1000)), name="achievement_points_range_check"),
        ),
    ]
