"""What moves by itself because something happened: the toast, the board's rows, the portal's tail."""

import pytest
from playwright.sync_api import Page, expect

from apps.players.models import Player
from tests.browser.conftest import OpenPage
from tests.browser.room import Room
from tests.factories import make_achievement, make_player

pytestmark = pytest.mark.browser

# Tells the test which rows slid: the distance each animation began at.
RECORD_SLIDES = """
    window.slides = [];
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (frames, options) {
        if (this.dataset.row) window.slides.push([this.dataset.row, frames[0].transform, options.duration]);
        return animate.call(this, frames, options);
    };
"""


def test_own_unlock_rises_as_a_toast(visit: OpenPage, room: Room) -> None:
    achievement = make_achievement(room.game, key="ACH_TOAST", name="Bread for all", points=25)
    page = visit("/", as_email=room.player_email)
    wait_for_news(page, room.players[0])

    room.report(room.players[0], achievement.key)

    toast = page.locator(".toast--earned")
    expect(toast.locator(".toast__name")).to_have_text("Bread for all")
    expect(toast.locator(".toast__line")).to_have_text("25 points in Ember Hollow")
    assert toast.locator("a").get_attribute("href") == f"/games/ember-hollow/#{achievement.id}"


def test_unlock_while_away_is_told_on_return_and_only_once(visit: OpenPage, room: Room) -> None:
    achievement = make_achievement(room.game, key="ACH_AWAY", name="Letters home", points=5)
    page = visit("/", as_email=room.player_email)
    wait_for_news(page, room.players[0])
    page.goto("about:blank")
    room.report(room.players[0], achievement.key)

    page.goto("/games/")
    expect(page.locator(".toast__name")).to_have_text(["Letters home"])
    page.goto("/games/")
    wait_for_news(page, room.players[0])

    expect(page.locator(".toast__name")).to_have_count(0)


def test_board_row_slides_to_its_new_place(visit: OpenPage, room: Room) -> None:
    riser = make_player(handle="riser", display_name="Riser")
    achievement = make_achievement(room.game, key="ACH_SUMMIT", name="Summit", points=900)
    room.report(riser, "ACH_FIRST_LIGHT")
    page = visit("about:blank")
    page.add_init_script(RECORD_SLIDES)
    open_board(page, "riser")

    room.report(riser, achievement.key)

    first = page.locator("#board tbody tr").first
    expect(first.locator(".player-link__handle")).to_have_text("riser")
    expect(first.locator(".board__points")).to_have_text("910")
    expect(first).to_have_class("is-first has-moved")
    rows, starts, durations = zip(*page.evaluate("window.slides"), strict=True)
    assert str(riser.id) in rows
    # It came from below, the one it passed from above.
    assert any(start.startswith("translateY(-") for start in starts)
    assert not starts[rows.index(str(riser.id))].startswith("translateY(-")
    assert set(durations) == {200}


def test_rows_change_places_without_motion_for_who_asked_for_none(visit: OpenPage, room: Room) -> None:
    riser = make_player(handle="still", display_name="Still")
    achievement = make_achievement(room.game, key="ACH_STILL", name="Stillness", points=950)
    room.report(riser, "ACH_FIRST_LIGHT")
    page = visit("about:blank", reduced_motion="reduce")
    page.add_init_script(RECORD_SLIDES)
    open_board(page, "still")

    room.report(riser, achievement.key)

    expect(page.locator("#board tbody tr").first.locator(".player-link__handle")).to_have_text("still")
    assert page.evaluate("window.slides") == []


def test_own_row_is_marked(visit: OpenPage, room: Room) -> None:
    page = visit("/leaderboards/ember-hollow/", as_email=room.player_email)

    mine = page.locator("tr.is-viewer")

    expect(mine).to_have_count(1)
    expect(mine.locator(".player-link__handle")).to_have_text("mira")
    expect(mine.locator(".board__you")).to_have_text("You")


def test_unlock_arrives_in_the_portals_tail(visit: OpenPage, room: Room) -> None:
    achievement = make_achievement(room.game, key="ACH_TAIL", name="Bell ringer", points=5)
    page = visit("/portal/games/ember-hollow/live/", as_email=room.studio_email)
    expect(page.locator("#tail-status")).to_have_text("Live")

    room.report(room.players[5], achievement.key)

    expect(page.locator("[data-row]").first).to_contain_text("Bell ringer")


def open_board(page: Page, handle: str) -> None:
    page.goto("/leaderboards/ember-hollow/")
    expect(page.locator("#board-status")).to_have_text("Live")
    # The relay may still be carrying out the player's first unlock.
    expect(page.locator("#board .player-link__handle", has_text=handle)).to_have_count(1)
    page.evaluate("window.slides = []")


def wait_for_news(page: Page, player: Player) -> None:
    """Return once the page's socket has greeted: it then knows the number of the latest event."""
    page.wait_for_function("key => localStorage.getItem(key) !== null", arg=f"laurel.seq.{player.id}")
    page.wait_for_load_state("networkidle")
