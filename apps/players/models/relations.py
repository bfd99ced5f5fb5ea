"""Whom players follow and block."""

from uuid import UUID

from django.db import models
from django.utils.translation import gettext

from apps.core.clock import now
from apps.players.models.players import Player


class Follow(models.Model):
    """One player follows another."""

    pk = models.CompositePrimaryKey("follower_id", "followed_id")
    follower = models.ForeignKey(Player, models.CASCADE, related_name="+", db_index=False)
    followed = models.ForeignKey(Player, models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "follow"
        # Follower lists and fan-out read by the followed player.
        indexes = (models.Index(fields=["followed", "follower"], name="follow_followed_follower_idx"),)
        constraints = (
            models.CheckConstraint(condition=~models.Q(follower=models.F("followed")), name="follow_not_self_check"),
        )

    def __str__(self) -> str:
        return gettext("player {row.follower_id} follows {row.followed_id}").format(row=self)

    follower_id: UUID
    followed_id: UUID


class Block(models.Model):
    """One player hides from another."""

    pk = models.CompositePrimaryKey("blocker_id", "blocked_id")
    blocker = models.ForeignKey(Player, models.CASCADE, related_name="+", db_index=False)
    blocked = models.ForeignKey(Player, models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "block"
        # Visibility checks look up who has blocked the viewer.
        indexes = (models.Index(fields=["blocked", "blocker"], name="block_blocked_blocker_idx"),)
        constraints = (
            models.CheckConstraint(condition=~models.Q(blocker=models.F("blocked")), name="block_not_self_check"),
        )

    def __str__(self) -> str:
        return gettext("player {row.blocker_id} blocks {row.blocked_id}").format(row=self)

    blocker_id: UUID
    blocked_id: UUID
