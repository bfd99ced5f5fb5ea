"""The client's IP address and scheme: forwarded headers are trusted as far as the proxies are ours.

The only reader of forwarded headers, for limits, throttles, log-ins, sockets and the log; the server passes on the
connection's address and trusts no header (see asgi/uvicorn_config.py).
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings


def client_ip_address(peer: str, forwarded_for: str) -> str:
    """Return the client's IP address, given the connection's and X-Forwarded-For.

    Each of our proxies appends the address it saw: with two of them the client is the last but one. With fewer
    addresses than proxies, or a malformed one, the header is not from our proxies, and the connection's address counts.
    """
    trusted: int = settings.TRUSTED_PROXIES
    named = forwarded_for.split(",") if trusted and forwarded_for else []
    return _plain(named[-trusted].strip(), peer) if len(named) >= trusted > 0 else _plain(peer, peer)


def ip_address_of(request: Any) -> str:
    """Return the client's IP address of a request, Django's or DRF's."""
    meta: Mapping[str, Any] = request.META
    return client_ip_address(str(meta.get("REMOTE_ADDR", "")), str(meta.get("HTTP_X_FORWARDED_FOR", "")))


def ip_address_of_scope(scope: Mapping[str, Any]) -> str:
    """Return the client's IP address of an ASGI connection."""
    peer, _ = scope.get("client") or ("", 0)
    return client_ip_address(peer, _joined(scope, b"x-forwarded-for"))


def is_secure(scope: Mapping[str, object]) -> bool:
    """Return whether an ASGI connection used TLS, as Django's is_secure does for a request."""
    if settings.TRUSTED_PROXIES and (said := _joined(scope, b"x-forwarded-proto")):
        return said.split(",", 1)[0].strip() in {"https", "wss"}
    return scope.get("scheme") in {"https", "wss"}


def is_within(text: str, networks: Iterable[str]) -> bool:
    """Return whether an IP address is in one of the networks."""
    try:
        return any(ip_address(text) in ip_network(network) for network in networks)
    except ValueError:
        # A socket's path, or one that a proxy invented.
        return False


def _joined(scope: Mapping[str, Any], name: bytes) -> str:
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


@lru_cache(maxsize=4096)
def _plain(text: str, otherwise: str) -> str:
    """Return an address in its one form: IPv4 as itself, also where a socket for both has it as ::ffff:192.0.2.7."""
    try:
        address = ip_address(text)
    except ValueError:
        return otherwise
    return str(getattr(address, "ipv4_mapped", None) or address)
