"""Which rate limit a call counts against, and its headers.

The limits themselves are in achievements_site/rate_limits.py.
"""

from functools import cache
from typing import Any, Literal

from django.conf import settings
from django.utils.translation import gettext

from apps.core.api.auth.callers import Caller
from apps.core.errors import DomainError
from apps.core.redis.rate_counters import VERDICT, WINDOW_SECONDS, Policy, Verdict, meter

Rate = Literal["read", "write", "secret"]


class RateLimitedError(DomainError):
    """The limit is used up; says when to retry."""

    code = "rate_limited"
    status = 429

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.retry_after_seconds = verdict.reset_seconds
        super().__init__(
            gettext("More than {limit:,} calls a minute. Try again in {seconds} seconds.").format(
                limit=verdict.policy.limit, seconds=verdict.reset_seconds
            )
        )


def check(caller: Caller | None, ip_address: str, rate: Rate) -> Verdict | None:
    """Count a call; return the remaining limit, None without one. Raises: RateLimitedError.

    Where secrets could be guessed the address counts too: guests are free, so whoever guesses could be another each
    time.
    """
    policy = policy_of(caller, rate)
    if not policy.limit:
        return None
    if rate == "secret" and caller is not None:
        _admit(ip_address, policy_of(None, rate))
    return _admit(ip_address if caller is None else caller.id, policy)


def _admit(subject: str, policy: Policy) -> Verdict:
    """Raises: RateLimitedError."""
    verdict = meter.hit(subject, policy)
    if not verdict.is_admitted:
        raise RateLimitedError(verdict)
    return verdict


def check_once(environ: dict[str, Any], caller: Caller | None, ip_address: str, rate: Rate) -> Verdict | None:
    """Count a request as `check` does, but once however often it is tried."""
    verdict: Verdict | None = environ.get(VERDICT) or check(caller, ip_address, rate)
    environ[VERDICT] = verdict
    return verdict


def policy_of(caller: Caller | None, rate: Rate) -> Policy:
    return policy_of_kind("anonymous" if caller is None else caller.kind, rate)


def policy_of_kind(kind: str, rate: str) -> Policy:
    """Return the limit of a kind of callers, or of anonymous ones."""
    return _policy(kind, rate, settings.RATE_LIMITS["secret" if rate == "secret" else kind])


@cache
def _policy(kind: str, rate: str, limit: int) -> Policy:
    return Policy(f"{kind}-{rate}", limit, is_exact=rate == "secret")


def headers_of(verdict: Verdict) -> dict[str, str]:
    """Return RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers)."""
    policy, left = (value.decode() for _, value in header_fields_of(verdict))
    return {"RateLimit-Policy": policy, "RateLimit": left}


def header_fields_of(verdict: Verdict) -> list[tuple[bytes, bytes]]:
    """Return headers_of as ASGI headers."""
    policy, prefix = _policy_fields(verdict.policy)
    return [
        (b"ratelimit-policy", policy),
        (b"ratelimit", b"%s;r=%d;t=%d" % (prefix, verdict.remaining, verdict.reset_seconds)),
    ]


@cache
def _policy_fields(policy: Policy) -> tuple[bytes, bytes]:
    name = f'"{policy.name}"'.encode()
    return b"%s;q=%d;w=%d" % (name, policy.limit, WINDOW_SECONDS), name
