"""Signing up, logging in and out, as a person does."""

import re
from email import message_from_bytes
from email.policy import default

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.room import PASSWORD, Room

pytestmark = pytest.mark.browser


def test_newcomer_signs_up_and_finds_their_profile(visit: OpenPage, room: Room) -> None:
    page = visit("/", width=PHONE)

    page.get_by_role("link", name="Create your profile").click()
    page.get_by_label("Email").fill("new@example.com")
    page.get_by_label("Handle").fill("newcomer")
    page.get_by_label("Display name").fill("New Comer")
    page.get_by_label("Region").select_option("OC")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create profile").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("This Laurel does not send email")
    page.goto(link_in_newest_mail(room))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back, New Comer")
    page.get_by_role("link", name="Your profile").first.click()
    expect(page).to_have_url(re.compile("/players/newcomer/$"))
    expect(page.get_by_role("heading", name="No achievements yet")).to_be_visible()


def link_in_newest_mail(room: Room) -> str:
    newest = max((room.stack.home / "mail").glob("*.eml"))
    assert newest.stat().st_mode & 0o777 == 0o600
    text = message_from_bytes(newest.read_bytes(), policy=default).get_content()
    return next(word for word in text.split() if "/confirm-email/" in word)


def test_taken_handle_is_said_beside_the_field(visit: OpenPage, room: Room) -> None:
    page = visit("/accounts/signup/")

    page.get_by_label("Email").fill("other@example.com")
    page.get_by_label("Handle").fill("MIRA")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create profile").click()

    field = page.locator(".field", has=page.get_by_label("Handle"))
    expect(field.locator(".field__error")).to_have_text(re.compile("Someone has this handle, gave it up"))
    expect(page.get_by_label("Handle")).to_have_attribute("aria-invalid", "true")


def test_logging_out_ends_the_session(visit: OpenPage, room: Room) -> None:
    page = visit("/", as_email=room.player_email)

    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Log out").click()

    expect(page.get_by_role("link", name="Log in", exact=True)).to_be_visible()
    page.goto("/portal/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/portal/$"))


def test_the_zone_of_the_device_is_offered(visit: OpenPage, room: Room) -> None:
    page = visit("/account/notifications/", as_email=room.player_email, timezone_id="Asia/Tokyo")
    offer = page.get_by_role("button", name="Use this device's time zone: Tokyo")

    offer.click()

    expect(offer).to_be_hidden()
    expect(page.get_by_label("Your time zone")).to_have_value("Asia/Tokyo")
