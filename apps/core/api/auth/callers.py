"""API callers, and what views allow them: the one module of core that names players and games, by whom they call."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy, gettext_noop

from apps.core.errors import DomainError
from apps.core.http.shareable import KEYLESS, publishable_audience


class Scope(StrEnum):
    """A permission of a key."""

    READ = "read"
    UNLOCKS_WRITE = "unlocks:write"
    PLAYERS_WRITE = "players:write"
    DEFINITIONS_WRITE = "definitions:write"
    UNLOCKS_REVOKE = "unlocks:revoke"
    ANNOUNCEMENTS_WRITE = "announcements:write"
    IMPORT = "import"


# What a game server needs. Test keys never get more: the other scopes change live data.
SERVER_SCOPES = frozenset({Scope.READ, Scope.UNLOCKS_WRITE, Scope.PLAYERS_WRITE})
Kind = Literal["key", "publishable", "token", "session"]
# Of OpenAPI, which the settings describe.
SCHEMES = {"key": "ApiKey", "publishable": "PublishableKey", "token": "PlayerToken", "session": "Session"}


class NotAuthenticatedError(DomainError):
    code = "not_authenticated"
    status = 401
    detail = gettext_noop("Say who you are: an API key or a player token as `Authorization: Bearer ...`, or log in.")


class CallerNotAllowedError(DomainError):
    """The caller is authenticated, but of a kind that may not call this."""

    code = "caller_not_allowed"
    status = 403


class ScopeMissingError(DomainError):
    code = "scope_missing"
    status = 403


class DeviceNeededError(DomainError):
    code = "device_needed"
    status = 403
    detail = gettext_noop("Call this with a token that a device created with its credential.")


class PublishableTokenError(DomainError):
    code = "publishable_token"
    status = 403
    detail = gettext_noop(
        "A device created this token through a publishable key: nobody vouches for it here. Do this logged in, or have "
        "the game's server do it."
    )


class LiveKeyNeededError(DomainError):
    code = "live_key_needed"
    status = 403
    detail = gettext_noop("Test keys see and create test data only, and there is none here. Use a live key.")


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated caller of a request.

    `id` identifies them in rate limits and logs. A key has a game, a token a player in a game, a session an account and
    optionally its player. A publishable key is a game's too, and as public as the game: it identifies nobody.
    """

    kind: Kind
    id: str
    game_id: UUID | None = None
    player_id: UUID | None = None
    account_id: UUID | None = None
    # The key itself, or the one that created the token.
    key_id: UUID | None = None
    is_test: bool = False
    scopes: frozenset[str] = frozenset()
    # The player's id when the token was created, if they have been merged since.
    former_id: UUID | None = None
    # The device that created the token through a publishable key: nobody but the client vouches for what it says.
    device_id: UUID | None = None

    @property
    def own_ids(self) -> tuple[UUID, ...]:
        """The ids of the caller's player, the current one first; none for a key."""
        return tuple(player_id for player_id in (self.player_id, self.former_id) if player_id is not None)


class UnreadableSession:
    """Stands in request.auth for a session that Redis failed to look up: anonymous, where that suffices."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a method: keys with a scope, publishable keys, player tokens, logged-in people, anyone.

    What anyone may call, a publishable key may.
    """

    key: Scope | None = None
    publishable: bool = False
    token: bool = False
    # Of tokens, only those that devices created.
    device: bool = False
    session: bool = False
    anonymous: bool = False
    # False where no test data exists.
    test_keys: bool = True
    # Whether somebody must vouch for a token: a server or a log-in, where a device that anybody may be does not do.
    vouched: bool = False

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of callers that may call."""
        wanted: tuple[tuple[Kind, bool], ...] = (
            ("key", self.key is not None),
            ("publishable", self.publishable or self.anonymous),
            ("token", self.token or self.device),
            ("session", self.session),
        )
        return tuple(kind for kind, is_let_in in wanted if is_let_in)

    def require(self, caller: Caller | None) -> None:
        """Check a caller. Raises: NotAuthenticatedError, CallerNotAllowedError, ScopeMissingError, ..."""
        if caller is None:
            if not self.anonymous:
                raise NotAuthenticatedError
            return
        if caller.kind not in self.kinds:
            raise CallerNotAllowedError(
                gettext("This is not for {caller}, but for {wanted}.").format(
                    caller=_NAMES[caller.kind], wanted=self._wanted()
                )
            )
        if caller.kind == "key" and self.key is not None and self.key not in caller.scopes:
            raise ScopeMissingError(
                gettext("This key lacks the scope {scope}. Create one that has it, under Keys.").format(scope=self.key)
            )
        if caller.is_test and not self.test_keys:
            raise LiveKeyNeededError
        if self.vouched and caller.device_id is not None:
            raise PublishableTokenError
        if caller.kind == "token" and not self.token:
            device_of(caller)

    def _wanted(self) -> str:
        return " and ".join(str(_NAMES[kind]) for kind in self.kinds) or gettext("anyone without credentials")


# Anyone; keys and tokens may see more of what is their game's.
PUBLIC = Access(key=Scope.READ, token=True, session=True, anonymous=True)
# Likewise, where there is no test data.
PUBLIC_LIVE = Access(key=Scope.READ, token=True, session=True, anonymous=True, test_keys=False)
# Games that are shipped with a publishable key and have no server.
SHIPPED = Access(publishable=True)
# People who log in; nothing acts for them.
PEOPLE = Access(session=True)
# Players for themselves, where there is no test data.
PLAYERS = Access(token=True, session=True, test_keys=False)
_NAMES = {
    "key": gettext_lazy("API keys"),
    "publishable": gettext_lazy("publishable keys"),
    "token": gettext_lazy("player tokens"),
    "session": gettext_lazy("people who log in"),
}


def audience_of(caller: Caller | None) -> Hashable | None:
    """Return who may also be sent what this caller is, where only their game and kind matter; None for nobody."""
    if caller is None:
        return KEYLESS
    if caller.kind == "publishable":
        return publishable_audience(caller.game_id)
    return caller.game_id if caller.kind == "key" else None


def caller_of(request: Any) -> Caller | None:
    """Return the caller, or None for an anonymous one."""
    caller = request.auth
    return caller if isinstance(caller, Caller) else None


def is_person(caller: Caller | None) -> bool:
    """Whether a caller acts for one person, and so may see more than others do."""
    return caller is not None and caller.kind in {"token", "session"}


def account_id_of(request: object) -> UUID | None:
    """Return the account of who is logged in; None for other callers."""
    caller = caller_of(request)
    return None if caller is None else caller.account_id


def device_of(caller: Caller) -> UUID:
    """Return the device that created a caller's token. Raises: DeviceNeededError."""
    if caller.device_id is None:
        raise DeviceNeededError
    return caller.device_id


def require_caller(request: object) -> Caller:
    """Return the caller, where the view's access excludes anonymous ones. Raises: NotAuthenticatedError."""
    caller = caller_of(request)
    if caller is None:
        raise NotAuthenticatedError
    return caller
