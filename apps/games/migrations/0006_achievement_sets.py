"""Sets of achievements: each game gets its base set, with all its achievements in it."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import apps.core.clock
import apps.core.ids

KINDS = [("base", "Base game"), ("dlc", "DLC"), ("bonus", "Bonus"), ("event", "Event"), ("retired", "Retired")]
# In one key, so that an achievement's game, set and copy of the set's kind agree. A changed kind is copied at once.
AGREE = """
ALTER TABLE achievement ADD CONSTRAINT achievement_set_game_kind_fk FOREIGN KEY (set_id, game_id, set_kind)
    REFERENCES achievement_set (id, game_id, kind) ON UPDATE CASCADE
    DEFERRABLE INITIALLY DEFERRED
"""
FILL = "UPDATE achievement a SET set_id = s.id FROM achievement_set s WHERE s.game_id = a.game_id"


def make_base_sets(apps_then: object, schema_editor: object) -> None:
    game, achievement_set = (apps_then.get_model("games", name) for name in ("Game", "AchievementSet"))  # type: ignore[attr-defined]
    ids = game.objects.values_list("id", flat=True)
    achievement_set.objects.bulk_create(
        achievement_set(game_id=game_id, key="base", kind="base", title="Base game") for game_id in ids
    )


class Migration(migrations.Migration):
    dependencies = [("games", "0005_number")]

    operations = [
        migrations.CreateModel(
            name="AchievementSet",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "game",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="achievement_sets",
                        to="games.game",
                    ),
                ),
                ("key", models.SlugField(db_index=False, max_length=60)),
                ("kind", models.CharField(choices=KINDS, max_length=7)),
                ("title", models.CharField(max_length=80)),
                ("icon", models.CharField(blank=True, max_length=120)),
                ("position", models.PositiveIntegerField(default=0)),
                ("opens_at", models.DateTimeField(blank=True, null=True)),
                ("closes_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
            ],
            options={
                "db_table": "achievement_set",
                "constraints": [
                    models.UniqueConstraint(fields=["game", "key"], name="achievement_set_game_key_uniq"),
                    models.UniqueConstraint(
                        condition=Q(kind="base"), fields=["game"], name="achievement_set_game_base_uniq"
                    ),
                    models.UniqueConstraint(fields=["id", "game", "kind"], name="achievement_set_id_game_kind_uniq"),
                    models.CheckConstraint(
                        condition=(
                            Q(kind="event", opens_at__isnull=False, closes_at__isnull=False)
                            & Q(opens_at__lt=F("closes_at"))
                        )
                        | (~Q(kind="event") & Q(opens_at=None, closes_at=None)),
                        name="achievement_set_event_times_check",
                    ),
                ],
            },
        ),
        migrations.RunPython(make_base_sets, migrations.RunPython.noop),
        migrations.AddField(
            "achievement",
            "achievement_set",
            models.ForeignKey(
                db_column="set_id",
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="achievements",
                to="games.achievementset",
            ),
        ),
        migrations.AddField(
            "achievement",
            "set_kind",
            models.CharField(choices=KINDS, default="base", editable=False, max_length=7),
        ),
        migrations.AddField("achievement", "left_base_at", models.DateTimeField(blank=True, editable=False, null=True)),
        # What waits for the end of the transaction would keep the tables from being altered.
        migrations.RunSQL([FILL, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
        migrations.AlterField(
            "achievement",
            "achievement_set",
            models.ForeignKey(
                db_column="set_id",
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="achievements",
                to="games.achievementset",
            ),
        ),
        migrations.RunSQL(AGREE, "ALTER TABLE achievement DROP CONSTRAINT achievement_set_game_kind_fk"),
        migrations.RemoveIndex("achievement", "achievement_game_archived_idx"),
        migrations.AddIndex(
            "achievement",
            models.Index(
                condition=Q(state="archived") | ~Q(set_kind="base"),
                fields=["game"],
                name="achievement_game_uncounted_idx",
            ),
        ),
    ]
