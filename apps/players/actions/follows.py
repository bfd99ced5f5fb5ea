"""Writes of follows and blocks."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from apps.core.background.outbox import record
from apps.core.background.wakeup import wake_relay
from apps.core.errors import InvalidError
from apps.players.errors import PlayerNotFoundError
from apps.players.events import PlayerFollowed
from apps.players.models import Block, Follow, Player


class NotOneselfError(InvalidError):
    code = "not_oneself"
    detail = gettext_noop("Choose another player than yourself.")


@transaction.atomic
def follow_player(*, follower_id: UUID, followed_id: UUID) -> bool:
    """Make one player follow another, who must be visible to them; return whether this is new.

    Raises: NotOneselfError, PlayerNotFoundError, also where either has blocked the other.
    """
    _require_another(follower_id, followed_id)
    _lock(follower_id, followed_id)
    between = Q(blocker_id=follower_id, blocked_id=followed_id) | Q(blocker_id=followed_id, blocked_id=follower_id)
    if Block.objects.filter(between).exists():
        raise PlayerNotFoundError
    follow, is_new = Follow.objects.get_or_create(follower_id=follower_id, followed_id=followed_id)
    if is_new:
        record([PlayerFollowed(follower_id, followed_id, follow.created_at)])
        transaction.on_commit(wake_relay)
    return is_new


def unfollow_player(*, follower_id: UUID, followed_id: UUID) -> None:
    """End a follow; repeating it changes nothing."""
    Follow.objects.filter(follower_id=follower_id, followed_id=followed_id).delete()


@transaction.atomic
def block_player(*, blocker_id: UUID, blocked_id: UUID) -> bool:
    """Hide a player from another and end follows between them; return whether this is new.

    Raises: NotOneselfError, PlayerNotFoundError.
    """
    _require_another(blocker_id, blocked_id)
    _lock(blocker_id, blocked_id)
    _, is_new = Block.objects.get_or_create(blocker_id=blocker_id, blocked_id=blocked_id)
    both_ways = Q(follower_id=blocker_id, followed_id=blocked_id) | Q(follower_id=blocked_id, followed_id=blocker_id)
    Follow.objects.filter(both_ways).delete()
    return is_new


def unblock_player(*, blocker_id: UUID, blocked_id: UUID) -> None:
    """Remove a block; repeating it changes nothing."""
    Block.objects.filter(blocker_id=blocker_id, blocked_id=blocked_id).delete()


def _require_another(player_id: UUID, other_id: UUID) -> None:
    if player_id == other_id:
        raise NotOneselfError


def _lock(*player_ids: UUID) -> None:
    """Serialise follows and blocks between these players. Raises: PlayerNotFoundError."""
    rows = Player.objects.select_for_update(no_key=True).filter(pk__in=player_ids).order_by("pk")
    if len(rows.values_list("pk", flat=True)) < len(player_ids):
        raise PlayerNotFoundError
