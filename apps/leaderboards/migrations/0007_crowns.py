"""Crowns, and completion of the base set alone."""

import django.contrib.postgres.fields
from django.db import migrations, models

from apps.core.database.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("leaderboards", "0006_claim_token"), ("games", "0006_achievement_sets")]

    operations = [
        migrations.CreateModel(
            name="Crown",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "player_id", "game_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("player_id", models.UUIDField()),
                ("game_id", models.UUIDField()),
                ("completed_at", models.DateTimeField()),
                (
                    "achievement_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                ("recorded_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "crown"},
        ),
        migrations.RunSQL("DROP VIEW earned_archived", read_sql("leaderboards", "earned_archived")),
        migrations.RunSQL(read_sql("leaderboards", "earned_uncounted"), "DROP VIEW earned_uncounted"),
    ]
