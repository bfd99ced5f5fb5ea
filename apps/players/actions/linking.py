"""Links the player that a game knows with the one who logs in here."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_noop

from apps.core.background.outbox import record
from apps.core.background.wakeup import wake_relay
from apps.core.clock import now
from apps.core.errors import ConflictError
from apps.players import link_codes
from apps.players.actions.rulings import untrack_with
from apps.players.errors import PlayerBannedError, PlayerHasAccountError, PlayerNotFoundError
from apps.players.events import PlayersMerged
from apps.players.models import Account, Block, Device, ExternalIdentity, Follow, Player


class AlreadyLinkedError(ConflictError):
    code = "already_linked"
    detail = gettext_noop("The game knows you already: this code is of your own player.")


class PlayerClaimedError(ConflictError):
    code = "player_claimed"
    detail = gettext_noop("Somebody else logs in as this player. If that is you, log in there.")


class PlayerMergedError(ConflictError):
    code = "player_merged"


def link_player(*, account_id: UUID, code: str) -> Player:
    """Link the player behind a code to an account, and return the account's player.

    An account without a player takes over that one. Otherwise its unlocks move to the account's own player, and later
    reports for it count there too. A code is used up even when refused. Raises: LinkCodeUnknownError,
    LinkCodesUnavailableError, AlreadyLinkedError, PlayerClaimedError, PlayerBannedError, PlayerNotFoundError.
    """
    found_id = link_codes.redeem(code)
    with transaction.atomic():
        # One link at a time per account, which may have no player to lock yet.
        Account.objects.select_for_update(no_key=True).get(pk=account_id)
        own_id = Player.objects.filter(account_id=account_id).values_list("id", flat=True).first()
        players = _locked(found_id, own_id)
        found = players.get(found_id)
        if found is None or found.is_test or found.erased_at:
            raise PlayerNotFoundError
        _require_free(found, account_id, own_id)
        _require_no_ban(players.values())
        if own_id is None:
            found.account_id = account_id
            found.save(update_fields=["account"])
            return found
        _merge(found, players[own_id])
    transaction.on_commit(wake_relay)
    return players[own_id]


def join_player(*, player_id: UUID, code: str) -> Player:
    """Merge a device's player into the one whose other device shows the code, and return that one.

    A player with an account is joined by logging in there instead. A code is used up even when refused.
    Raises: LinkCodeUnknownError, LinkCodesUnavailableError, AlreadyLinkedError, PlayerHasAccountError,
    PlayerBannedError, PlayerNotFoundError.
    """
    found_id = link_codes.redeem(code)
    with transaction.atomic():
        players = _locked(player_id, found_id)
        found, guest = players.get(found_id), players.get(player_id)
        if found is None or guest is None or found.is_test or found.merged_into_id or guest.merged_into_id:
            raise PlayerNotFoundError
        if found.erased_at or guest.erased_at:
            raise PlayerNotFoundError
        if found.id == guest.id:
            raise AlreadyLinkedError
        if guest.account_id is not None:
            raise PlayerHasAccountError(
                gettext("This device's player has an account: log in with it, and link the code's player there.")
            )
        _require_no_ban(players.values())
        _merge(guest, found)
    transaction.on_commit(wake_relay)
    return found


def _locked(*player_ids: UUID | None) -> dict[UUID, Player]:
    """Return these players, locked in one order with those merged into them, who follow them."""
    wanted = [player_id for player_id in player_ids if player_id is not None]
    rows = Player.objects.select_for_update().filter(Q(pk__in=wanted) | Q(merged_into__in=wanted)).order_by("pk")
    return {player.id: player for player in rows if player.id in wanted}


def _require_free(found: Player, account_id: UUID, own_id: UUID | None) -> None:
    if found.account_id == account_id or (own_id is not None and found.merged_into_id == own_id):
        raise AlreadyLinkedError
    if found.account_id is not None or found.merged_into_id is not None:
        raise PlayerClaimedError


def _require_no_ban(players: Iterable[Player]) -> None:
    """Raises: PlayerBannedError. Another player's name would shed the ban."""
    if any(player.banned_at is not None for player in players):
        raise PlayerBannedError(gettext("One of the two players is banned. Nobody is linked with them."))


def _merge(found: Player, own: Player) -> None:
    """Merge `found` into `own`. Call with both locked; the ledger and play time follow through the relay."""
    # Whoever was merged into `found` before goes along, as every reader of `merged_into` follows it once. Reports under
    # way find `found` still, which the sweep for stragglers looks at.
    Player.objects.filter(Q(pk=found.pk) | Q(merged_into=found)).update(merged_into=own, merged_at=now())
    untrack_with(own, found)
    ExternalIdentity.objects.filter(player=found).update(player=own)
    Device.objects.filter(player=found).update(player=own)
    _move_follows(found, own)
    _move_blocks(found, own)
    _end_follows_across_blocks(own)
    record([PlayersMerged(found.id, own.id)])


def _move_follows(found: Player, own: Player) -> None:
    rows = Follow.objects.filter(Q(follower=found) | Q(followed=found))
    moved = [
        Follow(
            follower_id=_renamed(row.follower_id, found, own),
            followed_id=_renamed(row.followed_id, found, own),
            created_at=row.created_at,
        )
        for row in rows
    ]
    Follow.objects.bulk_create([row for row in moved if row.follower_id != row.followed_id], ignore_conflicts=True)
    rows.delete()


def _move_blocks(found: Player, own: Player) -> None:
    rows = Block.objects.filter(Q(blocker=found) | Q(blocked=found))
    moved = [
        Block(
            blocker_id=_renamed(row.blocker_id, found, own),
            blocked_id=_renamed(row.blocked_id, found, own),
            created_at=row.created_at,
        )
        for row in rows
    ]
    Block.objects.bulk_create([row for row in moved if row.blocker_id != row.blocked_id], ignore_conflicts=True)
    rows.delete()


def _end_follows_across_blocks(own: Player) -> None:
    """Nobody follows a player they block, or are blocked by; the two merged players may have done one each."""
    blocks = Block.objects.filter(Q(blocker=own) | Q(blocked=own))
    others = list(blocks.values_list(F("blocker_id"), F("blocked_id")))
    ids = {player_id for pair in others for player_id in pair} - {own.id}
    Follow.objects.filter(Q(follower=own, followed_id__in=ids) | Q(followed=own, follower_id__in=ids)).delete()


def _renamed(player_id: UUID, found: Player, own: Player) -> UUID:
    return own.id if player_id == found.id else player_id
