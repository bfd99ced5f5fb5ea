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


class PlayerStatistics(models.Model):
    """What a player did in a game in an hour (or a day, once old); partitioned by month. Filled by filling alone."""

    pk = models.CompositePrimaryKey("player_id", "game_id", "recorded_at")
    player_id = models.UUIDField()
    game_id = models.UUIDField()
    # The beginning of the hour or day, UTC.
    recorded_at = models.DateTimeField()
    playtime_seconds = models.PositiveIntegerField()
    unlock_count = models.PositiveIntegerField()
    points = models.PositiveIntegerField()
    # Held at its end, and the share of what was published when this was computed.
    achievement_count = models.PositiveIntegerField()
    completion_percentage = models.FloatField()
    is_daily = models.BooleanField()

    class Meta:
        db_table = "player_statistics"


class StatisticsDue(models.Model):
    """From when on a player's statistics of a game are to be computed anew."""

    id = models.BigAutoField(primary_key=True)
    player_id = models.UUIDField()
    game_id = models.UUIDField()
    since = models.DateTimeField()

    class Meta:
        db_table = "statistics_due"


class GameStatistic(models.Model):
    """A declared statistic of a game in a slot of time; `label` is empty for all players."""

    pk = models.CompositePrimaryKey("game_id", "name", "slot", "label")
    game_id = models.UUIDField()
    name = models.CharField(max_length=40)
    slot = models.DateTimeField()
    label = models.CharField(max_length=20)
    value = models.BigIntegerField()

    class Meta:
        db_table = "game_statistic"


class CompletionHistory(models.Model):
    """How many held an achievement at the end of a day, of how many players."""

    pk = models.CompositePrimaryKey("achievement_id", "day")
    achievement_id = models.UUIDField()
    day = models.DateField()
    unlock_count = models.BigIntegerField()
    player_count = models.BigIntegerField()

    class Meta:
        db_table = "completion_history"


class GameTotal(models.Model):
    """What there is to earn in a game: a materialized view, as of its last refresh."""

    game_id = models.UUIDField(primary_key=True)
    achievement_count = models.BigIntegerField()
    points = models.BigIntegerField()

    class Meta:
        db_table = "game_total"
        managed = False
