"""Who banned or untracked a player, when and why."""

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
import apps.core.ids

RULINGS = [
    ("banned", "Banned"),
    ("unbanned", "Ban lifted"),
    ("untracked", "Untracked"),
    ("tracked", "Tracked again"),
]


class Migration(migrations.Migration):
    dependencies = [("players", "0009_rulings")]

    operations = [
        migrations.CreateModel(
            name="PlayerRuling",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
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
                ("ruling", models.CharField(choices=RULINGS, max_length=9)),
                ("decided_by", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=200)),
                ("has_deactivated", models.BooleanField(default=False)),
                ("decided_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
            ],
            options={
                "db_table": "player_ruling",
                "indexes": [models.Index(fields=["player", "-id"], name="player_ruling_player_id_idx")],
            },
        ),
    ]
