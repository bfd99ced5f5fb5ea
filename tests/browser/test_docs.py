"""The documentation in a browser: one language at a time, and the API tried from the page without outside help."""

import pytest
from playwright.sync_api import Request, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.room import Room

pytestmark = pytest.mark.browser

NARROWEST = 320


@pytest.mark.parametrize("is_scripted", [True, False])
def test_the_sample_is_in_the_chosen_language(visit: OpenPage, room: Room, is_scripted: bool) -> None:
    page = visit("/docs/", is_scripted=is_scripted)
    samples = page.locator(".docs-sample")
    expect(samples.filter(visible=True)).to_have_count(1)

    page.get_by_role("radio", name="curl").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")

    expect(samples.filter(visible=True)).to_have_count(1)
    expect(samples.filter(visible=True)).to_contain_text("HttpClient")


def test_the_reference_calls_the_api_and_nobody_else(visit: OpenPage, room: Room) -> None:
    page = visit("/docs/api/", as_email=room.player_email)
    # It draws all operations of the API at once: a click waits up to ten seconds beside another browser.
    page.set_default_timeout(30_000)
    requested: list[str] = []
    page.on("request", lambda request: note(requested, request))
    page.reload()

    call = page.locator("#operations-Players-get_me")
    call.locator("button.opblock-summary-control").click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()

    expect(call.locator(".live-responses-table")).to_contain_text('"handle"', timeout=30_000)
    outside = [url for url in requested if not url.startswith((room.stack.base_url, "data:", "blob:"))]
    assert outside == []


@pytest.mark.parametrize("width", [NARROWEST, PHONE])
@pytest.mark.parametrize("path", ["/docs/errors/", "/docs/live/"])
def test_no_code_is_cut_off_on_a_phone(visit: OpenPage, room: Room, width: int, path: str) -> None:
    page = visit(path, width=width)

    panels = page.locator(".panel--flush").evaluate_all(
        "panels => panels.map(panel => panel.scrollWidth - panel.clientWidth)"
    )

    assert panels == [0] * len(panels)
    assert len(panels) > 0


def note(requested: list[str], request: Request) -> None:
    requested.append(request.url)
