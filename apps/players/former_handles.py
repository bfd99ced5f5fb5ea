"""Handles that players gave up: held for them for a while, so that nobody can pose as them and old links lead there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from apps.core.clock import now
from apps.core.database.composed import Tuples, composed
from apps.players.errors import HandleReservedError, HandleTakenError
from apps.players.handles import digests_of, is_reserved, shape_of
from apps.players.models import Player, Rename

HELD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class FormerHandle:
    """A handle that still leads to the player who gave it up."""

    handle: str
    held_until: datetime


def problem_with_handle(handle: str, player: Player | None) -> HandleTakenError | None:
    """Return why this player (None: a new one) can't have a handle that is well formed. At most two queries."""
    if is_reserved(handle):
        return HandleReservedError(pointer="/handle")
    alike = Player.objects.filter(Q(handle__iexact=handle) | Q(handle_shape=shape_of(handle)))
    others = alike if player is None else alike.exclude(pk=player.pk)
    if others.exists() or is_held_for_others(handle, player):
        return HandleTakenError(pointer="/handle")
    return None


def is_held_for_others(handle: str, player: Player | None) -> bool:
    """Whether someone else gave this handle, or one that looks like it, up a short while ago. One query."""
    held = Rename.objects.filter(handle_digest__in=digests_of(handle), held_until__gt=now())
    return any(player is None or holder_id != player.id for holder_id in held.values_list("player_id", flat=True))


def player_formerly(handle: str) -> Player | None:
    """Return who gave up a handle that is still held for them, following a merge. One query."""
    held = Rename.objects.filter(handle_digest__in=digests_of(handle), handle__iexact=handle, held_until__gt=now())
    latest = held.select_related("player__merged_into").order_by("-held_until", "-id").first()
    if latest is None or latest.player is None:
        return None
    return latest.player.merged_into or latest.player


@composed
def _held(player_id: UUID, moment: datetime) -> Tuples:
    held = Rename.objects.filter(player_id=player_id, held_until__gt=moment).exclude(handle="")
    return held.order_by("-held_until", "-id").values_list("handle", "held_until")


def former_handles_of(player: Player) -> list[FormerHandle]:
    """Return the handles that lead to a player besides their own, the latest first. One query."""
    rows = _held.rows(player_id=player.id, moment=now())
    latest: dict[str, FormerHandle] = {}
    for handle, held_until in rows:
        latest.setdefault(handle.lower(), FormerHandle(handle, held_until))
    latest.pop(player.handle.lower(), None)
    return list(latest.values())
