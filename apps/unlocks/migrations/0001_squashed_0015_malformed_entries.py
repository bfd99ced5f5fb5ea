"""The partitioned ledger with its archive, progress, hardcore, the functions that write them, revocations, imports."""

from django.db import migrations, models
from django.db.models import Q

from apps.core.database.migration_fields import composite_key, logical_key, moment_made, uuid_key
from apps.core.database.migration_operations import CreateModels
from apps.core.database.sql import read_sql

SOURCES = [
    (1, "Game server"),
    (2, "Game client"),
    (3, "Portal"),
    (4, "Game client without a server"),
    (5, "Import"),
]
# Key and kind are those that are live: a draft can't change them, but for the key's case. In one line, because comments
# of the functions name it too.
DRAFTED = (
    "(SELECT l.id, l.game_id, l.state, l.version, l.kind, coalesce(f.points, l.points) AS points, "
    "coalesce(f.target, l.target) AS target, coalesce(f.is_hidden, l.is_hidden) AS is_hidden, "
    "coalesce(f.setter, l.setter) AS setter, coalesce(f.set_id, l.set_id) AS set_id, "
    "coalesce((SELECT s.kind FROM achievement_set s WHERE s.id = f.set_id), l.set_kind) AS set_kind "
    "FROM achievement l LEFT JOIN achievement_draft f ON f.achievement_id = l.id)"
)
LEDGER = {
    "states": "'published'",
    "players": "NOT p.is_test AND p.archived_at IS NULL",
    "games": "g.is_published",
    "event": "achievement_unlocked",
    "events": "event_is_open(a.set_id, coalesce(r.unlocked_at, p_now))",
    "achievements": "achievement",
    "table": "unlock",
    "prefix": "",
    "hardcore": "hardcore_unlock",
    "hardcore_event": "hardcore_earned",
}
# Studios try an event before it opens. What a test key reports moves live tails alone, in hardcore as well.
SANDBOX = {
    "states": "'draft', 'published'",
    "players": "true",
    "games": "true",
    "event": "sandbox_achievement_unlocked",
    "events": "true",
    "achievements": DRAFTED,
    "table": "sandbox_unlock",
    "prefix": "sandbox_",
    "hardcore": "sandbox_hardcore_unlock",
    "hardcore_event": "sandbox_achievement_unlocked",
}


def _source() -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(choices=SOURCES)


def _ledger(name: str, **options: object) -> migrations.CreateModel:
    return migrations.CreateModel(
        name,
        [
            ("pk", composite_key("player_id", "achievement_id")),
            ("player", logical_key("players.player")),
            ("achievement", logical_key("games.achievement")),
            ("game", logical_key("games.game")),
            ("unlocked_at", models.DateTimeField()),
            ("recorded_at", models.DateTimeField()),
            ("definition_version", models.PositiveIntegerField()),
            ("points", models.PositiveSmallIntegerField()),
            ("source", _source()),
        ],
        options,
    )


def _progress(name: str, **options: object) -> migrations.CreateModel:
    return migrations.CreateModel(
        name,
        [
            ("pk", composite_key("player_id", "achievement_id")),
            ("player", logical_key("players.player")),
            ("achievement", logical_key("games.achievement")),
            ("game", logical_key("games.game")),
            ("revealed_at", models.DateTimeField(null=True)),
            ("updated_at", models.DateTimeField()),
            ("steps", models.IntegerField()),
        ],
        options,
    )


def _request(name: str, db_table: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name,
        [
            ("pk", composite_key("player_id", "achievement_id", "request_id")),
            ("player_id", models.UUIDField()),
            ("achievement_id", models.UUIDField()),
            ("created_at", models.DateTimeField()),
            ("request_id", models.CharField(db_collation="C", max_length=64)),
        ],
        {"db_table": db_table},
    )


def _hardcore(name: str, table: str, *before: str, **fields: models.Field) -> migrations.CreateModel:  # type: ignore[type-arg]
    columns = [
        ("pk", composite_key(*before, "player_id", "achievement_id")),
        *fields.items(),
        *((column, models.UUIDField()) for column in ("player_id", "achievement_id", "game_id")),
        *((column, models.DateTimeField()) for column in ("hardcore_at", "recorded_at")),
        ("source", _source()),
    ]
    return migrations.CreateModel(name, columns, {"db_table": table})


