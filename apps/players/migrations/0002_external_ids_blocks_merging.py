"""Players that games know by their own ids, test players, merged players and blocks."""

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
import apps.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="player",
            name="is_test",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.AddField(
            model_name="player",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="players.player",
            ),
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "blocker_id", "blocked_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                (
                    "blocked",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="players.player",
                    ),
                ),
                (
                    "blocker",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="players.player",
                    ),
                ),
            ],
            options={
                "db_table": "block",
                "indexes": [models.Index(fields=["blocked", "blocker"], name="block_blocked_blocker_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("blocker", models.F("blocked")), _negated=True), name="block_not_self_check"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalIdentity",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("game_id", models.UUIDField()),
                ("environment", models.CharField(max_length=4)),
                ("external_id", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                (
                    "player",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="external_identities",
                        to="players.player",
                    ),
                ),
            ],
            options={
                "db_table": "external_identity",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("game_id", "environment", "external_id"),
                        name="external_identity_game_environment_id_uniq",
                    )
                ],
            },
        ),
    ]
