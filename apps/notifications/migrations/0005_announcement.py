"""Studios tell the players of a game something."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
import apps.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0002_revision_and_scopes"),
        ("notifications", "0004_friends"),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("title", models.CharField(max_length=80)),
                ("text", models.CharField(max_length=500)),
                ("link", models.CharField(blank=True, max_length=300)),
                ("created_by", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                ("withdrawn_by", models.CharField(blank=True, max_length=60)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("audience_count", models.PositiveIntegerField()),
                ("passed_count", models.PositiveIntegerField(default=0)),
                ("told_count", models.PositiveIntegerField(default=0)),
                ("after_id", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "game",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="games.game"
                    ),
                ),
            ],
            options={
                "db_table": "announcement",
                "indexes": [
                    models.Index(fields=["game", "-id"], name="announcement_game_id_idx"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="announcement_due_at_idx"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("withdrawn_at", None), ("due_at", None), _connector="OR"),
                        name="announcement_withdrawn_due_check",
                    )
                ],
            },
        ),
    ]
