"""What Redis alone does: a value as long as a board's page, read by a client that does nothing else."""

import selectors
import socket
from contextlib import ExitStack
from time import perf_counter
from urllib.parse import urlparse

from tests.tools.load.recorder import Recorder, Summary

KEY = b"bench:bare-read"
# A first page of a board, and with the version that it depends on: what a cached page costs at least.
VALUE_BYTES = 25_000
READ = b"*3\r\n$4\r\nMGET\r\n$%d\r\n%b\r\n$%d\r\n%b:version\r\n" % (len(KEY), KEY, len(KEY) + 8, KEY)
ANSWER_BYTES = len(b"*2\r\n$%d\r\n\r\n$-1\r\n" % VALUE_BYTES) + VALUE_BYTES
CHUNK_BYTES = 64 * 1024


def bare_read(url: str, *, clients: int, seconds: float) -> Summary:
    """Read over `clients` connections for `seconds`; the value is gone afterwards."""
    with ExitStack() as cleanup:
        sockets = [cleanup.enter_context(_connected(url)) for _ in range(clients)]
        _run(
            sockets[0],
            b"*3\r\n$3\r\nSET\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(KEY), KEY, VALUE_BYTES, b"x" * VALUE_BYTES),
        )
        try:
            return _read_all(sockets, seconds)
        finally:
            _run(sockets[0], b"*2\r\n$3\r\nDEL\r\n$%d\r\n%b\r\n" % (len(KEY), KEY))


def _connected(url: str) -> socket.socket:
    parts = urlparse(url)
    connected = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=5.0)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if parts.password:
        password = parts.password.encode()
        _run(connected, b"*2\r\n$4\r\nAUTH\r\n$%d\r\n%b\r\n" % (len(password), password))
    return connected


def _run(connected: socket.socket, command: bytes) -> None:
    """Raises: RuntimeError when Redis refuses a command."""
    connected.sendall(command)
    if (answer := connected.recv(CHUNK_BYTES)).startswith(b"-"):
        raise RuntimeError(answer.decode())


def _read_all(sockets: list[socket.socket], seconds: float) -> Summary:
    recorder = Recorder()
    with selectors.DefaultSelector() as selector:
        missing, sent_at = {}, {}
        recorder.started_at = now = perf_counter()
        ends_at = now + seconds
        for one in sockets:
            selector.register(one, selectors.EVENT_READ)
            one.sendall(READ)
            missing[one], sent_at[one] = ANSWER_BYTES, now
        while missing:
            for key, _ in selector.select():
                one: socket.socket = key.fileobj  # type: ignore[assignment]
                missing[one] -= len(one.recv(CHUNK_BYTES))
                if missing[one]:
                    continue
                now = perf_counter()
                recorder.good(now - sent_at[one])
                if now < ends_at:
                    one.sendall(READ)
                    missing[one], sent_at[one] = ANSWER_BYTES, now
                else:
                    del missing[one]
        recorder.ended_at = perf_counter()
    return recorder.summary()
