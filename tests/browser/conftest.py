"""A real Chromium on a running Laurel: who is looking, at what width, in which light."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.room import PASSWORD, Room, furnish
from tests.supervised import Stack

PHONE, DESK = 390, 1280
_rooms: dict[Path, Room] = {}

OpenPage = Callable[..., Page]


@pytest.fixture
def room(live_orm: Stack) -> Room:
    """The furnished Laurel, made once a run."""
    if live_orm.home not in _rooms:
        _rooms[live_orm.home] = furnish(live_orm)
    return _rooms[live_orm.home]


@pytest.fixture
def visit(chromium: Browser, room: Room) -> Iterator[OpenPage]:
    """A way to open pages as someone, at a width, in a light; what the console complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # Requesting a page that isn't there is a complaint about that page alone, and tests do it on purpose.
        is_missing_page = (
            "404" in message.text and message.page is not None and message.location["url"] == message.page.url
        )
        if message.type == "error" and not is_missing_page:
            complaints.append(message.text)

    def open_page(
        path: str,
        *,
        as_email: str = "",
        width: int = DESK,
        theme: Any = "light",
        is_scripted: bool = True,
        **options: Any,
    ) -> Page:
        context = chromium.new_context(
            base_url=room.stack.base_url,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            java_script_enabled=is_scripted,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if as_email:
            log_in(page, as_email)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def log_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")
