"""Unlocks may be earned in hardcore, too: tables apart from the ledger's, which stay as they are, and their functions.

On `revocation`, a constant default: no row is written.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from apps.core.database.sql import read_sql

drafts = import_module("apps.unlocks.migrations.0008_sandbox_of_drafts")
LEDGER = {
    **drafts.LEDGER,
    "table": "unlock",
    "hardcore": "hardcore_unlock",
    "hardcore_event": "hardcore_earned",
}
# What a test key reports moves live tails alone, as its unlocks do.
SANDBOX = {
    **drafts.SANDBOX,
    "table": "sandbox_unlock",
    "hardcore": "sandbox_hardcore_unlock",
    "hardcore_event": drafts.SANDBOX["event"],
}
SOURCES = [
    (1, "Game server"),
    (2, "Game client"),
    (3, "Portal"),
    (4, "Game client without a server"),
    (5, "Import"),
]
TABLES = ("revoked_hardcore_unlock", "sandbox_hardcore_unlock", "hardcore_unlock")


def _key(*columns: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*columns, blank=True, editable=False, primary_key=True, serialize=False)


def _model(name: str, table: str, *before: str, **fields: models.Field) -> migrations.CreateModel:  # type: ignore[type-arg]
    columns = [
        ("pk", _key(*before, "player_id", "achievement_id")),
        *((column, models.UUIDField()) for column in ("player_id", "achievement_id", "game_id")),
        *((column, models.DateTimeField()) for column in ("hardcore_at", "recorded_at")),
        ("source", models.PositiveSmallIntegerField(choices=SOURCES)),
        *fields.items(),
    ]
    return migrations.CreateModel(name, columns, options={"db_table": table})


def _function(name: str, names: dict[str, str]) -> migrations.RunSQL:
    text = read_sql("unlocks", "earn_hardcore", function=name, **names)
    return migrations.RunSQL(text, f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0008_sandbox_of_drafts"), ("games", "0011_modes")]

    operations = [
        migrations.AddField("revocation", "is_hardcore_only", models.BooleanField(default=False, db_default=False)),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    read_sql("unlocks", "hardcore_unlock"), "; ".join(f"DROP TABLE {table}" for table in TABLES)
                ),
            ],
            state_operations=[
                _model("HardcoreUnlock", "hardcore_unlock"),
                _model("SandboxHardcoreUnlock", "sandbox_hardcore_unlock"),
                _model(
                    "RevokedHardcoreUnlock",
                    "revoked_hardcore_unlock",
                    "revocation_id",
                    revocation=models.ForeignKey(
                        "unlocks.revocation",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hardcore_unlocks",
                    ),
                ),
            ],
        ),
        _function("earn_hardcore", LEDGER),
        _function("earn_sandbox_hardcore", SANDBOX),
    ]
