"""Operators' rulings on players: banned, or untracked, and each undone by one act."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields import BooleanField

from apps.core.background.outbox import record
from apps.core.background.wakeup import wake_relay
from apps.core.clock import now
from apps.players.actions.activity import set_active
from apps.players.actions.players import note_profile
from apps.players.errors import PlayerNotFoundError
from apps.players.events import PlayerRuled
from apps.players.models import Account, Player, PlayerRuling, Ruling

_MAY_COUNT = ExpressionWrapper(Q(banned_at=None, untracked_at=None), output_field=BooleanField())


class AlreadyRuledError(Exception):
    """The player is so already."""


@transaction.atomic
def ban_player(*, player_id: UUID, decided_by: str, reason: str = "") -> Player:
    """Deactivate a player's account, and take them off all that is public; boards follow through the relay.

    Raises: PlayerNotFoundError, AlreadyRuledError.
    """
    player = _locked(player_id)
    if player.banned_at is not None:
        raise AlreadyRuledError
    player.banned_at = now()
    deactivated = set_active(Account.objects.filter(player=player), is_active=False)
    return _rule(player, Ruling.BANNED, decided_by, reason, has_deactivated=bool(deactivated))


@transaction.atomic
def unban_player(*, player_id: UUID, decided_by: str, reason: str = "") -> Player:
    """Undo a ban: the account is active again if the ban deactivated it. Raises: as ban_player."""
    player = _locked(player_id)
    if player.banned_at is None:
        raise AlreadyRuledError
    player.banned_at = None
    ban = PlayerRuling.objects.filter(player=player, ruling=Ruling.BANNED).order_by("-id").first()
    if ban is not None and ban.has_deactivated:
        set_active(Account.objects.filter(player=player), is_active=True)
    return _rule(player, Ruling.UNBANNED, decided_by, reason)


@transaction.atomic
def untrack_player(*, player_id: UUID, decided_by: str, reason: str = "") -> Player:
    """Let a player play on, and count on no board, rarity or statistic. Raises: as ban_player."""
    player = _locked(player_id)
    if player.untracked_at is not None:
        raise AlreadyRuledError
    player.untracked_at = now()
    return _rule(player, Ruling.UNTRACKED, decided_by, reason)


@transaction.atomic
def track_player(*, player_id: UUID, decided_by: str, reason: str = "") -> Player:
    """Undo that. Raises: as ban_player."""
    player = _locked(player_id)
    if player.untracked_at is None:
        raise AlreadyRuledError
    player.untracked_at = None
    return _rule(player, Ruling.TRACKED, decided_by, reason)


def untrack_with(player: Player, merged: Player) -> None:
    """Untrack a player with one who is merged into them, as whoever was untracked would be rid of it by linking.

    Call with both locked. The ruling says why the other one was.
    """
    if merged.untracked_at is None or player.untracked_at is not None:
        return
    rulings = PlayerRuling.objects.filter(player=merged, ruling=Ruling.UNTRACKED).order_by("-id")
    player.untracked_at = merged.untracked_at
    _rule(player, Ruling.UNTRACKED, "link", rulings.values_list("reason", flat=True).first() or "")


def ban_of(account_id: UUID) -> dict[str, object]:
    """Return whether an account's player is banned, and why, as a page shows it. Two queries."""
    player = Player.objects.filter(account=account_id).exclude(banned_at=None).first()
    ban = player and PlayerRuling.objects.filter(player=player, ruling=Ruling.BANNED).order_by("-id").first()
    return {"is_banned": player is not None, "reason": ban.reason if ban else ""}


def follow_rulings(player_ids: Collection[UUID]) -> None:
    """Let boards and counters count players as operators have ruled. In the step that moves them."""
    Player.objects.filter(pk__in=player_ids).update(is_counted=_MAY_COUNT)


def players_to_follow(player_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Return the players whom boards and counters have yet to count otherwise, and whether they will. One query.

    Locks all of them, so that each reader in a step finds the same: a ruling made meanwhile waits for its end.
    """
    ruled = Player.objects.select_for_update(no_key=True).filter(pk__in=player_ids).order_by("pk")
    rows = ruled.annotate(will_count=_MAY_COUNT).values_list("pk", "is_counted", "will_count")
    return {player_id: will_count for player_id, is_counted, will_count in rows if is_counted != will_count}


def _locked(player_id: UUID) -> Player:
    player = Player.objects.select_for_update().filter(pk=player_id).first()
    if player is None or player.merged_into_id is not None:
        raise PlayerNotFoundError
    return player


def _rule(player: Player, ruling: Ruling, decided_by: str, reason: str, *, has_deactivated: bool = False) -> Player:
    player.save(update_fields=["banned_at", "untracked_at"])
    PlayerRuling.objects.create(
        player=player, ruling=ruling, decided_by=decided_by, reason=reason, has_deactivated=has_deactivated
    )
    record([PlayerRuled(player.id)])
    note_profile(player.id)
    transaction.on_commit(wake_relay)
    return player
