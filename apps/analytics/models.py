"""Running counts of what was unlocked, exact at every moment."""

from django.db import models


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
