"""Guests, and the devices that act for a player."""

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
import apps.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0007_renames"),
    ]

    operations = [
        migrations.CreateModel(
            name="Guest",
            fields=[
                (
                    "player",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="guest",
                        serialize=False,
                        to="players.player",
                    ),
                ),
                ("game_id", models.UUIDField()),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                ("network_digest", models.CharField(max_length=64)),
                ("seen_at", models.DateTimeField(default=apps.core.clock.now)),
                ("is_kept", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "guest",
                "indexes": [
                    models.Index(fields=["game_id", "created_at"], name="guest_game_created_idx"),
                    models.Index(
                        condition=models.Q(("network_digest", ""), _negated=True),
                        fields=["network_digest", "created_at"],
                        name="guest_network_created_idx",
                    ),
                    models.Index(condition=models.Q(("is_kept", False)), fields=["seen_at"], name="guest_seen_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("game_id", models.UUIDField()),
                ("name", models.CharField(max_length=60)),
                ("sealed_secret", models.TextField(blank=True)),
                ("public_key", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                ("seen_at", models.DateTimeField(default=apps.core.clock.now)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "player",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="devices", to="players.player"
                    ),
                ),
            ],
            options={
                "db_table": "device",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("public_key", None), ("sealed_secret", ""), _connector="XOR"),
                        name="device_credential_check",
                    )
                ],
            },
        ),
    ]
