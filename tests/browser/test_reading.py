"""Pages for everyone: without JavaScript, by keyboard, in the chosen light."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.room import Room

pytestmark = pytest.mark.browser

UTC_TIME = re.compile(r"\d{1,2} \w{3} \d{4}, \d\d:\d\d UTC")


@pytest.mark.parametrize("path", ["/", "/games/ember-hollow/", "/players/mira/", "/leaderboards/global/"])
def test_pages_read_without_javascript(visit: OpenPage, room: Room, path: str) -> None:
    page = visit(path, is_scripted=False)

    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("[data-theme-toggle]:visible")).to_have_count(0)
    for text in page.locator("time[data-when]").all_inner_texts():
        assert UTC_TIME.fullmatch(text), text


def test_windows_and_regions_are_links(visit: OpenPage, room: Room) -> None:
    page = visit("/leaderboards/ember-hollow/", is_scripted=False)

    page.get_by_role("link", name="This week").click()
    page.locator("summary", has_text="Everywhere").click()
    page.get_by_role("link", name="Europe", exact=True).click()

    expect(page).to_have_url(re.compile(r"/leaderboards/ember-hollow/\?window=week&region=EU$"))
    expect(page.get_by_role("link", name="This week")).to_have_attribute("aria-current", "page")


def test_times_are_shown_in_words(visit: OpenPage, room: Room) -> None:
    page = visit("/")

    assert not [text for text in page.locator("time[data-when]").all_inner_texts() if "UTC" in text]


def test_the_chosen_theme_is_stored_and_sent_by_the_server(visit: OpenPage, room: Room) -> None:
    page = visit("/", theme="light")
    root = page.locator("html")

    page.get_by_role("button", name="Switch between light and dark").click()
    expect(root).to_have_attribute("data-theme", "dark")
    # Straight from the server, so no page flashes in the other light.
    assert 'data-theme="dark"' in page.request.get("/games/").text()
    page.get_by_role("button", name="Switch between light and dark").click()

    expect(root).not_to_have_attribute("data-theme", "dark")
    assert "data-theme=" not in page.request.get("/games/").text()


def test_first_tab_skips_to_the_content(visit: OpenPage, room: Room) -> None:
    page = visit("/leaderboards/global/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_account_menu_opens_and_closes_by_keyboard(visit: OpenPage, room: Room) -> None:
    page = visit("/", as_email=room.player_email, width=PHONE)
    menu = page.locator("details.menu")

    menu.locator("summary").press("Enter")
    expect(menu.get_by_role("link", name="Your profile")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_game_page_shows_only_what_is_missing_on_request(visit: OpenPage, room: Room) -> None:
    page = visit("/games/ember-hollow/", as_email=room.player_email)
    earned = page.locator(".achievement--earned")
    locked = page.locator(".achievement--locked")
    expect(earned.first).to_be_visible()

    page.get_by_label("Not earned").check()

    expect(earned.first).to_be_hidden()
    expect(locked.first).to_be_visible()


def test_hidden_achievement_says_nothing_to_who_has_not_earned_it(visit: OpenPage, room: Room) -> None:
    page = visit("/games/ember-hollow/", as_email=room.player_email)

    assert "Secret" not in page.content()
    expect(page.get_by_role("heading", name="Hidden achievement")).to_have_count(1)


def test_game_page_is_lit_in_the_games_colour(visit: OpenPage, room: Room) -> None:
    page = visit("/games/ember-hollow/")

    accent = page.eval_on_selector("main", "main => getComputedStyle(main).getPropertyValue('--game-accent-light')")

    assert accent.strip() == "#b4532a"
