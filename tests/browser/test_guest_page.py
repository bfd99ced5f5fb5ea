"""The page that the documentation shows, on a site of its own: a game without a server, and for a while no network."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from apps.core.clock import now
from apps.games.models import Game
from apps.players.models import Device
from apps.unlocks.models import JournalEntry, Source, Unlock
from apps.web.views.docs import code
from tests.browser.conftest import log_in
from tests.browser.room import Room
from tests.factories import make_achievement, make_game, make_publishable_key
from tests.live import wait_until

pytestmark = pytest.mark.browser

KEY, OLD_KEY = "ACH_FIRST_LIGHT", "ACH_OLD_LIGHT"


class Site:
    """A site with one page, at two origins: by the host's name and by its number."""

    def __init__(self) -> None:
        self.page = b""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(site.page)))
                self.end_headers()
                self.wfile.write(site.page)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_port}"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture
def game(room: Room, site: Site) -> Game:
    """A game whose page is on the site, with a key that names it."""
    game = make_game()
    make_achievement(game, key=KEY, setter="client")
    make_achievement(game, key=OLD_KEY, setter="client")
    text = code("guests/game.htm", f"{room.stack.base_url}/api/v1")
    site.page = text.replace("lk_pub_YOUR_KEY", make_publishable_key(game, "live", site.origin)).encode()
    return game


@pytest.fixture
def visit_site(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open the site in a browser, whose storage may be another's: one that was closed, or killed."""
    contexts: list[BrowserContext] = []

    def open_site(storage: Any = None, origin: str = site.origin) -> Page:
        contexts.append(chromium.new_context(storage_state=storage))
        page = contexts[-1].new_page()
        page.goto(f"{origin}/")
        return page

    yield open_site
    for context in contexts:
        context.close()


def test_a_page_without_a_server_earns_offline_and_is_linked_to_an_account(
    visit_site: Callable[..., Page], chromium: Browser, room: Room, game: Game
) -> None:
    page = visit_site()
    page.context.set_offline(True)
    page.get_by_role("button", name="Light the lamp").click()
    expect(page.locator("output")).to_contain_text("Later")
    stored = page.context.storage_state()
    # As a process that is killed: what was on disk is there, among it what was earned 15 days ago.
    page.context.close()
    assert not Device.objects.filter(game_id=game.id).exists()

    again = visit_site(with_older(stored, OLD_KEY))
    expect(again.locator("output")).to_have_text("2 achievements earned")
    again.reload()
    again.get_by_role("button", name="Light the lamp").click()
    expect(again.locator("output")).to_have_text("0 achievements earned")
    again.get_by_role("button", name="Link with my account").click()
    expect(again.locator("output")).to_have_text(re.compile("^[0-9A-Z]{4}-[0-9A-Z]{4}$"))
    link_in_account(chromium, room, again.locator("output").inner_text())

    device = Device.objects.get(game_id=game.id)
    mine = Unlock.objects.filter(game=game, player=device.player)
    wait_until(lambda: mine.count() == 2, "the unlocks moved to the account's player")
    assert device.player.account is not None
    assert device.player.account.email == room.player_email
    assert set(Unlock.objects.filter(game=game).values_list("player", "source")) == {
        (device.player_id, Source.PUBLISHABLE)
    }
    entries = JournalEntry.objects.filter(device=device).order_by("sequence")
    assert list(entries.values_list("outcome", "is_late")) == [
        ("unlocked", True), ("unlocked", False), ("repeated", False)
    ]  # fmt: skip


def test_a_page_whose_device_was_deleted_goes_on_with_a_new_one(visit_site: Callable[..., Page], game: Game) -> None:
    page = visit_site()
    page.get_by_role("button", name="Link with my account").click()
    expect(page.locator("output")).to_have_text(re.compile("^[0-9A-Z]{4}-[0-9A-Z]{4}$"))
    page.context.set_offline(True)
    page.get_by_role("button", name="Light the lamp").click()
    expect(page.locator("output")).to_contain_text("Later")
    deleted = Device.objects.get(game_id=game.id)
    Device.objects.filter(pk=deleted.pk).delete()

    page.context.set_offline(False)

    expect(page.locator("output")).to_have_text("1 achievement earned")
    assert Unlock.objects.get(game=game).player_id != deleted.player_id
    assert JournalEntry.objects.get(device__game_id=game.id).outcome == "unlocked"


def test_a_page_of_another_site_can_not_use_the_key(visit_site: Callable[..., Page], site: Site, game: Game) -> None:
    page = visit_site(origin=site.origin.replace("localhost", "127.0.0.1"))

    page.get_by_role("button", name="Light the lamp").click()

    expect(page.locator("output")).to_contain_text("Later")
    assert not Device.objects.filter(game_id=game.id).exists()


def with_older(stored: Any, key: str) -> Any:
    """Return a browser's storage in which this was earned 15 days ago, before all else."""
    (item,) = stored["origins"][0]["localStorage"]
    state = json.loads(item["value"])
    state["earned"].insert(0, [key, (now() - timedelta(days=15)).isoformat()])
    item["value"] = json.dumps(state)
    return stored


def link_in_account(chromium: Browser, room: Room, link_code: str) -> None:
    page = chromium.new_context(base_url=room.stack.base_url).new_page()
    log_in(page, room.player_email)
    page.goto("/account/link/")
    page.locator("main input[name=code]").fill(link_code)
    page.locator("main").get_by_role("button", name="Link game").click()
    page.wait_for_load_state()
    page.context.close()
