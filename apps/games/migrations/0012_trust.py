"""Trust in games. Those that exist are listed, and go on ranking members of their studios.

Platform boards counted what only game clients vouched for, and what was earned in games unpublished since; the relay
takes that off them in chunks, a game at a time.
"""

from uuid import UUID

import django.db.models.deletion
from django.db import migrations, models

import apps.core.clock
import apps.core.ids

TRUSTS = [("developing", "In development"), ("listed", "Listed"), ("delisted", "Delisted")]
LIST = "UPDATE game SET trust = 'listed', is_ranking_members = true"
MOVE = """
INSERT INTO trust_move
    (game_id, reached_id, is_listed, has_trusted_clients, is_ranking_clients, is_ranking_members, created_at)
SELECT g.id, '00000000-0000-0000-0000-000000000000', true, true, true, true, now() FROM game g
WHERE NOT g.is_published OR EXISTS (SELECT FROM achievement a WHERE a.game_id = g.id AND a.setter = 'client')
"""
ANNOUNCE = """
INSERT INTO outbox (kind, payload) SELECT 'trust_changed', jsonb_build_object('game_id', game_id) FROM trust_move
"""


class Migration(migrations.Migration):
    dependencies = [("games", "0011_modes"), ("players", "0009_rulings"), ("core", "0005_job_names")]

    operations = [
        migrations.AddField(
            "game",
            "trust",
            models.CharField(choices=TRUSTS, db_default="developing", default="developing", max_length=10),
        ),
        migrations.AddField("game", "has_trusted_clients", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("game", "is_ranking_clients", models.BooleanField(db_default=True, default=True)),
        migrations.AddField("game", "is_ranking_members", models.BooleanField(db_default=False, default=False)),
        migrations.CreateModel(
            name="TrustMove",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "game",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="games.game",
                    ),
                ),
                ("reached_id", models.UUIDField(default=UUID(int=0))),
                ("is_listed", models.BooleanField()),
                ("has_trusted_clients", models.BooleanField()),
                ("is_ranking_clients", models.BooleanField()),
                ("is_ranking_members", models.BooleanField()),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
            ],
            options={
                "db_table": "trust_move",
                "indexes": [models.Index(fields=["game", "id"], name="trust_move_game_id_idx")],
            },
        ),
        migrations.CreateModel(
            name="TrustDecision",
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
                        related_name="trust_decisions",
                        to="games.game",
                    ),
                ),
                ("trust", models.CharField(choices=TRUSTS, max_length=10)),
                ("has_trusted_clients", models.BooleanField()),
                ("decided_by", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=200)),
                ("decided_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
            ],
            options={
                "db_table": "trust_decision",
                "indexes": [models.Index(fields=["game", "-id"], name="trust_decision_game_id_idx")],
            },
        ),
        migrations.CreateModel(
            name="StudioPlayer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "player_id", "studio_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "player",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="players.player",
                    ),
                ),
                (
                    "studio",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="games.studio",
                    ),
                ),
            ],
            options={"db_table": "studio_player"},
        ),
        migrations.RunSQL([LIST, MOVE, ANNOUNCE], migrations.RunSQL.noop),
    ]
