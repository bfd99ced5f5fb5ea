"""Friends' unlocks: those still to be sent to followers, and what waits for each follower."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy

from apps.core.ids import NIL


class FanOutEntry(models.Model):
    """An unlock to be sent to its player's followers; deleted when all have been handled."""

    id = models.BigAutoField(primary_key=True)
    player_id = models.UUIDField()
    achievement_id = models.UUIDField()
    game_id = models.UUIDField()
    unlocked_at = models.DateTimeField()
    created_at = models.DateTimeField()
    # The last follower handled, in the order of ids: a player with thousands takes several chunks.
    after_id = models.UUIDField(default=NIL, db_default=NIL)

    class Meta:
        db_table = "fan_out_entry"
        verbose_name_plural = gettext_lazy("fan-out entries")


class FriendRateLimit(models.Model):
    """When a player was last notified of friends, and when more may be sent."""

    player_id = models.UUIDField(primary_key=True)
    # The times of the latest few notifications, oldest first.
    sent_ats = ArrayField(models.DateTimeField(), default=list, db_default=[])
    # Until then, unlocks are grouped.
    grouping_until = models.DateTimeField(null=True)
    # Whether unlocks wait for that.
    has_grouped = models.BooleanField(default=False, db_default=False)
    # When the digest is due.
    digest_at = models.DateTimeField(null=True)
    # The earliest due time; null when nothing is waiting.
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "friend_rate_limit"
        # For workers, which look for due rows.
        indexes = (
            models.Index(
                fields=["due_at"], name="friend_rate_limit_due_at_idx", condition=models.Q(due_at__isnull=False)
            ),
        )


class FriendWaiting(models.Model):
    """An unlock of a friend that has not been sent to the player yet."""

    id = models.BigAutoField(primary_key=True)
    player_id = models.UUIDField()
    friend_id = models.UUIDField()
    achievement_id = models.UUIDField()
    unlocked_at = models.DateTimeField()
    in_digest = models.BooleanField()

    class Meta:
        db_table = "friend_waiting"
        # For what waits for a player, oldest first.
        indexes = (models.Index(fields=["player_id", "id"], name="friend_waiting_player_idx"),)
