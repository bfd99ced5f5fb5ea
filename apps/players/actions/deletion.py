"""Deletes accounts and players, and what names a person or a device; the rest of it follows through the relay."""

from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError, Q

from apps.core.background.outbox import record
from apps.core.background.wakeup import wake_relay
from apps.core.clock import now
from apps.core.database.sql import change_rows
from apps.players.actions.players import new_handle, note_profile, save_player
from apps.players.actions.renames import hold_handle
from apps.players.errors import OwnerNeededError
from apps.players.events import PlayerRuled, PlayersDeleted, PlayersErased
from apps.players.models import Account, Block, Device, ExternalIdentity, Follow, Guest, Player, Rename


@transaction.atomic
def delete_account(*, account: Account) -> None:
    """Delete an account. Its player stays, with what they have earned and without a name of their own.

    Their handles stay held, without a name too. Nothing acts for the player any more.

    Raises: OwnerNeededError for a studio's only owner.
    """
    player_ids = _take_names(Q(account=account) | Q(merged_into__account=account))
    emails = EmailAddress.objects.filter(user=account).values_list("email", flat=True)
    _clear_log([account.pk], [account.email, *emails])
    try:
        account.delete()
    except ProtectedError as error:
        # Nothing but memberships is protected from an account's end.
        raise OwnerNeededError from error
    record([PlayersErased(player_ids, is_whole=False)])
    transaction.on_commit(wake_relay)


@transaction.atomic
def delete_player(*, player: Player) -> None:
    """Delete a player, and those merged into them. Their handles stay held, without a name.

    At once they have no name and are shown nowhere; they are gone once boards and counters do without them.
    """
    player_ids = _take_names(Q(pk=player.pk) | Q(merged_into=player.pk))
    Player.objects.filter(pk__in=player_ids).update(banned_at=now())
    record([*map(PlayerRuled, player_ids), PlayersDeleted(player_ids)])
    transaction.on_commit(wake_relay)


def erase(events: Sequence[PlayersErased], *, always: Collection[str] = (), whole: Collection[str] = ()) -> None:
    """Delete the players' rows of tables that have a player_id, one statement a table.

    `whole` are the tables that stay with a player whose account alone is deleted.
    """
    of_persons = [player_id for event in events for player_id in event.player_ids]
    of_players = [player_id for event in events if event.is_whole for player_id in event.player_ids]
    for tables, player_ids in ((always, of_persons), (whole, of_players)):
        for table in tables if player_ids else ():
            change_rows(f"DELETE FROM {table} WHERE player_id = ANY (%s)", [player_ids])  # noqa: S608 - of constants


def _take_names(condition: Q) -> tuple[UUID, ...]:
    """Delete what names these players and their devices, or acts for them; return their ids."""
    players = list(Player.objects.select_for_update(of=("self",)).filter(condition).order_by("pk"))
    player_ids = tuple(player.pk for player in players)
    for model in (Device, ExternalIdentity, Guest):
        model.objects.filter(player__in=player_ids).delete()
    Follow.objects.filter(Q(follower__in=player_ids) | Q(followed__in=player_ids)).delete()
    Block.objects.filter(Q(blocker__in=player_ids) | Q(blocked__in=player_ids)).delete()
    Rename.objects.filter(player__in=player_ids).update(handle="")
    _clear_log(player_ids)
    for player in players:
        _take_name(player)
    return player_ids


def _take_name(player: Player) -> None:
    hold_handle(None, player.handle)
    if player.avatar:
        transaction.on_commit(partial(_delete_picture, player.avatar.name or ""))
    player.handle = player.display_name = new_handle()
    player.avatar, player.time_zone, player.erased_at = "", "UTC", now()
    save_player(player, {"handle", "display_name", "avatar", "time_zone", "erased_at"})
    note_profile(player.pk)


def _delete_picture(name: str) -> None:
    """Delete a picture that no player has any more; those of the same content are one file."""
    if not Player.objects.filter(avatar=name).exists():
        default_storage.delete(name)


def _clear_log(ids: Collection[UUID], names: Collection[str] = ()) -> None:
    """Clear the names from what the admin logged of these; it logs a deletion before it happens."""
    of_them = Q(object_id__in=[str(pk) for pk in ids]) | Q(object_repr__in=names)
    LogEntry.objects.filter(of_them).update(object_repr="")
