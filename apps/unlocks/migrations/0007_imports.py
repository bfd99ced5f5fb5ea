"""Imports of games' past, and what open ones have brought. New tables; of the ledger only a name of a source."""

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
import apps.core.ids

SOURCES = [
    (1, "Game server"),
    (2, "Game client"),
    (3, "Portal"),
    (4, "Game client without a server"),
    (5, "Import"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0008_no_points"),
        ("unlocks", "0006_journals"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportedUnlock",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "import_id",
                        "player_id",
                        "achievement_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("import_id", models.UUIDField()),
                ("player_id", models.UUIDField()),
                ("achievement_id", models.UUIDField()),
            ],
            options={
                "db_table": "imported_unlock",
            },
        ),
        migrations.CreateModel(
            name="UnlockImport",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("finished", "Finished"), ("abandoned", "Abandoned")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("expected_count", models.PositiveBigIntegerField()),
                ("unlock_count", models.PositiveBigIntegerField(default=0)),
                ("recorded_count", models.PositiveBigIntegerField(default=0)),
                ("created_by", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "game",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="games.game"
                    ),
                ),
            ],
            options={
                "db_table": "unlock_import",
                "indexes": [models.Index(fields=["game", "-id"], name="unlock_import_game_id_idx")],
            },
        ),
        *(
            migrations.AlterField(name, "source", models.PositiveSmallIntegerField(choices=SOURCES))
            for name in ("unlock", "archivedunlock", "sandboxunlock", "revokedunlock", "earnedunlock")
        ),
    ]
