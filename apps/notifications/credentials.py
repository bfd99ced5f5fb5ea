"""On whose word a connection is open, and whether that still holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from apps.core.redis import RedisError
from apps.core.sockets.sessions import is_logged_in, stored_sessions
from apps.games.models import ApiKey, Membership
from apps.players.models import Account, Player


@dataclass(frozen=True, slots=True)
class Credentials:
    """A player's, of one game or of all; without a player, those of a member of the studio that has the game.

    They outlive the ticket or token that they came with, and end with the session, the key, the account or the player.
    """

    player_id: UUID | None
    game_id: UUID | None = None
    # Of the key that minted the ticket, or the token that did.
    key_id: UUID | None = None
    account_id: UUID | None = None
    session_key: str = ""

    def to_json(self) -> list[str]:
        return [str(getattr(self, field.name) or "") for field in fields(self)]

    @classmethod
    def from_json(cls, values: Sequence[str]) -> "Credentials":
        *ids, session_key = values
        player_id, game_id, key_id, account_id = (UUID(text) if text else None for text in ids)
        return cls(player_id, game_id, key_id, account_id, session_key)


def hold(many: Sequence[Credentials]) -> list[bool]:
    """Return for each whether it still holds. Cost: at most one round trip to Redis and four queries.

    While sessions can't be read they hold: Redis being away logs nobody out.
    """
    known = _Known(
        sessions=_sessions({one.session_key for one in many if one.session_key}),
        accounts=_accounts({one.account_id for one in many if one.account_id}),
        players=_players({one.player_id for one in many if one.player_id}),
        keys=_keys({one.key_id for one in many if one.key_id}),
        members=_members([one for one in many if one.player_id is None]),
    )
    return [known.bears_out(one) for one in many]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is true at the moment."""

    sessions: Mapping[str, Mapping[str, Any]] | None
    accounts: Mapping[UUID, Account]
    # The account of each player and whether that is active; players of games have none.
    players: Mapping[UUID, tuple[UUID | None, bool | None]]
    keys: Collection[UUID]
    members: Collection[tuple[UUID, UUID]]

    def bears_out(self, one: Credentials) -> bool:
        if one.key_id is not None and one.key_id not in self.keys:
            return False
        if one.account_id is not None and not self._is_logged_in(one.account_id, one.session_key):
            return False
        if one.player_id is None:
            return (one.account_id, one.game_id) in self.members
        account_id, is_active = self.players.get(one.player_id, (None, False))
        return is_active is not False and one.account_id in {None, account_id}

    def _is_logged_in(self, account_id: UUID, session_key: str) -> bool:
        account = self.accounts.get(account_id)
        if account is None or not account.is_active:
            return False
        if self.sessions is None:
            return True
        return session_key in self.sessions and is_logged_in(account, self.sessions[session_key])


def _sessions(session_keys: Collection[str]) -> Mapping[str, Mapping[str, Any]] | None:
    try:
        return stored_sessions(session_keys) if session_keys else {}
    except RedisError:
        return None


def _accounts(ids: Collection[UUID]) -> Mapping[UUID, Account]:
    return Account.objects.only("password", "is_active").in_bulk(ids) if ids else {}


def _players(ids: Collection[UUID]) -> Mapping[UUID, tuple[UUID | None, bool | None]]:
    found = Player.objects.filter(id__in=ids).values_list("id", "account_id", "account__is_active") if ids else ()
    return {player_id: (account_id, is_active) for player_id, account_id, is_active in found}


def _keys(ids: Collection[UUID]) -> Collection[UUID]:
    return set(ApiKey.objects.filter(id__in=ids, revoked_at=None).values_list("id", flat=True)) if ids else ()


def _members(watching: Sequence[Credentials]) -> Collection[tuple[UUID, UUID]]:
    """Return who is a member of the studio of what, among those who watch."""
    if not watching:
        return ()
    accounts, games = {one.account_id for one in watching}, {one.game_id for one in watching}
    found = Membership.objects.filter(account__in=accounts, studio__games__in=games)
    return set(found.values_list("account_id", "studio__games"))
