"""API callers, and what views allow them: the one module of core that names players and games, by whom they call."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy, gettext_noop

from apps.core.errors import DomainError


class Scope(StrEnum):
    """A permission of a key."""

    READ = "read"
    UNLOCKS_WRITE = "unlocks:write"
    PLAYERS_WRITE = "players:write"
    DEFINITIONS_WRITE = "definitions:write"
    UNLOCKS_REVOKE = "unlocks:revoke"
    ANNOUNCEMENTS_WRITE = "announcements:write"


# What a game server needs. Test keys never get more: the other scopes change live data.
SERVER_SCOPES = frozenset({Scope.READ, Scope.UNLOCKS_WRITE, Scope.PLAYERS_WRITE})
Kind = Literal["key", "token", "session"]
# Of OpenAPI, which the settings describe.
SCHEMES = {"key": "ApiKey", "token": "PlayerToken", "session": "Session"}


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


class LiveKeyNeededError(DomainError):
    code = "live_key_needed"
    status = 403
    detail = gettext_noop("Test keys see and create test data only, and there is none here. Use a live key.")


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated caller of a request.

    `id` identifies them in rate limits and logs. A key has a game, a token a player in a game, a session an account and
    optionally its player.
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

    @property
    def own_ids(self) -> tuple[UUID, ...]:
        """The ids of the caller's player, the current one first; none for a key."""
        return tuple(player_id for player_id in (self.player_id, self.former_id) if player_id is not None)


class UnreadableSession:
    """Stands in request.auth for a session that Redis failed to look up: anonymous, where that suffices."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a method: keys with a scope, player tokens, logged-in people, anyone."""

    key: Scope | None = None
    token: bool = False
    session: bool = False
    anonymous: bool = False
    # False where no test data exists.
    test_keys: bool = True

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of callers that may call."""
        wanted: tuple[tuple[Kind, bool], ...] = (
            ("key", self.key is not None),
            ("token", self.token),
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

    def _wanted(self) -> str:
        return " and ".join(str(_NAMES[kind]) for kind in self.kinds) or gettext("anyone without credentials")


# Anyone; keys and tokens may see more of what is their game's.
PUBLIC = Access(key=Scope.READ, token=True, session=True, anonymous=True)
# Likewise, where there is no test data.
PUBLIC_LIVE = Access(key=Scope.READ, token=True, session=True, anonymous=True, test_keys=False)
# People who log in; nothing acts for them.
PEOPLE = Access(session=True)
# Players for themselves, where there is no test data.
PLAYERS = Access(token=True, session=True, test_keys=False)
_NAMES = {
    "key": gettext_lazy("API keys"),
    "token": gettext_lazy("player tokens"),
    "session": gettext_lazy("people who log in"),
}


def caller_of(request: Any) -> Caller | None:
    """Return the caller, or None for an anonymous one."""
    caller = request.auth
    return caller if isinstance(caller, Caller) else None


def account_id_of(request: object) -> UUID | None:
    """Return the account of who is logged in; None for other callers."""
    caller = caller_of(request)
    return None if caller is None else caller.account_id


def require_caller(request: object) -> Caller:
    """Return the caller, where the view's access excludes anonymous ones. Raises: NotAuthenticatedError."""
    caller = caller_of(request)
    if caller is None:
        raise NotAuthenticatedError
    return caller
