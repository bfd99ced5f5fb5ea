"""Writes of players."""

import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from apps.core.background.outbox import record
from apps.players.actions.renames import record_rename, require_may_rename
from apps.players.errors import HandleReservedError, HandleTakenError, PlayerHasAccountError
from apps.players.events import ProfileChanged, RegionChanged
from apps.players.former_handles import is_held_for_others
from apps.players.handles import is_reserved, shape_of
from apps.players.locks import lock_external_id
from apps.players.models import Account, ExternalIdentity, Player, PlayerDescription, Region

# For generated handles, player-7k2m9x3q: 40 bits, so that collisions are rare and retried.
HANDLE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
HANDLE_LENGTH = 8
HANDLE_ATTEMPTS = 5
# For games that give no region.
DEFAULT_REGION = Region.EUROPE


@dataclass(frozen=True, slots=True)
class FoundPlayer:
    """The player that a game requested; `ignored` lists members that only the player's owner may change."""

    player: Player
    is_new: bool = False
    ignored: tuple[str, ...] = ()


def create_player(
    *,
    handle: str,
    display_name: str,
    region: str,
    time_zone: str = "UTC",
    account: Account | None = None,
    is_test: bool = False,
) -> Player:
    """Create a player, with or without an account. Raises: HandleTakenError, HandleReservedError."""
    player = Player(
        handle=handle,
        display_name=display_name,
        region=region,
        time_zone=time_zone,
        account=account,
        is_test=is_test,
    )
    with _handle_free(player):
        player.save(force_insert=True)
    return player


def describe_player(*, account: Account, handle: str, display_name: str, region: str) -> None:
    """Store the profile that an account gets once its address is confirmed. Until then the handle stays free."""
    PlayerDescription.objects.create(account=account, handle=handle, display_name=display_name, region=region)


@transaction.atomic
def create_described_player(*, account: Account, **changes: str) -> Player | None:
    """Create the player an account was described with, with these changes; None without a description.

    Raises: HandleTakenError; the description stays.
    """
    described = PlayerDescription.objects.select_for_update().filter(account=account).first()
    if described is None and not changes:
        return None
    profile = {name: getattr(described, name, "") for name in ("handle", "display_name", "region")} | changes
    player = create_player(
        handle=profile["handle"], display_name=profile["display_name"], region=profile["region"], account=account
    )
    PlayerDescription.objects.filter(account=account).delete()
    return player


@transaction.atomic
def edit_player(*, player_id: UUID, **changes: str) -> Player:
    """Change a player's handle, display_name, region, time_zone or visibility; values are validated already.

    A handle given up is held for its player. Raises: HandleTakenError, HandleReservedError, RenamedTooOftenError.
    """
    player = Player.objects.select_for_update().get(pk=player_id)
    former_handle = player.handle
    changed = {name for name, value in changes.items() if getattr(player, name) != value}
    require_may_rename(player, changed)
    for name, value in changes.items():
        setattr(player, name, value)
    save_player(player, changed)
    record_rename(player, changed, former_handle)
    if "region" in changed:
        record([RegionChanged(player.id)])
    if changed - {"region", "time_zone"}:
        note_profile(player.id)
    return player


def edit_player_of_game(*, player_id: UUID, **changes: str) -> Player:
    """Change a player whom only games know. Raises: PlayerHasAccountError, and what edit_player does."""
    with transaction.atomic():
        # Under the lock that linking an account takes, which may be running right now.
        player = Player.objects.select_for_update().get(pk=player_id)
        if player.account_id is not None:
            raise PlayerHasAccountError
        return edit_player(player_id=player_id, **changes)


def note_profile(player_id: UUID) -> None:
    """Invalidate everything cached about a player's profile. In the caller's transaction."""
    record([ProfileChanged(player_id)])


@transaction.atomic
def find_or_create_by_external_id(
    *,
    game_id: UUID,
    environment: str,
    external_id: str,
    handle: str | None = None,
    display_name: str | None = None,
    region: str | None = None,
) -> FoundPlayer:
    """Return the player with this external id, updated as the game describes them, or a new one.

    A player with an account describes themselves; the game's values are ignored. Of concurrent calls one creates.
    Raises: HandleTakenError.
    """
    with connection.cursor() as cursor:
        lock_external_id(cursor, game_id, environment, external_id)
    known = ExternalIdentity.objects.filter(game_id=game_id, environment=environment, external_id=external_id)
    identity = known.select_related("player__merged_into").first()
    if identity is not None:
        sent = {"handle": handle, "display_name": display_name, "region": region}
        return _described(identity.player.merged_into or identity.player, sent)
    described: dict[str, Any] = {"region": region or str(DEFAULT_REGION), "is_test": environment == "test"}
    if handle is not None:
        player = create_player(handle=handle, display_name=display_name or handle, **described)
    else:
        player = create_player_with_new_handle(display_name=display_name, **described)
    ExternalIdentity.objects.create(game_id=game_id, environment=environment, external_id=external_id, player=player)
    return FoundPlayer(player, is_new=True)


def _described(player: Player, sent: Mapping[str, str | None]) -> FoundPlayer:
    """Update a player with a game's values; without a difference nothing is written."""
    described = {name: value for name, value in sent.items() if value is not None}
    changes = {name: value for name, value in described.items() if getattr(player, name) != value}
    if changes:
        # Under the lock that linking an account takes, which may be running right now.
        player = Player.objects.select_for_update().get(pk=player.pk)
    if player.account_id is not None:
        return FoundPlayer(player, ignored=tuple(described))
    return FoundPlayer(edit_player(player_id=player.id, **changes) if changes else player)


def save_player(player: Player, changed: Collection[str]) -> None:
    """Save these members, a handle with its shape. Raises: HandleTakenError, HandleReservedError."""
    if "handle" not in changed:
        player.save(update_fields=changed)
        return
    player.handle_shape = shape_of(player.handle)
    with _handle_free(player):
        player.save(update_fields={*changed, "handle_shape"})


@contextmanager
def _handle_free(player: Player) -> Iterator[None]:
    """Save a player with a new handle inside.

    Raises: HandleTakenError, HandleReservedError, leaving the surrounding transaction usable.
    """
    if is_reserved(player.handle):
        raise HandleReservedError(pointer="/handle")
    try:
        with transaction.atomic():
            yield
            # After the save, which waits for whoever is just giving the handle up.
            if is_held_for_others(player.handle, player):
                raise HandleTakenError(pointer="/handle")
    except IntegrityError as error:
        if "player_handle" in str(error):
            raise HandleTakenError(pointer="/handle") from error
        raise


def new_handle() -> str:
    """Return a generated handle, such as player-7k2m9x3q; as good as nobody has it."""
    return "player-" + "".join(secrets.choice(HANDLE_ALPHABET) for _ in range(HANDLE_LENGTH))


def create_player_with_new_handle(*, display_name: str | None, region: str, is_test: bool) -> Player:
    """Create a player without an account under a generated handle. Raises: HandleTakenError, hardly ever."""
    for attempt in range(HANDLE_ATTEMPTS):
        handle = new_handle()
        try:
            return create_player(handle=handle, display_name=display_name or handle, region=region, is_test=is_test)
        except HandleTakenError:
            if attempt == HANDLE_ATTEMPTS - 1:
                raise
    raise HandleTakenError
