"""Drafts beside what is live, publications at a time to come, and the history of both: three new tables."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
import apps.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0009_publishable_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="AchievementDraft",
            fields=[
                (
                    "key",
                    models.CharField(
                        db_collation="C",
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A^(?![0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$)(?!\\.+$)[A-Za-z0-9_.-]{1,64}$\\Z",
                                "Use 1 to 64 letters, digits, underscores, dots and hyphens; neither dots alone nor a UUID.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("description", models.CharField(blank=True, max_length=300)),
                (
                    "points",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1000),
                        ]
                    ),
                ),
                ("is_hidden", models.BooleanField(default=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("one_shot", "Earned at once"), ("incremental", "Counts up to a target")],
                        default="one_shot",
                        max_length=12,
                    ),
                ),
                ("target", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "setter",
                    models.CharField(
                        choices=[("server", "Game server"), ("client", "Game client")], default="server", max_length=6
                    ),
                ),
                ("icon", models.CharField(blank=True, max_length=120)),
                ("icon_locked", models.CharField(blank=True, max_length=120)),
                (
                    "achievement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="games.achievement",
                    ),
                ),
                (
                    "achievement_set",
                    models.ForeignKey(
                        db_column="set_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="games.achievementset",
                    ),
                ),
            ],
            options={
                "db_table": "achievement_draft",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("points__range", (0, 1000))), name="achievement_draft_points_range_check"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "one_shot"), ("target", None)),
                            models.Q(("kind", "incremental"), ("target__gte", 2)),
                            _connector="OR",
                        ),
                        name="achievement_draft_kind_target_check",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoryEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("found", "History begins"),
                            ("created", "Created"),
                            ("edited", "Draft saved"),
                            ("discarded", "Draft discarded"),
                            ("restored", "Earlier version restored into the draft"),
                            ("published", "Published"),
                            ("archived", "Archived"),
                            ("scheduled", "Publication scheduled"),
                            ("cancelled", "Scheduled publication cancelled"),
                            ("refused", "Scheduled publication refused"),
                        ],
                        max_length=9,
                    ),
                ),
                ("by", models.CharField(blank=True, max_length=60)),
                ("at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                ("due_at", models.DateTimeField(null=True)),
                ("changes", models.JSONField(default=list)),
                ("definition", models.JSONField(null=True)),
                ("detail", models.TextField(blank=True)),
                (
                    "achievement",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="games.achievement",
                    ),
                ),
                (
                    "game",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="games.game"
                    ),
                ),
            ],
            options={
                "db_table": "achievement_history",
                "indexes": [
                    models.Index(fields=["achievement", "-id"], name="achievement_history_newest_idx"),
                    models.Index(fields=["game", "-id"], name="achievement_history_game_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduledPublication",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("publish_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("created_by", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                ("refused_at", models.DateTimeField(null=True)),
                ("refusal_code", models.CharField(blank=True, max_length=60)),
                ("refusal", models.TextField(blank=True)),
                (
                    "achievement",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="publication",
                        to="games.achievement",
                    ),
                ),
                (
                    "game",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scheduled_publications",
                        to="games.game",
                    ),
                ),
            ],
            options={
                "db_table": "scheduled_publication",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="scheduled_publication_due_idx",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("achievement", None)),
                        fields=("game",),
                        name="scheduled_publication_game_uniq",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at", None), ("refused_at__isnull", False)),
                            models.Q(("due_at__isnull", False), ("refused_at", None)),
                            _connector="OR",
                        ),
                        name="scheduled_publication_due_check",
                    ),
                ],
            },
        ),
    ]
