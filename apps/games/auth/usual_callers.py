"""Callers that the event loop identifies and counts by what this process knows: anonymous ones and live keys."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from apps.core.api.auth.callers import Caller
from apps.core.api.auth.throttles import header_fields_of, policy_of_kind
from apps.core.asgi.micro_batching import MicroBatcher
from apps.core.asgi.responses import Headers
from apps.core.http.ip_addresses import ip_address_of_scope
from apps.core.http.shareable import ANONYMOUS, EVERYONE, KEYLESS, Shareable, publishable_audience
from apps.core.realtime.per_loop import PerLoop
from apps.core.redis.rate_counters import Policy, Verdict, meter
from apps.games.auth import keys
from apps.games.auth.authentication import caller_of_key, publishable_caller
from apps.games.auth.keys import KeyIdentity

_SCHEME = b"Bearer "


def known_key(headers: Mapping[bytes, bytes]) -> KeyIdentity | None:
    """Return the live key of a request, as far as known without a query; None for any other and for a revoked one."""
    authorization = headers.get(b"authorization", b"")
    if not authorization.startswith(_SCHEME):
        return None
    identity = keys.cache.peek(authorization[len(_SCHEME) :].decode("latin-1"))
    return None if identity is None or identity.is_test or identity.revoked_at is not None else identity


class UsualCaller(NamedTuple):
    """Who sent a request; `subject` is what limits count."""

    kind: Literal["anonymous", "key", "publishable"]
    subject: str
    audiences: Sequence[Hashable]
    # The key of who brings one.
    identity: KeyIdentity | None = None

    @property
    def as_in_views(self) -> Caller | None:
        if self.identity is None:
            return None
        return caller_of_key(self.identity) if self.kind == "key" else publishable_caller(self.identity, self.subject)

    def may_call(self, key_scope: str | None, *, is_for_anonymous: bool) -> bool:
        """Whether a view of this access admits the caller."""
        if self.identity is not None and self.kind == "key":
            return key_scope is not None and key_scope in self.identity.scopes
        return is_for_anonymous


class UsualCallers:
    """What the response cache must know of callers."""

    def __init__(self) -> None:
        self._settlements: PerLoop[MicroBatcher[tuple[str, Policy], None]] = PerLoop(
            lambda: MicroBatcher(_settle, batches_max=1, size_max=500)
        )

    def identify(self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> UsualCaller | None:
        if b"authorization" not in headers:
            return UsualCaller("anonymous", ip_address_of_scope(scope), (EVERYONE, ANONYMOUS, KEYLESS))
        if (identity := known_key(headers)) is None:
            return None
        if identity.is_publishable:
            # As public as the game.
            audiences = EVERYONE, ANONYMOUS, publishable_audience(identity.game_id)
            return UsualCaller("publishable", identity.subject_from(ip_address_of_scope(scope)), audiences, identity)
        return UsualCaller("key", identity.caller_id, (EVERYONE, identity.game_id), identity)

    async def admit(self, caller: UsualCaller, shareable: Shareable) -> Headers | None:
        if not caller.may_call(shareable.key_scope, is_for_anonymous=shareable.is_for_anonymous):
            return None
        if shareable.rate is None:
            return []
        is_admitted, verdict = await self.count(caller, shareable.rate)
        if not is_admitted:
            return None
        return [] if verdict is None else header_fields_of(verdict)

    async def count(self, caller: UsualCaller, rate: str) -> tuple[bool, Verdict | None]:
        """Count a call; return whether it is admitted, and what is left of the limit, None without one.

        One that is not admitted has not been counted: Django does, and refuses it where the limit is used up.
        """
        policy = policy_of_kind(caller.kind, rate)
        if not policy.limit:
            return True, None
        verdict = meter.hit_locally(caller.subject, policy)
        if verdict is None and not meter.is_settled(caller.subject, policy):
            # Who calls less often than counts are settled would always take a thread for that.
            await self._settlements().call((caller.subject, policy))
            verdict = meter.hit_locally(caller.subject, policy)
        return verdict is not None, verdict


def _settle(callers: Sequence[tuple[str, Policy]]) -> list[None]:
    meter.settle(callers)
    return [None] * len(callers)
