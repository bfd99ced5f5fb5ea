"""What a connection or a player token depends on, and whether that is still valid."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection

from apps.core.database.sql import text_array
from apps.core.encryption import DecryptionError, decrypt, encrypt
from apps.core.realtime.session_accounts import living_sessions
from apps.core.redis.client import RedisUnavailableError
from apps.games.models import TokenGrant
from apps.players.models import Account

# Returns the invalid ones and those whose player has been merged; unchanged ones return no row. A key acts for a player
# as long as its game knows them, as `known_player` has it; with EXISTS, 500 read the whole table of external ids.
# 500 log-ins took 47 ms of CPU as rows.
_CHANGED = """
SELECT checked.number, player.merged_into_id, held.is_refused FROM unnest(
    %s::text::uuid[], %s::text::uuid[], %s::text::uuid[], %s::text::uuid[], %s::text::uuid[], %s::text::uuid[],
    %s::text::text[]
) WITH ORDINALITY AS checked (player_id, game_id, key_id, account_id, grant_id, device_id, password_mark, number)
LEFT JOIN player ON player.id = checked.player_id
LEFT JOIN player AS became ON became.id = player.merged_into_id
LEFT JOIN account AS players ON players.id = coalesce(became.account_id, player.account_id)
LEFT JOIN account ON account.id = checked.account_id
LEFT JOIN api_key ON api_key.id = checked.key_id
LEFT JOIN token_grant ON token_grant.id = checked.grant_id
LEFT JOIN device ON device.id = checked.device_id
LEFT JOIN LATERAL (
    SELECT id FROM external_identity
    WHERE checked.device_id IS NULL AND player_id = coalesce(player.merged_into_id, player.id)
        AND game_id = checked.game_id AND environment = api_key.environment
    LIMIT 1
) AS known ON checked.key_id IS NOT NULL
CROSS JOIN LATERAL (SELECT coalesce(checked.player_id IS NOT NULL AND (
        player.id IS NULL OR NOT players.is_active OR coalesce(became.banned_at, player.banned_at) IS NOT NULL
        OR checked.account_id IS NOT NULL AND players.id IS DISTINCT FROM checked.account_id)
    OR token_grant.revoked_at IS NOT NULL
    OR checked.device_id IS NOT NULL AND (device.id IS NULL OR device.revoked_at IS NOT NULL
        OR device.player_id <> coalesce(player.merged_into_id, player.id))
    OR checked.key_id IS NOT NULL AND (api_key.id IS NULL OR api_key.revoked_at IS NOT NULL
        OR checked.player_id IS NOT NULL AND checked.device_id IS NULL AND known.id IS NULL)
    OR checked.account_id IS NOT NULL AND (
        account.id IS NULL OR NOT account.is_active
        OR left(encode(sha256(convert_to(account.password || account.session_salt, 'UTF8')), 'hex'), 32)
            IS DISTINCT FROM checked.password_mark)
    OR checked.player_id IS NULL AND NOT EXISTS (
        SELECT FROM membership JOIN game ON game.studio_id = membership.studio_id
        WHERE membership.account_id = checked.account_id AND game.id = checked.game_id), false) AS is_refused) AS held
WHERE held.is_refused OR player.merged_into_id IS NOT NULL
"""


_SESSION = "session of a token grant"

# A player, and the game whose server vouched for them; None where they logged in themselves.
Holder = tuple[UUID, UUID | None]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Credentials of a player, in one game or all; without a player, of a member of the game's studio.

    They outlive the ticket they came with, and end with the session, the key, the device, the account or the player,
    when a key's game no longer knows the player by an external id, and when their token's grant is revoked.
    """

    player_id: UUID | None
    game_id: UUID | None = None
    # The key that issued the ticket, or the token behind it.
    key_id: UUID | None = None
    account_id: UUID | None = None
    # Made by of_session.
    password_mark: str = ""
    session_key: str = ""
    # Set for a token created by a session.
    grant_id: UUID | None = None
    # Set for a token created by a device.
    device_id: UUID | None = None

    @property
    def holder(self) -> Holder | None:
        """Whose connection limit this one counts towards."""
        return (self.player_id, self.game_id if self.key_id else None) if self.player_id else None

    def to_json(self) -> list[str]:
        return [str(getattr(self, field.name) or "") for field in fields(self)]

    @classmethod
    def from_json(cls, values: Sequence[str]) -> "Credentials":
        # Tickets of the release before have no device.
        player, game, key, account, password_mark, session_key, grant, device = (*values, "")[:8]
        ids = _id(player), _shared_id(game), _shared_id(key), _id(account)
        return cls(*ids, password_mark, session_key, _id(grant), _id(device))


def of_session(
    account: AbstractBaseUser, session_key: str, *, player_id: UUID | None, game_id: UUID | None = None
) -> Credentials:
    """Return the credentials of a session just authenticated as the account's."""
    assert isinstance(account, Account)
    # Changes with the password and when the account's sessions are ended, as _CHANGED computes it.
    mark = hashlib.sha256(account.session_basis.encode()).hexdigest()[:32]
    return Credentials(player_id, game_id, account_id=account.pk, password_mark=mark, session_key=session_key)


def seal_session(session_key: str) -> str:
    """Return the encrypted session key that a grant stores: in the clear it would let a reader log in."""
    return encrypt(session_key, purpose=_SESSION)


def of_grant(grant: TokenGrant) -> Credentials | None:
    """Return the credentials of a grant's token; None when its session key can no longer be decrypted."""
    try:
        session_key = decrypt(grant.sealed_session, purpose=_SESSION)
    except DecryptionError:
        return None
    return Credentials(
        grant.player_id,
        grant.game_id,
        account_id=grant.account_id,
        password_mark=grant.password_mark,
        session_key=session_key,
        grant_id=grant.id,
    )


def hold(many: Sequence[Credentials]) -> list[bool]:
    """Return for each whether it is still valid. Cost: at most one round trip to Redis and one query.

    While sessions can't be read they count as valid: an outage of Redis logs nobody out.
    """
    return [state.is_held for state in states_of(many)]


@dataclass(slots=True)
class CredentialState:
    """The current state of credentials: whether they are valid, and whom their player was merged into."""

    is_held: bool = True
    became_id: UUID | None = None


def states_of(many: Sequence[Credentials]) -> list[CredentialState]:
    """Return the current state of each. Cost and outages of Redis: as in `hold`."""
    states = [CredentialState() for _ in many]
    for number, became_id, is_refused in _changed(many):
        states[number - 1] = CredentialState(not is_refused, became_id)
    living = _living({one.session_key for one in many if one.session_key})
    for one, state in zip(many, states, strict=True):
        state.is_held &= living is None or not one.session_key or one.session_key in living
    return states


def _changed(many: Sequence[Credentials]) -> Sequence[tuple[int, UUID | None, bool]]:
    """Return what has changed in PostgreSQL, each with its place in `many`, from 1."""
    if not many:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [text_array(column) for column in zip(*map(_words, many), strict=True)])
        return list(cursor.fetchall())


def _living(session_keys: Collection[str]) -> Collection[str] | None:
    try:
        return living_sessions(session_keys) if session_keys else ()
    except RedisUnavailableError:
        return None


def _words(one: Credentials) -> tuple[str | None, ...]:
    ids = (one.player_id, one.game_id, one.key_id, one.account_id, one.grant_id, one.device_id)
    return *(None if value is None else value.hex for value in ids), one.password_mark or None


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None


# A game's thousands of clients share one game and a few keys.
_shared_id = lru_cache(maxsize=1024)(_id)
