"""The partitioned ledger, its sandbox, and the function that writes both."""

import django.db.models.deletion
from django.db import migrations, models

from apps.core.database.sql import read_sql


def _key_to(model: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=model,
    )


def _table(name: str, db_table: str) -> migrations.CreateModel:
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
        options={"db_table": db_table},
    )


def _function(name: str, *, table: str, states: str, event: str) -> migrations.RunSQL:
    # As it reads today; 0002 makes it again, once the columns that it reads are there.
    names = {"table": table, "states": states, "players": "true", "games": "true", "event": event}
    body = read_sql("unlocks", "record_unlocks", function=name, **names)
    return migrations.RunSQL(body, f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0001_initial"), ("players", "0001_initial"), ("games", "0001_initial")]

    operations = [
        # Django can't write partitioned tables, so it is told of them apart from what makes them.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(read_sql("unlocks", "unlock"), "DROP TABLE unlock; DROP TABLE sandbox_unlock")
            ],
            state_operations=[_table("Unlock", "unlock"), _table("SandboxUnlock", "sandbox_unlock")],
        ),
        _function("record_unlocks", table="unlock", states="'published'", event="achievement_unlocked"),
        _function(
            "record_sandbox_unlocks",
            table="sandbox_unlock",
            states="'draft', 'published'",
            event="sandbox_achievement_unlocked",
        ),
    ]
