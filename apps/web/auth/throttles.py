"""Says how long whoever allauth throttles has to wait: its limits alone know no more than that they are used up."""

import time
from math import ceil
from typing import Any

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from apps.core.http.pages import note_throttled

_consume = ratelimit.consume


def consume(request: HttpRequest, *, app: str, action: str, **options: Any) -> ratelimit.RateLimitUsage | None:
    """Count towards an action's limits as allauth does; over one, note on the request when to come back."""
    usage: ratelimit.RateLimitUsage | None = None
    try:
        usage = _consume(request, app=app, action=action, **options)
    finally:
        if usage is None:
            note_throttled(request, _seconds_left(request, app, action, **options))
    return usage


def _seconds_left(
    request: HttpRequest, app: str, action: str, *, config: Any = None, key: Any = None, user: Any = None, **_: Any
) -> int:
    """Return after how many seconds all limits of an action admit one more. Cost: a read of the cache a limit."""
    waits = [1]
    for rate in ratelimit.get_rates(app=app, action=action, config=config):
        # When each was counted, the latest first.
        counted = cache.get(ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key, user=user), [])
        if len(counted) >= rate.amount:
            waits.append(ceil(counted[rate.amount - 1] + rate.duration - time.time()))
    return max(waits)


def install() -> None:
    """Have allauth count through `consume`; it offers no other way to learn which limit refused."""
    ratelimit.consume = consume
