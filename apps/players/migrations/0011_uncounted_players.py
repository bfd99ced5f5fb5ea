"""Whom operators leave out is found by an index, made beside writers."""

from django.db import migrations, models

from apps.core.database.migration_operations import AddIndexBesideWriters


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("players", "0010_player_ruling")]

    operations = [
        AddIndexBesideWriters(
            "player", models.Index(fields=["id"], name="player_uncounted_idx", condition=models.Q(is_counted=False))
        ),
    ]