def _tables(file: str, *names: str, views: str = "") -> migrations.RunSQL:
    return migrations.RunSQL(read_sql("unlocks", file), f"{views}DROP TABLE {', '.join(names)}")


def _function(file: str, name: str, **names: str) -> migrations.RunSQL:
    return migrations.RunSQL(read_sql("unlocks", file, function=name, **names), f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    initial = True

    # Made anew on empty databases; where all of these were applied, it counts as applied.
    replaces = [
        ("unlocks", "0001_initial"),
        ("unlocks", "0002_progress"),
        ("unlocks", "0003_revocations"),
        ("unlocks", "0004_archive"),
        ("unlocks", "0005_only_published_games"),
        ("unlocks", "0002_names_in_functions"),
        ("unlocks", "0003_sets"),
        ("unlocks", "0004_keys_in_any_case"),
        ("unlocks", "0005_publishable_source"),
        ("unlocks", "0006_journals"),
        ("unlocks", "0007_imports"),
        ("unlocks", "0008_sandbox_of_drafts"),
        ("unlocks", "0009_hardcore"),
        ("unlocks", "0010_source_in_events"),
        ("unlocks", "0011_hardcore_locks_unlocks"),
        ("unlocks", "0012_hardcore_events"),
        ("unlocks", "0013_hardcore_ever_by_key"),
        ("unlocks", "0014_plural_names"),
        ("unlocks", "0015_malformed_entries"),
    ]
    dependencies = [
        ("core", "0001_squashed_0006_plural_names"),
        ("players", "0001_squashed_0013_plural_names"),
        ("games", "0001_squashed_0013_plural_names"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    "Revocation",
                    [
                        ("id", uuid_key()),
                        ("player_id", models.UUIDField(null=True)),
                        ("achievement_id", models.UUIDField(null=True)),
                        ("reason", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("revoking", "Being revoked"),
                                    ("revoked", "Revoked"),
                                    ("restoring", "Being restored"),
                                    ("restored", "Restored"),
                                ],
                                default="revoking",
                                max_length=9,
                            ),
                        ),
                        ("revoked_by", models.CharField(max_length=60)),
                        ("created_at", moment_made()),
                        ("unlock_count", models.PositiveIntegerField(default=0)),
                        ("reached_at", models.DateTimeField(null=True)),
                        ("restored_by", models.CharField(blank=True, max_length=60)),
                        ("restored_at", models.DateTimeField(null=True)),
                        ("restored_count", models.PositiveIntegerField(default=0)),
                        ("kept_count", models.PositiveIntegerField(default=0)),
                        ("game", models.ForeignKey("games.game", models.PROTECT, related_name="+")),
                        ("is_hardcore_only", models.BooleanField(db_default=False, default=False)),
                    ],
                    {
                        "db_table": "revocation",
                        "indexes": [models.Index(fields=["game", "-id"], name="revocation_game_id_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=Q(
                                    ("player_id__isnull", False), ("achievement_id__isnull", False), _connector="OR"
                                ),
                                name="revocation_scope_check",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    "RevokedUnlock",
                    [
                        ("pk", composite_key("revocation_id", "player_id", "achievement_id")),
                        ("unlocked_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        ("definition_version", models.PositiveIntegerField()),
                        ("points", models.PositiveSmallIntegerField()),
                        ("source", _source()),
                        ("steps", models.PositiveIntegerField(null=True)),
                        ("progressed_at", models.DateTimeField(null=True)),
                        ("revealed_at", models.DateTimeField(null=True)),
                        ("is_kept", models.BooleanField(default=False)),
                        ("achievement", logical_key("games.achievement")),
                        ("game", logical_key("games.game")),
                        ("player", logical_key("players.player")),
                        (
                            "revocation",
                            models.ForeignKey(
                                "unlocks.revocation", models.CASCADE, db_index=False, related_name="unlocks"
                            ),
                        ),
                    ],
                    {"db_table": "revoked_unlock"},
                ),
                migrations.CreateModel(
                    "Journal",
                    [
                        (
                            "device",
                            models.OneToOneField(
                                "players.device", models.CASCADE, primary_key=True, related_name="+", serialize=False
                            ),
                        ),
                        ("sequence", models.BigIntegerField(default=0)),
                        ("hash", models.CharField(default="0" * 64, max_length=64)),
                    ],
                    {"db_table": "journal"},
                ),
                migrations.CreateModel(
                    "JournalEntry",
                    [
                        ("pk", composite_key("device_id", "sequence")),
                        ("sequence", models.BigIntegerField()),
                        ("hash", models.CharField(max_length=64)),
                        ("achievement_id", models.UUIDField(null=True)),
                        ("outcome", models.CharField(max_length=30)),
                        ("points", models.PositiveSmallIntegerField(null=True)),
                        ("unlocked_at", models.DateTimeField(null=True)),
                        ("device_time", models.DateTimeField(null=True)),
                        ("recorded_at", models.DateTimeField()),
                        ("is_late", models.BooleanField()),
                        (
                            "device",
                            models.ForeignKey("players.device", models.CASCADE, db_index=False, related_name="+"),
                        ),
                    ],
                    {"db_table": "journal_entry", "verbose_name_plural": "journal entries"},
                ),
                migrations.CreateModel(
                    "ImportedUnlock",
                    [
                        ("pk", composite_key("import_id", "player_id", "achievement_id")),
                        ("import_id", models.UUIDField()),
                        ("player_id", models.UUIDField()),
                        ("achievement_id", models.UUIDField()),
                    ],
                    {"db_table": "imported_unlock"},
                ),
                migrations.CreateModel(
                    "UnlockImport",
                    [
                        ("id", uuid_key()),
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
                        ("created_at", moment_made()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("game", models.ForeignKey("games.game", models.CASCADE, db_index=False, related_name="+")),
                    ],
                    {
                        "db_table": "unlock_import",
                        "indexes": [models.Index(fields=["game", "-id"], name="unlock_import_game_id_idx")],
                    },
                ),
            ]
        ),
        # Django can't write partitioned tables, so it is told of them apart from what makes them.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                _tables("unlock", "unlock", "sandbox_unlock"),
                _tables("progress", "progress", "progress_request", "sandbox_progress", "sandbox_progress_request"),
                _tables("unlock_archive", "unlock_archive", views="DROP VIEW unlock_ever; "),
                _tables("hardcore_unlock", "revoked_hardcore_unlock", "sandbox_hardcore_unlock", "hardcore_unlock"),
                migrations.RunSQL(read_sql("unlocks", "hardcore_ever"), "DROP VIEW hardcore_ever"),
            ],
            state_operations=[
                CreateModels(
                    [
                        _ledger("Unlock", db_table="unlock"),
                        _ledger("SandboxUnlock", db_table="sandbox_unlock"),
                        _progress("Progress", db_table="progress", verbose_name_plural="progress"),
                        _progress(
                            "SandboxProgress", db_table="sandbox_progress", verbose_name_plural="sandbox progress"
                        ),
                        _request("ProgressRequest", "progress_request"),
                        _request("SandboxProgressRequest", "sandbox_progress_request"),
                        _ledger("ArchivedUnlock", db_table="unlock_archive"),
                        _ledger("EarnedUnlock", db_table="unlock_ever", managed=False),
                        _hardcore("HardcoreUnlock", "hardcore_unlock"),
                        _hardcore("SandboxHardcoreUnlock", "sandbox_hardcore_unlock"),
                        _hardcore(
                            "RevokedHardcoreUnlock",
                            "revoked_hardcore_unlock",
                            "revocation_id",
                            revocation=models.ForeignKey(
                                "unlocks.revocation", models.CASCADE, db_index=False, related_name="hardcore_unlocks"
                            ),
                        ),
                    ]
                )
            ],
        ),
        migrations.RunSQL(read_sql("unlocks", "event_is_open"), "DROP FUNCTION event_is_open"),
        _function("record_unlocks", "record_unlocks", **LEDGER),
        _function("record_unlocks", "record_sandbox_unlocks", **SANDBOX),
        _function("record_progress", "record_progress", **LEDGER),
        _function("record_progress", "record_sandbox_progress", **SANDBOX),
        _function("earn_hardcore", "earn_hardcore", **LEDGER),
        _function("earn_hardcore", "earn_sandbox_hardcore", **SANDBOX),
    ]
