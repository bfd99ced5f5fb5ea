"""Which requests the event loop reads itself: whatever may mean more to Django than its address goes there."""

from apps.core.asgi.request_bodies import Scope
from apps.core.http.security import is_our_name, is_refused_in_the_clear

# Whoever sends one of these goes to Django, whatever it does with it.
_UNUSUAL = frozenset(
    {
        *(b"cookie", b"origin", b"range", b"if-range", b"if-match", b"if-modified-since", b"if-unmodified-since"),
        *(b"content-encoding", b"transfer-encoding", b"expect", b"x-forwarded-host", b"access-control-request-method"),
    }
)


def usual_headers(scope: Scope) -> dict[bytes, bytes] | None:
    """Return the headers of a usual request; None for one that Django must read."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    # A header sent twice has another meaning for Django.
    is_usual = len(headers) == len(scope["headers"]) and _UNUSUAL.isdisjoint(headers)
    if not is_usual or not is_our_name(headers.get(b"host", b"")) or is_refused_in_the_clear(scope):
        return None
    return headers
