"""The archive of players who have been away for long, the view over both, and the functions anew, which know of it."""

import django.db.models.deletion
from django.db import migrations, models

from apps.core.database.sql import read_sql

LEDGER = {
    "states": "'published'",
    "players": "NOT p.is_test AND p.archived_at IS NULL",
    "games": "true",
    "event": "achievement_unlocked",
}


def _key_to(model: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=model,
    )


def _table(name: str, **options: object) -> migrations.CreateModel:
    sources = [(1, "Game server"), (2, "Game client"), (3, "Portal")]
    return migrations.CreateModel(
        name=name,
        fields=[
            ("player", _key_to("players.player")),
            ("achievement", _key_to("games.achievement")),
            ("game", _key_to("games.game")),
            (
                "pk",
                models.CompositePrimaryKey(
                    "player_id", "achievement_id", blank=True, editable=False, primary_key=True, serialize=False
                ),
            ),
            ("unlocked_at", models.DateTimeField()),
            ("recorded_at", models.DateTimeField()),
            ("definition_version", models.PositiveIntegerField()),
            ("points", models.PositiveSmallIntegerField()),
            ("source", models.PositiveSmallIntegerField(choices=sources)),
        ],
        options=options,
    )


class Migration(migrations.Migration):
    dependencies = [("players", "0004_archived_at"), ("unlocks", "0003_revocations")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    read_sql("unlocks", "unlock_archive"), "DROP VIEW unlock_ever; DROP TABLE unlock_archive"
                )
            ],
            state_operations=[
                _table("ArchivedUnlock", db_table="unlock_archive"),
                _table("EarnedUnlock", db_table="unlock_ever", managed=False),
            ],
        ),
        migrations.RunSQL(
            "DROP FUNCTION record_unlocks;\n"
            + read_sql("unlocks", "record_unlocks", function="record_unlocks", table="unlock", **LEDGER),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "DROP FUNCTION record_progress;\n"
            + read_sql("unlocks", "record_progress", function="record_progress", prefix="", **LEDGER),
            migrations.RunSQL.noop,
        ),
    ]
