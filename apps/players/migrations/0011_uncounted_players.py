"""Whom operators leave out is found by an index, made beside writers."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("players", "0010_player_ruling")]

    operations = [
        AddIndexConcurrently(
            "player", models.Index(fields=["id"], name="player_uncounted_idx", condition=models.Q(is_counted=False))
        ),
    ]
