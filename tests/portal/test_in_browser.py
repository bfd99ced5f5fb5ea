"""The portal in a real Chromium: what only scripts do, and that everything works without them."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.core.clock import now
from apps.games.actions import amend_achievement, schedule_publication
from apps.games.models import Achievement, Game
from tests.factories import make_account, make_achievement, make_game, make_player, make_set, make_studio
from tests.games.pictures import picture
from tests.supervised import Stack

pytestmark = pytest.mark.browser

PASSWORD = "a long password"
Open = Callable[..., Page]


@dataclass(frozen=True)
class Harbour:
    """A published game of four achievements, with its owner's address."""

    game: Game
    email: str


@pytest.fixture
def open_page(chromium: Browser, live_orm: Stack) -> Iterator[Open]:
    """Log in as that address and open a page; a complaint in the console, a broken CSP among them, fails the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_as(email: str, path: str, **options: Any) -> Page:
        context = chromium.new_context(base_url=live_orm.base_url, **options)
        contexts.append(context)
        page: Page = context.new_page()
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"/accounts/login/?next={path}")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def harbour(live_orm: Stack) -> Harbour:
    owner = make_account(password=PASSWORD)
    game = make_game(studio=make_studio(owner=owner))
    for number, name in enumerate(("First", "Second", "Third", "Fourth"), start=1):
        make_achievement(game, name=name, position=number)
    return Harbour(game, owner.email)


def names_on(page: Page) -> list[str]:
    return page.locator(".portal-table th a.plain-link").all_inner_texts()


def test_moving_by_keyboard_keeps_the_focus_and_says_the_position(open_page: Open, harbour: Harbour) -> None:
    page = open_page(harbour.email, f"/portal/games/{harbour.game.slug}/")
    button = page.get_by_role("button", name="Move Third up")

    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#moved")).to_have_text("Third is number 2 of 4.")
    page.keyboard.press("Enter")
    expect(page.locator("#moved")).to_have_text("Third is number 1 of 4.")

    assert names_on(page) == ["Third", "First", "Second", "Fourth"]
    expect(button).to_be_focused()


def test_the_cards_follow_the_form(open_page: Open, harbour: Harbour, tmp_path: Path) -> None:
    page = open_page(harbour.email, f"/portal/games/{harbour.game.slug}/achievements/new/")
    (tmp_path / "icon.png").write_bytes(picture())

    page.get_by_label("Name").fill("L'été des phares")
    page.get_by_role("spinbutton", name="Points").fill("25")
    page.get_by_label("Kind").select_option("incremental")
    page.get_by_label("Target").fill("1200")
    page.locator("input[name=icon]").set_input_files(tmp_path / "icon.png")

    expect(page.locator("#preview-earned .achievement__name")).to_have_text("L'été des phares")
    expect(page.locator("#preview-locked .achievement__description")).to_contain_text("Target: 1,200.")
    expect(page.locator("#preview-earned img")).to_have_attribute("src", re.compile(r"data:image/png;base64,"))
    expect(page.locator("#preview-locked img")).to_have_class("is-dimmed")
    expect(page.get_by_label("Key")).to_have_attribute("placeholder", "ACH_LETE_DES_PHARES")
    page.get_by_label("Hidden").check()
    expect(page.locator("#preview-hidden")).to_be_visible()
    expect(page.locator("#preview-locked")).to_be_hidden()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("was saved as a draft. Publish it")).to_be_visible()
    made = Achievement.objects.get(game=harbour.game, key="ACH_LETE_DES_PHARES")
    assert (made.points, made.target, made.is_hidden, bool(made.icon)) == (25, 1200, True, True)


def test_a_new_keys_line_works_and_its_unlock_appears_by_itself(open_page: Open, harbour: Harbour) -> None:
    player = make_player()
    live = open_page(harbour.email, f"/portal/games/{harbour.game.slug}/live/")
    expect(live.locator("#tail-status")).to_have_text("Live")
    keys = open_page(harbour.email, f"/portal/games/{harbour.game.slug}/keys/")

    keys.get_by_label("Name").fill("Build server")
    keys.get_by_text("Test", exact=True).click()
    keys.get_by_role("button", name="Create key").click()
    line = keys.locator("pre code").inner_text().replace("PLAYER_ID", str(player.id))
    status = _send(line)

    assert status == 201
    row = live.locator("tr[data-row]")
    expect(row).to_contain_text(player.display_name)
    expect(row.locator(".badge")).to_have_text("Test")


def test_without_scripts_a_newcomer_gets_from_nothing_to_a_published_game(open_page: Open, live_orm: Stack) -> None:
    account = make_account(password=PASSWORD)
    page = open_page(account.email, "/portal/", java_script_enabled=False)

    page.get_by_role("link", name="Create your first game").click()
    page.get_by_label("Studio").fill("Night Harbour")
    page.get_by_label("Name", exact=True).fill("Salt and lamps")
    page.get_by_role("button", name="Create game").click()
    for name in ("First light", "Last light"):
        page.get_by_role("link", name="New achievement").click()
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name="Move Last light up").click()
    page.get_by_role("button", name="Publish Last light").click()
    page.get_by_role("button", name="Publish game").click()

    assert names_on(page) == ["Last light", "First light"]
    game = Game.objects.get(name="Salt and lamps")
    assert (game.is_published, game.studio.name) == (True, "Night Harbour")
    states = Achievement.objects.filter(game=game).order_by("position").values_list("key", "state")
    assert list(states) == [("ACH_LAST_LIGHT", "published"), ("ACH_FIRST_LIGHT", "draft")]


def test_nothing_is_wider_than_a_phone(open_page: Open, harbour: Harbour) -> None:
    make_achievement(harbour.game, name="W" * 80, key="ACH_" + "W" * 56, state="draft")
    edited = Achievement.objects.get(game=harbour.game, name="First")
    amend_achievement(achievement=edited, changes={"name": "V" * 80, "description": "W" * 300, "is_hidden": True})
    schedule_publication(game=harbour.game, achievement=edited, publish_at=now() + timedelta(days=9))
    make_set(harbour.game, "event", title="E" * 80, opens_at=now() - timedelta(days=9), closes_at=now())
    Game.objects.filter(pk=harbour.game.pk).update(name="M" * 80, is_published=False)
    page = open_page(harbour.email, "/portal/", viewport={"width": 320, "height": 780})
    drafts = ("changes/", "changes/history/", f"achievements/{edited.id}/", f"achievements/{edited.id}/history/")
    rest = ("", "keys/", "live/", "import/", "edit/", "achievements/new/")
    pages = [f"games/{harbour.game.slug}/{path}" for path in (*rest, *drafts)]

    for path in ("", "games/new/", *pages):
        page.goto(f"/portal/{path}")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, path


def _send(curl: str) -> int:
    """Send what a curl line would, and return the status."""
    (url,) = re.findall(r"https?://\S+", curl)
    headers = dict(header.split(": ", 1) for header in re.findall(r"-H '([^']+)'", curl))
    (body,) = re.findall(r"-d '([^']+)'", curl)
    assert set(json.loads(body)) == {"player_id", "achievement_id"}
    request = urllib.request.Request(url, body.encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        return int(response.status)
