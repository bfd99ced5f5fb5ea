"""The sockets that web processes of one command accept from, made once by their parent."""

import socket
from contextlib import ExitStack


class AddressError(Exception):
    """Nothing can listen at this address; the message says why."""


def bind(host: str, port: int) -> list[socket.socket]:
    """Return a socket for each address of the host; the first process that serves lets them listen.

    Until then connections are refused, as by one process alone, instead of waiting for a start that may fail.
    Raises: AddressError.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        with ExitStack() as made:
            sockets = [made.enter_context(_bound(family, address)) for family, _, _, _, address in dict.fromkeys(found)]
            made.pop_all()
            return sockets
    except OSError as error:
        raise AddressError(f"Port {port} of {host} can't be used ({error.strerror}).") from None


def _bound(family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made
