"""Where load may go: this machine only."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


class NotLoopbackError(Exception):
    """The target is not this machine."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server on this machine."""

    host: str
    port: int

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def local_target(base_url: str) -> Target:
    """Return the server behind a URL, resolved. Raises: NotLoopbackError unless every address of it is loopback."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if parts.scheme != "http":
        raise NotLoopbackError(f"{base_url}: only http:// on this machine is measured.")
    try:
        addresses = {info[4][0] for info in socket.getaddrinfo(host, parts.port or 80, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise NotLoopbackError(f"{host} is not known on this machine.") from error
    foreign = sorted(str(address) for address in addresses if not ipaddress.ip_address(address).is_loopback)
    if foreign:
        raise NotLoopbackError(f"{host} is {foreign[0]}, which is not this machine. Load goes to loopback only.")
    address = "127.0.0.1" if "127.0.0.1" in addresses else min(str(address) for address in addresses)
    return Target(address, parts.port or 80)
