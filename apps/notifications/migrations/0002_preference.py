"""What players want to be told of."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("players", "0003_merged_at")]

    operations = [
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "player_id", "kind", "road", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "player",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="players.player",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("road", models.CharField(max_length=10)),
                ("choice", models.CharField(max_length=10)),
            ],
            options={"db_table": "notification_preference"},
        ),
    ]
