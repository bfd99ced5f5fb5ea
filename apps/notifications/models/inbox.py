"""Notifications, numbered for each player without gaps."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext, gettext_lazy

from apps.players.models import Player


class Inbox(models.Model):
    """The number of a player's latest notification, and the last number they have read."""

    player = models.OneToOneField(Player, models.CASCADE, primary_key=True, related_name="+")
    last_seq = models.BigIntegerField(default=0)
    read_seq = models.BigIntegerField(default=0)

    class Meta:
        db_table = "inbox"
        verbose_name_plural = gettext_lazy("inboxes")

    def __str__(self) -> str:
        return gettext("inbox of player {row.player_id}").format(row=self)


class Notification(models.Model):
    """A notification; `seq` counts 1, 2, 3 ... for each player."""

    pk = models.CompositePrimaryKey("player_id", "seq")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    # All unlocks of a grouped notification; its payload has the first few.
    items = models.JSONField(null=True)
    # The player turned its kind off on sockets: it is stored and counted, and sent to no socket.
    is_quiet = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "notification"


class DedupeKey(models.Model):
    """That a player had a notification which is not sent again before `until`."""

    pk = models.CompositePrimaryKey("player_id", "dedupe_key")
    player_id = models.UUIDField()
    dedupe_key = models.CharField(max_length=120)
    # Null is for ever.
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "notification_dedupe_key"
        # For deleting what may be sent again.
        indexes = (
            models.Index(
                fields=["until"], name="notification_dedupe_until_idx", condition=models.Q(until__isnull=False)
            ),
        )


class Preference(models.Model):
    """A player's choice for a kind and road, where it differs from the kind's default."""

    pk = models.CompositePrimaryKey("player_id", "kind", "road")
    player = models.ForeignKey(Player, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    road = models.CharField(max_length=10)
    choice = models.CharField(max_length=10)

    class Meta:
        db_table = "notification_preference"

    def __str__(self) -> str:
        return gettext("{row.kind} by {row.road}: {row.choice}").format(row=self)
