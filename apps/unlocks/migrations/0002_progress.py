"""Progress and its sandbox, the function that writes both, and record_unlocks anew: setters and merged players."""

import django.db.models.deletion
from django.db import migrations, models

from apps.core.database.sql import read_sql

LEDGER = {"states": "'published'", "players": "NOT p.is_test", "games": "true", "event": "achievement_unlocked"}
SANDBOX = {
    "states": "'draft', 'published'",
    "players": "true",
    "games": "true",
    "event": "sandbox_achievement_unlocked",
}
TABLES = ("progress", "progress_request", "sandbox_progress", "sandbox_progress_request")


def _key_to(model: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=model,
    )


def _key(*columns: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*columns, blank=True, editable=False, primary_key=True, serialize=False)


def _progress(name: str, db_table: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[
            ("player", _key_to("players.player")),
            ("achievement", _key_to("games.achievement")),
            ("game", _key_to("games.game")),
            ("pk", _key("player_id", "achievement_id")),
            ("revealed_at", models.DateTimeField(null=True)),
            ("updated_at", models.DateTimeField()),
            ("steps", models.IntegerField()),
        ],
        options={"db_table": db_table},
    )


def _request(name: str, db_table: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[
            ("pk", _key("player_id", "achievement_id", "request_id")),
            ("player_id", models.UUIDField()),
            ("achievement_id", models.UUIDField()),
            ("created_at", models.DateTimeField()),
            ("request_id", models.CharField(db_collation="C", max_length=64)),
        ],
        options={"db_table": db_table},
    )


def _unlocks_anew(name: str, **names: str) -> migrations.RunSQL:
    body = read_sql("unlocks", "record_unlocks", function=name, **names)
    return migrations.RunSQL(f"DROP FUNCTION {name};\n{body}", migrations.RunSQL.noop)


def _function(name: str, **names: str) -> migrations.RunSQL:
    return migrations.RunSQL(read_sql("unlocks", "record_progress", function=name, **names), f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("unlocks", "0001_initial"),
        ("games", "0001_initial"),
        # record_unlocks reads is_test and merged_into_id.
        ("players", "0002_external_ids_blocks_merging"),
    ]

    operations = [
        # Django can't write partitioned tables, so it is told of them apart from what makes them.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(read_sql("unlocks", "progress"), f"DROP TABLE {', '.join(TABLES)}")],
            state_operations=[
                _progress("Progress", "progress"),
                _progress("SandboxProgress", "sandbox_progress"),
                _request("ProgressRequest", "progress_request"),
                _request("SandboxProgressRequest", "sandbox_progress_request"),
            ],
        ),
        _unlocks_anew("record_unlocks", table="unlock", **LEDGER),
        _unlocks_anew("record_sandbox_unlocks", table="sandbox_unlock", **SANDBOX),
        _function("record_progress", prefix="", **LEDGER),
        _function("record_sandbox_progress", prefix="sandbox_", **SANDBOX),
    ]
