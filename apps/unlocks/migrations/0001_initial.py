"""The partitioned ledger, progress, their sandboxes, the archive, the functions that write them, and revocations."""

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
import apps.core.ids
from apps.core.database.migration_operations import CreateModels

LEDGER = {
    "states": "'published'",
    "players": "NOT p.is_test AND p.archived_at IS NULL",
    "games": "g.is_published",
    "event": "achievement_unlocked",
}
SANDBOX = {
    "states": "'draft', 'published'",
    "players": "true",
    "games": "true",
    "event": "sandbox_achievement_unlocked",
}


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


def _ledger(name: str, **options: object) -> migrations.CreateModel:
    sources = [(1, "Game server"), (2, "Game client"), (3, "Portal")]
    return migrations.CreateModel(
        name=name,
        fields=[
            ("pk", _key("player_id", "achievement_id")),
            ("player", _key_to("players.player")),
            ("achievement", _key_to("games.achievement")),
            ("game", _key_to("games.game")),
            ("unlocked_at", models.DateTimeField()),
            ("recorded_at", models.DateTimeField()),
            ("definition_version", models.PositiveIntegerField()),
            ("points", models.PositiveSmallIntegerField()),
            ("source", models.PositiveSmallIntegerField(choices=sources)),
        ],
        options=options,
    )


def _progress(name: str, db_table: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[
            ("pk", _key("player_id", "achievement_id")),
            ("player", _key_to("players.player")),
            ("achievement", _key_to("games.achievement")),
            ("game", _key_to("games.game")),
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


class Migration(migrations.Migration):
    initial = True

    # What databases of ad0e489 have, made piece by piece: for Django's state alone. What replaces it makes new ones.
    dependencies = [
        ("core", "0001_initial"),
        ("players", "0001_initial"),
        ("games", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                CreateModels(
                    [
                        _ledger("Unlock", db_table="unlock"),
                        _ledger("SandboxUnlock", db_table="sandbox_unlock"),
                        _progress("Progress", "progress"),
                        _progress("SandboxProgress", "sandbox_progress"),
                        _request("ProgressRequest", "progress_request"),
                        _request("SandboxProgressRequest", "sandbox_progress_request"),
                        _ledger("ArchivedUnlock", db_table="unlock_archive"),
                        _ledger("EarnedUnlock", db_table="unlock_ever", managed=False),
                    ]
                )
            ],
        ),
        CreateModels(
            [
                migrations.CreateModel(
                    name="Revocation",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
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
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        ("unlock_count", models.PositiveIntegerField(default=0)),
                        ("reached_at", models.DateTimeField(null=True)),
                        ("restored_by", models.CharField(blank=True, max_length=60)),
                        ("restored_at", models.DateTimeField(null=True)),
                        ("restored_count", models.PositiveIntegerField(default=0)),
                        ("kept_count", models.PositiveIntegerField(default=0)),
                        (
                            "game",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="games.game"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "revocation",
                        "indexes": [models.Index(fields=["game", "-id"], name="revocation_game_id_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("player_id__isnull", False), ("achievement_id__isnull", False), _connector="OR"
                                ),
                                name="revocation_scope_check",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RevokedUnlock",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "revocation_id",
                                "player_id",
                                "achievement_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("unlocked_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        ("definition_version", models.PositiveIntegerField()),
                        ("points", models.PositiveSmallIntegerField()),
                        (
                            "source",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "Game server"), (2, "Game client"), (3, "Portal")]
                            ),
                        ),
                        ("steps", models.PositiveIntegerField(null=True)),
                        ("progressed_at", models.DateTimeField(null=True)),
                        ("revealed_at", models.DateTimeField(null=True)),
                        ("is_kept", models.BooleanField(default=False)),
                        (
                            "achievement",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="games.achievement",
                            ),
                        ),
                        (
                            "game",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="games.game",
                            ),
                        ),
                        (
                            "player",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="players.player",
                            ),
                        ),
                        (
                            "revocation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="unlocks",
                                to="unlocks.revocation",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "revoked_unlock",
                    },
                ),
            ]
        ),
    ]
