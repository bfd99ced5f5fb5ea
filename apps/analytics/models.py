"""Exact running counts of unlocks, and play time."""

from django.db import models
from django.utils.translation import gettext_lazy

from apps.games.models import Game
from apps.players.models import Player


class AchievementCounter(models.Model):
    """The number of unlocks of an achievement."""

    achievement_id = models.UUIDField(primary_key=True)
    unlock_count = models.BigIntegerField(default=0)

    class Meta:
        db_table = "achievement_counter"


class GameCounter(models.Model):
    """The number of unlocks in a game."""

    game_id = models.UUIDField(primary_key=True)
    unlock_count = models.BigIntegerField(default=0)

    class Meta:
        db_table = "game_counter"


class PlaySession(models.Model):
    """A session of play, under the game's id for it; it may grow while it lasts."""

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
    """The total of a player's sessions in a game."""

    pk = models.CompositePrimaryKey("player_id", "game_id")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    game = models.ForeignKey(Game, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    seconds = models.BigIntegerField()
    session_count = models.PositiveIntegerField()
    last_played_at = models.DateTimeField()

    class Meta:
        db_table = "play_time"


class PlayerStatistics(models.Model):
    """A player's hour (or day, once old) in a game; partitioned by month. Written by the roll-up only."""

    pk = models.CompositePrimaryKey("player_id", "game_id", "recorded_at")
    player_id = models.UUIDField()
    game_id = models.UUIDField()
    # The start of the hour or day, UTC.
    recorded_at = models.DateTimeField()
    playtime_seconds = models.PositiveIntegerField()
    unlock_count = models.PositiveIntegerField()
    points = models.PositiveIntegerField()
    # At its end, and the share of achievements published when this was computed.
    achievement_count = models.PositiveIntegerField()
    completion_percentage = models.FloatField()
    is_daily = models.BooleanField()

    class Meta:
        db_table = "player_statistics"
        verbose_name_plural = gettext_lazy("player statistics")


class StatisticsDue(models.Model):
    """The time from which a player's statistics of a game must be recomputed."""

    id = models.BigAutoField(primary_key=True)
    player_id = models.UUIDField()
    game_id = models.UUIDField()
    since = models.DateTimeField()

    class Meta:
        db_table = "statistics_due"


class GameStatistic(models.Model):
    """A game's statistic in a time slot; `label` is empty for all players."""

    pk = models.CompositePrimaryKey("game_id", "name", "slot", "label")
    game_id = models.UUIDField()
    name = models.CharField(max_length=40)
    slot = models.DateTimeField()
    label = models.CharField(max_length=20)
    value = models.BigIntegerField()

    class Meta:
        db_table = "game_statistic"


class CompletionHistory(models.Model):
    """How many had earned an achievement at the end of a day, of how many players."""

    pk = models.CompositePrimaryKey("achievement_id", "day")
    achievement_id = models.UUIDField()
    day = models.DateField()
    unlock_count = models.BigIntegerField()
    player_count = models.BigIntegerField()

    class Meta:
        db_table = "completion_history"
        verbose_name_plural = gettext_lazy("completion histories")


class GameTotal(models.Model):
    """Totals to earn in a game: a materialized view, as of its last refresh."""

    game_id = models.UUIDField(primary_key=True)
    achievement_count = models.BigIntegerField()
    points = models.BigIntegerField()

    class Meta:
        db_table = "game_total"
        managed = False
