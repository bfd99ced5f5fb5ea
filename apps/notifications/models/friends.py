"""Telling friends: unlocks whose followers are still to be told, and what is gathered for each of those."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.core.ids import NIL


class FanOutEntry(models.Model):
    """An unlock that followers of its player are to hear of; deleted when all have been dealt with."""

    id = models.BigAutoField(primary_key=True)
    player_id = models.UUIDField()
    achievement_id = models.UUIDField()
    game_id = models.UUIDField()
    unlocked_at = models.DateTimeField()
    created_at = models.DateTimeField()
    # The last follower dealt with, in the order of ids: a player with thousands takes several chunks.
    after_id = models.UUIDField(default=NIL, db_default=NIL)

    class Meta:
        db_table = "fan_out_entry"


class FriendOutlet(models.Model):
    """What a player has lately been told of friends, and when more may follow."""

    player_id = models.UUIDField(primary_key=True)
    # The latest few, oldest first.
    sent_ats = ArrayField(models.DateTimeField(), default=list, db_default=[])
    # Until then what comes is gathered.
    gathering_until = models.DateTimeField(null=True)
    # Whether something waits for that.
    has_gathered = models.BooleanField(default=False, db_default=False)
    # When what is in the digest is told.
    digest_at = models.DateTimeField(null=True)
    # The earliest of what waits; null when nothing does.
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "friend_outlet"
        # The workers, who look for what is due.
        indexes = (
            models.Index(fields=["due_at"], name="friend_outlet_due_at_idx", condition=models.Q(due_at__isnull=False)),
        )


class FriendWaiting(models.Model):
    """An unlock of a friend that a player has not been told of yet."""

    id = models.BigAutoField(primary_key=True)
    player_id = models.UUIDField()
    friend_id = models.UUIDField()
    achievement_id = models.UUIDField()
    unlocked_at = models.DateTimeField()
    in_digest = models.BooleanField()

    class Meta:
        db_table = "friend_waiting"
        # What waits for a player, in the order in which it came.
        indexes = (models.Index(fields=["player_id", "id"], name="friend_waiting_player_idx"),)
