"""The ledger's functions anew: a game that is not published takes no live unlock and no progress."""

from django.db import migrations

from apps.core.database.sql import read_sql

LEDGER = {
    "states": "'published'",
    "players": "NOT p.is_test AND p.archived_at IS NULL",
    "games": "g.is_published",
    "event": "achievement_unlocked",
}


def _anew(name: str, **names: str) -> migrations.RunSQL:
    body = read_sql("unlocks", name, function=name, **names)
    return migrations.RunSQL(f"DROP FUNCTION {name};\n{body}", migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [("games", "0002_revision_and_scopes"), ("unlocks", "0004_archive")]

    operations = [
        _anew("record_unlocks", table="unlock", **LEDGER),
        _anew("record_progress", prefix="", **LEDGER),
    ]
