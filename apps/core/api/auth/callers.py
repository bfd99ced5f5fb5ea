"""Who calls the API, and what a view lets them do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy, gettext_noop

from apps.core.errors import DomainError


class Scope(StrEnum):
    """What a key may be allowed to do."""

    READ = "read"
    UNLOCKS_WRITE = "unlocks:write"
    PLAYERS_WRITE = "players:write"
    DEFINITIONS_WRITE = "definitions:write"
    UNLOCKS_REVOKE = "unlocks:revoke"
    ANNOUNCEMENTS_WRITE = "announcements:write"


# What a game server needs. Test keys never get more: what the others change is live.
SERVER_SCOPES = frozenset({Scope.READ, Scope.UNLOCKS_WRITE, Scope.PLAYERS_WRITE})
Kind = Literal["key", "token", "session"]


class NotAuthenticatedError(DomainError):
    code = "not_authenticated"
    status = 401
    detail = gettext_noop("Say who you are: an API key or a player token as `Authorization: Bearer ...`, or log in.")


class CallerNotAllowedError(DomainError):
    """The caller is known, and this is not for their kind."""

    code = "caller_not_allowed"
    status = 403


class ScopeMissingError(DomainError):
    code = "scope_missing"
    status = 403


class LiveKeyNeededError(DomainError):
    code = "live_key_needed"
    status = 403
    detail = gettext_noop("Test keys see and make test data only, and there is none here. Use a live key.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever stands behind a request.

    `id` names them in rate limits and logs. A key has a game, a token a player in a game, a session an account and
    perhaps its player.
    """

    kind: Kind
    id: str
    game_id: UUID | None = None
    player_id: UUID | None = None
    account_id: UUID | None = None
    # The key's own, or of the key that minted the token.
    key_id: UUID | None = None
    is_test: bool = False
    scopes: frozenset[str] = frozenset()
    # Under which a token's player was known when it was minted, where they were merged since.
    former_id: UUID | None = None

    @property
    def own_ids(self) -> tuple[UUID, ...]:
        """The ids of the caller's player, the present one first; none for a key."""
        return tuple(player_id for player_id in (self.player_id, self.former_id) if player_id is not None)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a method: keys with a scope, player tokens, logged-in people, anyone."""

    key: Scope | None = None
    token: bool = False
    session: bool = False
    anonymous: bool = False
    # False where there is no test data to see or make.
    test_keys: bool = True

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of callers that are let in."""
        wanted: tuple[tuple[Kind, bool], ...] = (
            ("key", self.key is not None),
            ("token", self.token),
            ("session", self.session),
        )
        return tuple(kind for kind, is_let_in in wanted if is_let_in)

    def require(self, caller: Caller | None) -> None:
        """Let the caller in. Raises: NotAuthenticatedError, CallerNotAllowedError, ScopeMissingError, ..."""
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


_NAMES = {
    "key": gettext_lazy("API keys"),
    "token": gettext_lazy("player tokens"),
    "session": gettext_lazy("people who log in"),
}


def caller_of(request: Any) -> Caller | None:
    """Return who calls, or None for anyone."""
    caller = request.auth
    return caller if isinstance(caller, Caller) else None


def require_caller(request: object) -> Caller:
    """Return who calls, where the view's access has let no stranger in. Raises: NotAuthenticatedError."""
    caller = caller_of(request)
    if caller is None:
        raise NotAuthenticatedError
    return caller
