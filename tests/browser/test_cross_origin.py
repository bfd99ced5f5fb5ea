"""A page of another site calls the API from a real browser, with what our own clients send and read."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.factories import make_achievement, make_game, make_key, make_known, make_player
from tests.supervised import Stack
from tests.web_process import WebProcess

pytestmark = pytest.mark.browser

CALL = """
async ([url, method, headers, body]) => {
    try {
        const answer = await fetch(url, { method, headers, body, cache: "no-store" });
        const names = ["etag", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"];
        return [answer.status, names.filter((name) => answer.headers.has(name))];
    } catch (error) {
        return [0, []];
    }
}
"""


class Elsewhere(BaseHTTPRequestHandler):
    """A site that has nothing but an empty page; a fulfilled one would count as outside this machine's network."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def port() -> Iterator[int]:
    """Where another site is: two origins, by the host's name and by its number."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def web(live_orm: Stack, port: int) -> Iterator[WebProcess]:
    allowed = f"http://localhost:{port}"
    with WebProcess(live_orm, CORS_ALLOWED_ORIGINS=allowed, RATE_LIMIT_ANONYMOUS="3") as process:
        yield process


@pytest.fixture
def page_at(chromium: Browser, port: int) -> Iterator[Callable[[str], Page]]:
    """A way to the other site, by a host."""
    pages: list[Page] = []

    def open_page(host: str) -> Page:
        pages.append(chromium.new_context().new_page())
        pages[-1].goto(f"http://{host}:{port}/")
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


def test_a_page_elsewhere_sends_and_reads_what_our_clients_do(page_at: Callable[[str], Page], web: WebProcess) -> None:
    game, player = make_game(), make_player()
    achievement, key = make_achievement(game), make_key(game)
    make_known(player, game)
    bearer = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "X-Request-ID": "from-elsewhere"}
    unlock = f'{{"player_id": "{player.id}", "achievement_id": "{achievement.key}"}}'
    page = page_at("localhost")

    def call(path: str, method: str = "GET", body: str | None = None, **headers: str) -> Any:
        sent = {**bearer, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return page.evaluate(CALL, [f"{web.base_url}/api/v1/{path}", method, sent, body])

    board = call("leaderboards/global", If_None_Match='"what I have"')
    link = call(f"players/{player.id}/link-codes", "POST", "{}", Idempotency_Key="once")
    earned = call("achievements/unlock", "POST", unlock)
    stream = call("players/me/notifications/stream", Last_Event_ID="1")
    too_large = call("achievements/unlock", "POST", "x" * 2_000_000)

    exposed = ["ratelimit", "ratelimit-policy", "x-request-id"]
    assert board == [200, ["etag", *exposed]]
    assert link == [201, exposed]
    assert earned == [201, exposed]
    assert stream[0] == 403
    assert too_large == [413, ["x-request-id"]]
    anonymous = [page.evaluate(CALL, [f"{web.base_url}/api/v1/games", "GET", {}, None]) for _ in range(4)]
    assert anonymous[-1] == [429, ["ratelimit", "ratelimit-policy", "retry-after", "x-request-id"]]
    assert page_at("127.0.0.1").evaluate(CALL, [f"{web.base_url}/api/v1/games", "GET", {}, None]) == [0, []]
