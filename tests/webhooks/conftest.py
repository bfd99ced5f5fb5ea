"""A studio's receiver: a real HTTP server that verifies what it gets, and answers as a test wants."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook

from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from apps.webhooks.actions import IssuedSecret, create_endpoint
from apps.webhooks.event_types import CHOICES
from apps.webhooks.models import WebhookEndpoint
from apps.webhooks.sending import send_webhooks
from tests.factories import make_achievement

MOMENT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PATIENCE_SECONDS = 20.0
Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    def verified(self, secret: str) -> Any:
        """Return what was said, after the specification's own library has checked who says it."""
        return Webhook(secret).verify(self.body, self.headers)

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Receiver:
    """What came in, and what is answered: a status or a behaviour each, the last one for ever."""

    url: str = ""
    responses: list[int | Behaviour] = field(default_factory=lambda: [200])
    received: list[Received] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def response(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self.lock:
            self.received.append(Received(handler.path, dict(handler.headers), body))
            chosen = self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]
        if not isinstance(chosen, int):
            chosen(handler)
            return
        handler.send_response(chosen)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"ok")

    @property
    def ids(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.received]


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Senders hang up on some of these on purpose."""


def serve(receiver: Receiver, host: str = "127.0.0.1", port: int = 0) -> Server:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.response(self)

        do_GET = do_POST  # noqa: N815 - http.server's name

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = Server((host, port), Handler)
    receiver.url = f"http://{host}:{server.server_port}/hooks"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    server = serve(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def private_targets(settings: Any) -> None:
    """Let receivers on this machine be sent to, in the clear; tests of what is refused take it back."""
    settings.WEBHOOKS_ALLOW_PRIVATE = settings.WEBHOOKS_ALLOW_HTTP = True


@pytest.fixture
def issued(game: Game, receiver: Receiver) -> IssuedSecret:
    """An endpoint of the game that wants everything, with its secret. One achievement nobody earns keeps it going."""
    make_achievement(game, key="ACH_NEVER_EARNED")
    return create_endpoint(game=game, url=receiver.url, event_types=list(CHOICES))


@pytest.fixture
def endpoint(issued: IssuedSecret) -> WebhookEndpoint:
    return issued.endpoint


def report(player: Player, *achievements: Achievement, is_test: bool = False) -> None:
    reports = [Report(item.game_id, player.id, item.id, None, None) for item in achievements]
    record_unlocks(reports=reports, is_test=is_test)


@pytest.fixture
def earn(alice: Player, game: Game, relay: Callable[[], int]) -> Callable[..., list[Achievement]]:
    """Have Alice earn so many achievements of the game, and the relay send it."""

    def unlock(count: int = 1) -> list[Achievement]:
        achievements = [make_achievement(game) for _ in range(count)]
        report(alice, *achievements)
        relay()
        return achievements

    return unlock


def deliver() -> int:
    """Send what is due, as a worker does; return how many deliveries that took."""
    total = 0
    while sent := send_webhooks.work():
        total += sent
    return total
