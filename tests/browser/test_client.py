"""The JavaScript client in a real Chromium, on a web process that is killed and paths that are blocked."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import log_in
from tests.browser.room import Room
from tests.factories import make_achievement
from tests.supervised import Stack
from tests.web_process import WebProcess

pytestmark = pytest.mark.browser

# Stands between the page and its sockets: sends them where they are refused, mutes them, changes what they receive.
MEDDLE = """
window.isBlocked = window.isDeaf = window.isQuiet = false;
window.heartbeat = 25;
window.opened = 0;
window.WebSocket = class extends WebSocket {
    constructor(url) {
        const at = new URL(url);
        // Nobody listens there.
        if (window.isBlocked) at.port = 65535;
        super(at);
        window.opened += 1;
    }
    set onmessage(handler) {
        super.onmessage = ({ data }) => {
            let text = data.replace('"heartbeat_interval":25', `"heartbeat_interval":${window.heartbeat}`);
            if (window.isQuiet) text = text.replace('"type":"event"', '"type":"event","quiet":true');
            if (!window.isDeaf) handler({ data: text });
        };
    }
};
"""
CONNECT = """
async (options) => {
    const { LaurelClient } = await import("/static/js/client/laurel-client.js");
    window.received = [];
    window.states = [];
    window.client = new LaurelClient({ pollMs: 300, upgradeMs: 1000, ...options });
    client.addEventListener("event", ({ detail }) => received.push(detail.seq));
    client.addEventListener("state", ({ detail }) => states.push(detail.state + ":" + (detail.code ?? "")));
    client.connect();
}
"""


@pytest.fixture(scope="module")
def web(live_stack: Stack) -> Iterator[WebProcess]:
    with WebProcess(live_stack) as process:
        yield process


@pytest.fixture
def page(chromium: Browser, web: WebProcess, room: Room) -> Iterator[Page]:
    """A blank page of the site, of a player who is logged in."""
    context = chromium.new_context(base_url=web.base_url)
    page = context.new_page()
    page.set_default_timeout(20_000)
    log_in(page, room.player_email)
    page.add_init_script(MEDDLE)
    page.goto("/livez")
    yield page
    context.close()


@pytest.fixture
def earn(room: Room) -> Callable[[int], None]:
    """Have the page's player earn so many achievements, by way of another web process."""

    def report(count: int) -> None:
        made = [make_achievement(room.game, key=f"ACH_C{time.time_ns()}", points=1) for _ in range(count)]
        room.report_all([(room.players[0], achievement.key) for achievement in made])

    return report


def live_on(page: Page, transport: str) -> None:
    page.wait_for_function("transport => client.state === 'live' && client.transport === transport", arg=transport)


def received(page: Page, count: int) -> list[int]:
    """Return what was received once it is so many, and a moment has passed in which nothing may come twice."""
    page.wait_for_function("count => received.length >= count", arg=count)
    page.wait_for_timeout(300)
    return list(page.evaluate("received"))


def in_a_row(seqs: list[int], count: int) -> bool:
    return seqs == list(range(seqs[0], seqs[0] + count))


def test_after_the_server_was_killed_the_client_comes_back_and_misses_nothing(
    page: Page, web: WebProcess, earn: Callable[[int], None]
) -> None:
    page.evaluate(CONNECT, {})
    live_on(page, "websocket")
    earn(2)
    received(page, 2)

    web.kill()
    page.wait_for_function("client.state === 'waiting'")
    earn(3)
    web.start()
    live_on(page, "websocket")
    earn(2)

    assert in_a_row(received(page, 7), 7)


def test_where_sockets_are_refused_events_come_by_stream_and_later_by_socket_again(
    page: Page, earn: Callable[[int], None]
) -> None:
    page.evaluate("window.isBlocked = true")
    page.evaluate(CONNECT, {})
    live_on(page, "stream")
    earn(3)
    received(page, 3)

    page.evaluate("window.isBlocked = false")
    live_on(page, "websocket")
    earn(2)

    assert in_a_row(received(page, 5), 5)


def test_where_both_are_refused_the_client_polls_and_later_upgrades_again(
    page: Page, earn: Callable[[int], None]
) -> None:
    page.route("**/notifications/stream*", lambda route: route.fulfill(status=502, body="no"))
    page.evaluate("window.isBlocked = true")
    page.evaluate(CONNECT, {})
    live_on(page, "poll")
    earn(3)
    received(page, 3)
    earn(1)
    received(page, 4)

    page.evaluate("window.isBlocked = false")
    live_on(page, "websocket")
    earn(2)

    assert in_a_row(received(page, 6), 6)


def test_a_server_that_answers_no_heartbeat_is_left_and_found_again(page: Page, earn: Callable[[int], None]) -> None:
    page.evaluate("window.heartbeat = 0.5")
    page.evaluate(CONNECT, {})
    live_on(page, "websocket")

    page.evaluate("window.isDeaf = true")
    page.wait_for_function("states.includes('waiting:4408')")
    earn(2)
    page.evaluate("window.heartbeat = 25; window.isDeaf = false")
    live_on(page, "websocket")

    assert in_a_row(received(page, 2), 2)
    assert page.evaluate("window.opened") >= 2


def test_who_logs_out_elsewhere_is_let_go_for_good(page: Page) -> None:
    page.evaluate(CONNECT, {})
    live_on(page, "websocket")

    other = page.context.new_page()
    other.goto("/accounts/logout/")
    other.locator("main").get_by_role("button").first.click()
    page.wait_for_function("client.state === 'closed'")

    # Once more with whatever cookie there is now, then never again.
    assert page.evaluate("states").count("closed:4401") == 1
    assert page.evaluate("window.opened") == 2


def test_the_oldest_of_six_leaves_for_good(page: Page) -> None:
    page.evaluate(CONNECT, {})
    live_on(page, "websocket")

    for _ in range(5):
        page.evaluate("""async () => {
            const { LaurelClient } = await import("/static/js/client/laurel-client.js");
            const other = new LaurelClient().connect();
            await new Promise((resolve) => other.addEventListener("frame", resolve, { once: true }));
        }""")

    page.wait_for_function("states.includes('closed:4409')")


def test_quiet_events_are_counted_and_show_no_toast(page: Page, room: Room, earn: Callable[[int], None]) -> None:
    page.goto("/games/")
    key = f"laurel.seq.{room.players[0].id}"
    page.wait_for_function("key => localStorage.getItem(key) !== null", arg=key)
    before = int(page.evaluate("key => localStorage.getItem(key)", key))
    page.evaluate("window.isQuiet = true")
    earn(1)
    page.wait_for_function("([key, seq]) => localStorage.getItem(key) === String(seq)", arg=[key, before + 1])

    page.evaluate("window.isQuiet = false")
    earn(1)
    page.locator(".toast--earned").wait_for()

    assert page.locator(".toast").count() == 1
