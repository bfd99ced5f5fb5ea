"""Test keys report achievements as they are drafted; for live ones nothing changes."""

from importlib import import_module

from django.db import migrations

sets = import_module("apps.unlocks.migrations.0003_sets")
# Key and kind are those that are live: a draft can't change them, but for the key's case. In one line, because comments
# of the functions name it too.
DRAFTED = (
    "(SELECT l.id, l.game_id, l.state, l.version, l.kind, coalesce(f.points, l.points) AS points, "
    "coalesce(f.target, l.target) AS target, coalesce(f.is_hidden, l.is_hidden) AS is_hidden, "
    "coalesce(f.setter, l.setter) AS setter, coalesce(f.set_id, l.set_id) AS set_id, "
    "coalesce((SELECT s.kind FROM achievement_set s WHERE s.id = f.set_id), l.set_kind) AS set_kind "
    "FROM achievement l LEFT JOIN achievement_draft f ON f.achievement_id = l.id)"
)
LEDGER = {**sets.LEDGER, "achievements": "achievement"}
SANDBOX = {**sets.SANDBOX, "achievements": DRAFTED}


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0007_imports"), ("games", "0010_achievement_drafts")]

    operations = [
        sets.replaced("record_unlocks", "record_unlocks", table="unlock", **LEDGER),
        sets.replaced("record_unlocks", "record_sandbox_unlocks", table="sandbox_unlock", **SANDBOX),
        sets.replaced("record_progress", "record_progress", prefix="", **LEDGER),
        sets.replaced("record_progress", "record_sandbox_progress", prefix="sandbox_", **SANDBOX),
    ]
