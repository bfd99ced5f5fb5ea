"""Requests the empty view some twenty times a second: how long everybody else waits meanwhile."""

from time import perf_counter
from types import TracebackType

from tests.tools.load.http_connection import Connection, Response, request_bytes
from tests.tools.load.recorder import Recorder
from tests.tools.load.targets import Target
from tests.tools.load.wire import Wire

BEAT_SECONDS = 0.05


class Pulse:
    """While it is entered; one request at a time, so a standstill shows in the longest of them."""

    def __init__(self, wire: Wire, target: Target) -> None:
        self.recorder = Recorder()
        self._wire = wire
        self._connection = Connection(wire, target)
        self._request = request_bytes("GET", "/api/v1/ping", target)
        self._is_on = False

    def __enter__(self) -> "Pulse":
        self._is_on = True
        self._beat()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_on = False
        self._connection.abandon()

    @property
    def worst_milliseconds(self) -> float:
        return self.recorder.summary().worst or 0.0

    def _beat(self) -> None:
        if not self._is_on:
            return
        if not self._connection.is_busy:
            self._connection.send(self._request, self._note)
        self._wire.call_at(perf_counter() + BEAT_SECONDS, self._beat)

    def _note(self, connection: Connection, response: Response) -> None:
        if response.status == 200:
            self.recorder.good(response.at - connection.sent_at)
        else:
            self.recorder.bad(response.status)
