"""The ledger: which player earned which achievement, once and for ever."""

from django.db import models

from apps.games.models import Achievement, Game
from apps.players.models import Player


class Source(models.IntegerChoices):
    SERVER = 1, "Game server"
    CLIENT = 2, "Game client"
    PORTAL = 3, "Portal"


class UnlockColumns(models.Model):
    """What is kept of an unlock. Keys are checked by record_unlocks, not by the table: see sql/unlock.sql."""

    pk = models.CompositePrimaryKey("player_id", "achievement_id")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    achievement = models.ForeignKey(
        Achievement, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    game = models.ForeignKey(Game, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    unlocked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # As earned: later edits of the achievement don't rewrite them.
    definition_version = models.PositiveIntegerField()
    points = models.PositiveSmallIntegerField()
    source = models.PositiveSmallIntegerField(choices=Source)

    class Meta:
        abstract = True


class Unlock(UnlockColumns):
    """An earned achievement; hash-partitioned by player. Written by actions.record_unlocks alone."""

    class Meta:
        db_table = "unlock"


class SandboxUnlock(UnlockColumns):
    """What a test key reported: shown in the portal, counted nowhere."""

    class Meta:
        db_table = "sandbox_unlock"
