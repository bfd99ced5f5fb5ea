"""Who is at the other end and how they came: what proxies say is believed as far as the proxies are ours.

The one place that reads forwarded headers, for limits, throttles, log-ins, sockets and the log; the server passes on
what its connection says and believes nothing (see asgi/serving.py).
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from django.conf import settings


def client_address(peer: str, forwarded_for: str) -> str:
    """Return the client's address, given the connection's and what X-Forwarded-For says of those before it.

    Each proxy of ours adds whom it heard: with two of them the client is the last but one. Fewer names than proxies, or
    one that is no address, is not our proxies' doing, and the connection's own is the truth.
    """
    trusted: int = settings.TRUSTED_PROXIES
    named = forwarded_for.split(",") if trusted and forwarded_for else []
    return _plain(named[-trusted].strip(), peer) if len(named) >= trusted > 0 else peer


def address_of(request: Any) -> str:
    """Return the address of the client of a request, Django's or DRF's."""
    meta: Mapping[str, Any] = request.META
    return client_address(str(meta.get("REMOTE_ADDR", "")), str(meta.get("HTTP_X_FORWARDED_FOR", "")))


def address_of_scope(scope: Mapping[str, Any]) -> str:
    """Return the address of the client of an ASGI connection."""
    peer, _ = scope.get("client") or ("", 0)
    return client_address(peer, _joined(scope, b"x-forwarded-for"))


def is_secure(scope: Mapping[str, Any]) -> bool:
    """Tell whether an ASGI connection came by TLS, as Django's is_secure does for a request."""
    if settings.TRUSTED_PROXIES and (said := _joined(scope, b"x-forwarded-proto")):
        return said.split(",", 1)[0].strip() in {"https", "wss"}
    return scope.get("scheme") in {"https", "wss"}


def _joined(scope: Mapping[str, Any], name: bytes) -> str:
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def _plain(text: str, otherwise: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return otherwise
