"""What moves by itself because something happened: the toast, the board's rows, the portal's tail."""

import re

import pytest
from playwright.sync_api import Page, expect

from apps.core.clock import now
from apps.notifications import delivery, preferences
from apps.notifications.inbox.actions import mark_read
from apps.notifications.inbox.queries import read_mark_of
from apps.notifications.kinds.base import Note
from apps.players.models import Player
from tests.browser.conftest import OpenPage
from tests.browser.room import PASSWORD, Room
from tests.factories import make_account, make_achievement, make_player
from tests.notifications.test_kinds import EXAMPLES

pytestmark = pytest.mark.browser

# What nobody pushed is found by the watchdog, every five seconds.
ROUND_MS = 12_000

# Records which rows slid: the distance each animation began at.
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


def test_other_news_rise_in_their_own_words_and_the_bell_counts_them(visit: OpenPage, room: Room) -> None:
    mira = room.players[0]
    page = visit("/", as_email=room.player_email)
    wait_for_news(page, mira)
    before = int(page.locator("[data-bell-count]").text_content() or "0")

    notify(mira, "new_follower", "game_completed", "season_medal")

    toasts = page.locator(".toast")
    expect(toasts.locator(".toast__name")).to_have_text(
        ["Mira follows you", "Hollow Tide completed", "Number 2 of the month in all games"], timeout=ROUND_MS
    )
    expect(toasts.nth(0).locator(".avatar")).to_have_text("M")
    expect(toasts.nth(1)).to_have_class("toast toast--earned")
    expect(toasts.nth(2)).to_have_class("toast toast--earned")
    expect(toasts.nth(0)).to_have_class("toast toast--notification")
    expect(page.locator("[data-bell-count]")).to_have_text(str(before + 3))
    toasts.nth(1).get_by_role("link").click()
    # Where what it is about would be, were it not an example.
    expect(page).to_have_url(re.compile("/games/hollow-tide/$"))


def test_many_news_at_once_become_one_that_leads_to_the_inbox(visit: OpenPage, room: Room) -> None:
    mira = room.players[0]
    page = visit("/", as_email=room.player_email)
    wait_for_news(page, mira)

    notify(mira, *["new_follower"] * 5)

    expect(page.locator(".toast")).to_have_count(4, timeout=ROUND_MS)
    grouped = page.locator(".toast--grouped")
    expect(grouped.locator(".toast__name")).to_have_text("2 more notifications")
    assert grouped.get_by_role("link").get_attribute("href") == "/notifications/"


def test_what_is_turned_off_on_the_screen_is_counted_and_shows_nothing(visit: OpenPage, room: Room) -> None:
    mira = room.players[1]
    mira.account = make_account(email="adaeze@example.com", password=PASSWORD)
    mira.save()
    preferences.choose(player_id=mira.id, choices=[{"kind": "new_follower", "road": "socket", "choice": "none"}])
    page = visit("/", as_email="adaeze@example.com")
    wait_for_news(page, mira)

    notify(mira, "new_follower", "rank_overtaken")

    expect(page.locator(".toast__name")).to_have_text(["Mira overtook you"], timeout=ROUND_MS)
    expect(page.locator("[data-bell-count]")).to_have_text(str(read_mark_of(mira.id).unread_count))


def test_what_has_risen_as_a_toast_is_unread_until_it_is_marked(visit: OpenPage, room: Room) -> None:
    mira = room.players[0]
    mark_read(seq_by_player={mira.id: 2**60})
    page = visit("/", as_email=room.player_email)
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda text: sent.append(str(text))))
    page.goto("/games/")
    wait_for_news(page, mira)
    notify(mira, "new_follower")
    expect(page.locator(".toast__name")).to_have_text(["Mira follows you"], timeout=ROUND_MS)

    # Twice as long as a client waits before it acknowledges.
    page.wait_for_timeout(2_000)
    page.goto("/notifications/")

    assert not [text for text in sent if "ack" in text]
    expect(page.locator("[data-bell-count]")).to_have_text("1")
    expect(page.locator(".news--unread")).to_have_count(1)


def test_marking_all_read_empties_the_bell(visit: OpenPage, room: Room) -> None:
    mira = room.players[0]
    notify(mira, "new_follower")
    page = visit("/notifications/", as_email=room.player_email, is_scripted=False)
    expect(page.locator(".news--unread").first).to_contain_text("Mira follows you")

    page.get_by_role("button", name="Mark all as read").click()

    expect(page.locator(".news").first).to_contain_text("Mira follows you")
    expect(page.locator(".news--unread")).to_have_count(0)
    expect(page.locator(".bell__count")).to_be_hidden()


def test_open_inbox_counts_what_arrives_and_stays_where_it_is_being_read(visit: OpenPage, room: Room) -> None:
    mira = room.players[0]
    notify(mira, *["new_follower"] * 20)
    page = visit("/notifications/", as_email=room.player_email)
    wait_for_news(page, mira)
    before = read_mark_of(mira.id).unread_count
    rows = page.locator(".news").count()
    expect(page.locator("[data-unread]")).to_have_text(f"{before} unread")
    link = page.locator(".news a").nth(15)
    link.focus()
    top = link.evaluate("link => link.getBoundingClientRect().top")

    notify(mira, "game_completed", "rank_overtaken", "season_medal")

    notice = page.locator(".news-arrived")
    expect(notice).to_contain_text("3 notifications have arrived.", timeout=ROUND_MS)
    expect(page.locator("[data-unread]")).to_have_text(f"{before + 3} unread")
    expect(page.locator("[data-bell-count]")).to_have_text(str(before + 3))
    expect(link).to_be_focused()
    assert abs(link.evaluate("link => link.getBoundingClientRect().top") - top) < 1
    assert page.locator(".news").count() == rows
    notice.get_by_role("link", name="Refresh").click()
    expect(page.locator(".news").first).to_contain_text("Number 2 of the month")
    expect(notice).to_be_hidden()


def test_the_bell_counts_once_what_arrived_while_the_page_was_closed(visit: OpenPage, room: Room) -> None:
    mira = room.players[0]
    mark_read(seq_by_player={mira.id: 2**60})
    page = visit("/", as_email=room.player_email)
    wait_for_news(page, mira)
    page.goto("about:blank")
    notify(mira, "new_follower")

    page.goto("/notifications/")

    expect(page.locator(".toast__name")).to_have_text(["Mira follows you"])
    expect(page.locator("[data-bell-count]")).to_have_text("1")
    expect(page.locator("[data-unread]")).to_have_text("1 unread")
    expect(page.locator(".news-arrived")).to_be_hidden()


def test_unlock_while_the_page_is_closed_is_shown_on_return_and_only_once(visit: OpenPage, room: Room) -> None:
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


def test_board_row_slides_to_its_new_position(visit: OpenPage, room: Room) -> None:
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


def test_rows_change_positions_without_motion_for_who_wants_none(visit: OpenPage, room: Room) -> None:
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


def notify(player: Player, *kinds: str) -> None:
    """Store examples for a player. Nothing is pushed from here: the catch-up finds them within five seconds."""
    delivery.deliver([Note(player.id, kind, now(), EXAMPLES[kind][0]) for kind in kinds])


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
