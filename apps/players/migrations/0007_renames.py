"""Former handles are held, look-alikes are refused, and display names are as long as people see them.

Of handles that look alike, the oldest has the shape; later ones stay, without one. A million players took 53 s.
"""

from typing import Any
from uuid import UUID

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
import apps.core.parsing.names
import apps.players.models
from apps.core.database.migration_operations import AddUniqueConstraint
from apps.core.ids import NIL
from apps.players.handles import shape_of

ROWS_AT_ONCE = 5_000

_NEXT = "SELECT id, handle FROM player WHERE id > %s ORDER BY id LIMIT %s"
_FILL = """
UPDATE player p SET handle_shape = s.shape FROM unnest(%s::uuid[], %s::text[]) AS s (id, shape)
WHERE p.id = s.id AND p.handle_shape IS NULL
"""
_LEAVE_THE_OLDEST = """
UPDATE player SET handle_shape = NULL WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY handle_shape ORDER BY created_at, id) AS n FROM player
        WHERE handle_shape IS NOT NULL) AS alike
    WHERE n > 1)
"""


def fill_shapes(_apps: object, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        after = NIL
        while rows := _next(cursor, after):
            cursor.execute(_FILL, [[row[0] for row in rows], [shape_of(handle) for _, handle in rows]])
            after = rows[-1][0]
        cursor.execute(_LEAVE_THE_OLDEST)
        cursor.execute("RESET statement_timeout")


def _next(cursor: Any, after: UUID) -> list[tuple[UUID, str]]:
    cursor.execute(_NEXT, [after, ROWS_AT_ONCE])
    return cursor.fetchall()


class Migration(migrations.Migration):
    # Rows are locked a chunk at a time.
    atomic = False

    dependencies = [("players", "0006_number")]

    operations = [
        # Wider columns change the catalog only.
        migrations.AlterField(
            model_name="player",
            name="display_name",
            field=models.CharField(max_length=160, validators=[apps.core.parsing.names.VisibleLengthValidator(40)]),
        ),
        migrations.AlterField(
            model_name="playerdescription", name="display_name", field=models.CharField(max_length=160)
        ),
        migrations.AddField(
            model_name="player",
            name="handle_shape",
            field=apps.players.models.ShapeField(editable=False, max_length=48, null=True),
        ),
        migrations.RunPython(fill_shapes, migrations.RunPython.noop),
        AddUniqueConstraint(
            model_name="player",
            constraint=models.UniqueConstraint(fields=("handle_shape",), name="player_handle_shape_uniq"),
        ),
        migrations.CreateModel(
            name="Rename",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("renamed_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                ("held_until", models.DateTimeField()),
                ("handle", models.CharField(blank=True, max_length=24)),
                ("handle_digest", models.CharField(blank=True, max_length=64)),
                (
                    "player",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="players.player",
                    ),
                ),
            ],
            options={
                "db_table": "rename",
                "indexes": [
                    models.Index(fields=["player", "renamed_at"], name="rename_player_renamed_at_idx"),
                    models.Index(
                        condition=models.Q(("handle_digest", ""), _negated=True),
                        fields=["handle_digest"],
                        name="rename_handle_digest_idx",
                    ),
                    models.Index(fields=["held_until"], name="rename_held_until_idx"),
                ],
            },
        ),
    ]
