"""Which URLs webhooks may be sent to: studios choose them, and must not reach private networks through us.

A name is resolved once per attempt, all of its addresses are checked, and the connection goes to one of those; a
different DNS answer a moment later changes nothing.
"""

import ipaddress
import queue
import re
import socket
import threading
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from apps.core.errors import InvalidError

URL_LENGTH_MAX = 500
LOOKUP_SECONDS = 3.0
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# IPv6 addresses that embed an IPv4 address are judged by that one; a NAT64 gateway leads there.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Not public, though Python before 3.11.10 takes some for it; and tunnels to IPv4 (6to4, Teredo, local NAT64), which no
# webhook receiver uses.
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4"),
        *("64:ff9b:1::/48", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10"),
    )
)
# URL parsers read such a host as an IPv4 address: 2130706433, 0x7f.1, 127.1
_NUMERIC_END = re.compile(r"(?:\A|\.)(?:[0-9]+|0x[0-9a-f]*)\Z")
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,62}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}[a-z0-9_])?)*")


class WebhookUrlRefusedError(InvalidError):
    code = "webhook_url_refused"
    detail = gettext_noop("Webhooks can't be sent to this URL.")


def require_target(url: str) -> str:
    """Return the URL in normal form if it may be sent to now. Queries DNS.

    Raises: WebhookUrlRefusedError, saying what is wrong.
    """
    host = _host_of(url)
    require_ip_addresses(host)
    parts = urlsplit(url)
    bracketed = f"[{host}]" if ":" in host else host
    netloc = bracketed if parts.port is None else f"{bracketed}:{parts.port}"
    return parts._replace(netloc=netloc, path=parts.path or "/", fragment="").geturl()


def rule_in_words() -> str:
    """Return the sentence that says which URLs this server sends to."""
    if settings.WEBHOOKS_ALLOW_HTTP:
        if settings.WEBHOOKS_ALLOW_PRIVATE:
            return gettext("https or http, at any address. Redirects are not followed.")
        return gettext("https or http, at a public address. Redirects are not followed.")
    if settings.WEBHOOKS_ALLOW_PRIVATE:
        return gettext("https, at any address. Redirects are not followed.")
    return gettext("https, at a public address. Redirects are not followed.")


def require_ip_addresses(host: str, *, seconds: float = LOOKUP_SECONDS) -> list[str]:
    """Return the addresses of a host if all of them may be sent to. Raises: WebhookUrlRefusedError."""
    ip_addresses = look_up(host, seconds=seconds)
    if not ip_addresses:
        raise _refused(gettext("Its host has no address: DNS does not know it, or did not respond."))
    if not settings.WEBHOOKS_ALLOW_PRIVATE and not all(map(is_public, ip_addresses)):
        raise _refused(gettext("Its host is in a private or reserved network. Webhooks go to public addresses only."))
    return ip_addresses


def look_up(host: str, *, seconds: float) -> list[str]:
    """Return the addresses of a host, none when DNS is too slow: the system's resolver has no time-out."""
    response: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    threading.Thread(target=lambda: response.put(_resolve(host)), name="webhook-dns", daemon=True).start()
    try:
        return response.get(timeout=max(0.0, seconds))
    except queue.Empty:
        return []


def is_public(ip_address: str) -> bool:
    """Whether an address is on the public internet, also when it is embedded in another."""
    if "%" in ip_address:
        return False
    found = _unwrapped(ipaddress.ip_address(ip_address))
    is_special = any(found in network for network in _SPECIAL if network.version == found.version)
    return found.is_global and not (found.is_multicast or found.is_reserved or is_special)


def _unwrapped(ip_address: IPAddress) -> IPAddress:
    if isinstance(ip_address, ipaddress.IPv4Address):
        return ip_address
    if ip_address in _NAT64:
        return ipaddress.IPv4Address(int(ip_address) & 0xFFFFFFFF)
    return ip_address.ipv4_mapped or ip_address


def _resolve(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(sockaddr[0]) for _, _, _, _, sockaddr in found))


def _host_of(url: str) -> str:
    """Return the lower-case host of a well-formed URL. Raises: WebhookUrlRefusedError."""
    schemes = ("https", "http") if settings.WEBHOOKS_ALLOW_HTTP else ("https",)
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or len(url) > URL_LENGTH_MAX:
        raise _refused(
            gettext("Write it in ASCII without spaces or backslashes, in at most {maximum} characters.").format(
                maximum=URL_LENGTH_MAX
            )
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(gettext("It is no URL.")) from None
    if parts.scheme not in schemes:
        raise _refused(
            gettext("It must begin with {schemes}.").format(schemes=" or ".join(f"{scheme}://" for scheme in schemes))
        )
    if "@" in parts.netloc:
        raise _refused(gettext("Leave out the name and password; requests are signed instead."))
    if port == 0 or not _is_host(host):
        raise _refused(gettext("Its host must be a name such as hooks.example.com or an address in its usual form."))
    return host


def _is_host(host: str) -> bool:
    if ":" in host or _NUMERIC_END.search(host):
        try:
            # Strict: four decimal numbers without leading zeros, or IPv6 without a zone.
            return "%" not in host and bool(ipaddress.ip_address(host))
        except ValueError:
            return False
    return len(host) <= 253 and bool(_NAME.fullmatch(host))


def _refused(why: str) -> WebhookUrlRefusedError:
    return WebhookUrlRefusedError(f"{WebhookUrlRefusedError.detail} {why}", pointer="/url")
