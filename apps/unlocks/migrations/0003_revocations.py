"""What was revoked, by whom, and what it was."""

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
import apps.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0001_initial"),
        ("players", "0002_external_ids_blocks_merging"),
        ("unlocks", "0002_progress"),
    ]

    operations = [
        migrations.CreateModel(
            name="Revocation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
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
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="games.game"),
                ),
            ],
            options={
                "db_table": "revocation",
            },
        ),
        migrations.CreateModel(
            name="RevokedUnlock",
            fields=[
                ("unlocked_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("definition_version", models.PositiveIntegerField()),
                ("points", models.PositiveSmallIntegerField()),
                (
                    "source",
                    models.PositiveSmallIntegerField(choices=[(1, "Game server"), (2, "Game client"), (3, "Portal")]),
                ),
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
        migrations.AddIndex(
            model_name="revocation",
            index=models.Index(fields=["game", "-id"], name="revocation_game_id_idx"),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("player_id__isnull", False), ("achievement_id__isnull", False), _connector="OR"),
                name="revocation_scope_check",
            ),
        ),
    ]
