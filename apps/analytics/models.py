"""Running counts of what was unlocked, exact at every moment, and how long players have played."""

from django.db import models

from apps.games.models import Game
from apps.players.models import Player


class AchievementCounter(models.Model):
    """How often an achievement was unlocked."""

    achievement_id = models.UUIDField(primary_key=True)
    unlock_count = models.BigIntegerField(default=0)

    class Meta:
        db_table = "achievement_counter"


class GameCounter(models.Model):
    """How many unlocks a game has seen."""

    game_id = models.UUIDField(primary_key=True)
    unlock_count = models.BigIntegerField(default=0)

    class Meta:
        db_table = "game_counter"


class PlaySession(models.Model):
    """A stretch of play, under the id the game has for it; it may grow while it lasts."""

    pk = models.CompositePrimaryKey("player_id", "game_id", "session_id")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    game = models.ForeignKey(Game, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    session_id = models.CharField(max_length=64)
    seconds = models.PositiveIntegerField()
    ended_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "play_session"


class PlayTime(models.Model):
    """What a player's sessions in a game add up to."""

    pk = models.CompositePrimaryKey("player_id", "game_id")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    game = models.ForeignKey(Game, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    seconds = models.BigIntegerField()
    session_count = models.PositiveIntegerField()
    last_played_at = models.DateTimeField()

    class Meta:
        db_table = "play_time"
