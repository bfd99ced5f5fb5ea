"""WCAG 2.2 AA on every page, in both themes, logged out and in: at a desk, and in the full test at every width."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.signing import Signer
from playwright.sync_api import Page, expect

from apps.core.clock import now
from apps.notifications import delivery
from apps.notifications.inbox.actions import mark_read
from apps.notifications.kinds.base import Note
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.fit import NARROWEST, lacking_here
from tests.browser.room import Room
from tests.browser.webhooks import webhook_pages
from tests.notifications.test_kinds import EXAMPLES
from tests.supervised import CHECKOUT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AXE = (CHECKOUT / "tests/browser/vendor/axe.min.js").read_text(encoding="utf-8")
# What a page says and how it is built is the same in both lights.
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RUN = """async ({exclude, rules}) => {
    // A colour on its way to the other light would be measured as neither.
    const ends = animation => animation.effect.getComputedTiming().endTime !== Infinity;
    document.getAnimations().filter(ends).forEach(animation => animation.finish());
    return axe.run({exclude}, {runOnly: rules, resultTypes: ["violations"]});
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The desk stands for all in each change's one pass; `make full-test` takes these too.
OTHER_WIDTHS = (NARROWEST, PHONE, 768, 1920)

PUBLIC = (
    "/",
    "/games/",
    "/games/ember-hollow/",
    "/players/mira/",
    "/leaderboards/global/",
    "/leaderboards/ember-hollow/?window=week&region=EU",
    "/leaderboards/global/?region=AN",
    "/leaderboards/global/?page=7",
    "/health/",
    "/docs/",
    "/docs/live/",
    "/docs/webhooks/",
    "/docs/guests/",
    "/docs/errors/",
    "/nothing/here/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
)
PLAYERS = (
    "/",
    "/games/",
    "/games/ember-hollow/",
    "/players/mira/",
    "/leaderboards/ember-hollow/",
    "/leaderboards/global/?window=month",
    "/account/link/",
    "/account/name/",
    "/account/notifications/",
    "/account/tokens/",
    "/notifications/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
)

# Of an account that plays nowhere yet.
WITHOUT_A_PLAYER = ("/account/profile/",)
REFERENCE = "/docs/api/"


def studio_pages(room: Room) -> tuple[str, ...]:
    game = f"/portal/games/{room.game.slug}/"
    achievement = f"{game}achievements/{room.achievements['ACH_FIRST_LIGHT'].id}/"
    return (
        "/portal/",
        "/portal/games/new/",
        game,
        f"{game}edit/",
        f"{game}achievements/new/",
        achievement,
        f"{achievement}history/",
        f"{game}changes/",
        f"{game}changes/history/",
        f"{game}sets/new/",
        f"{game}sets/{room.achievements['ACH_FIRST_LIGHT'].achievement_set_id}/",
        f"{game}keys/",
        f"{game}live/",
        f"{game}import/",
        f"{game}webhooks/",
        *webhook_pages(room.webhook_game),
        f"{game}announcements/",
        f"/portal/games/{room.draft.slug}/",
        f"/portal/games/{room.draft.slug}/announcements/",
    )


@pytest.fixture(params=[DESK, *(pytest.param(width, marks=pytest.mark.full) for width in OTHER_WIDTHS)])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_public_pages_pass(visit: OpenPage, room: Room, width: int) -> None:
    page = visit("/", width=width, bypass_csp=True)

    assert violations(page, PUBLIC) == []


def test_what_is_ours_of_the_reference_passes(visit: OpenPage, room: Room, width: int) -> None:
    page = visit(REFERENCE, width=width, bypass_csp=True)
    expect(page.locator("#swagger-ui .opblock").first).to_be_visible()

    assert violations_here(page, REFERENCE, exclude=["#swagger-ui"]) == []


def test_pages_of_a_player_pass(visit: OpenPage, room: Room, width: int) -> None:
    page = visit("/", as_email=room.player_email, width=width, bypass_csp=True)

    assert violations(page, (*PLAYERS, grouped_path(room), mail_off_path(room))) == []


def test_every_kind_of_news_passes_unread(visit: OpenPage, room: Room, width: int) -> None:
    page = visit("/", as_email=room.player_email, width=width, bypass_csp=True)
    # What the browser receives is marked as read; here it receives nothing.
    page.route_web_socket("**/ws/notifications/**", lambda socket: None)
    notify_of_everything(room)

    assert violations(page, ("/notifications/",)) == []
    assert page.locator(".news--unread").count() == len(EXAMPLES)


def test_pages_of_a_studio_pass(visit: OpenPage, room: Room, width: int) -> None:
    page = visit("/", as_email=room.studio_email, width=width, bypass_csp=True)

    assert violations(page, (*WITHOUT_A_PLAYER, *studio_pages(room))) == []


def test_an_announcement_that_is_looked_at_first_passes(visit: OpenPage, room: Room, width: int) -> None:
    path = f"/portal/games/{room.game.slug}/announcements/"
    page = visit(path, as_email=room.studio_email, width=width, bypass_csp=True)
    page.get_by_label("Title").fill("A title of one word: " + "Schlittschuh" * 4)
    page.get_by_label("Text").fill("The pond has frozen over.\n\nBring skates.")
    page.get_by_role("button", name="Preview").click()
    # Of the room, and of whoever other tests have had play.
    expect(page.get_by_role("button", name=re.compile(r"Send to \d+ players"))).to_be_visible()

    assert violations_here(page, path) == []
    assert lacking_here(page) == []


def grouped_path(room: Room) -> str:
    """Return the page of a notification that stands for several unlocks."""
    mira, *friends = room.players[:4]
    items = [
        {"player_id": friend.id, "achievement_id": room.achievements["ACH_FIRST_LIGHT"].id, "unlocked_at": now()}
        for friend in friends
    ]
    (stored,) = delivery.deliver([Note(mira.id, "friends_digest", now(), EXAMPLES["friends_digest"][0], items=items)])
    return f"/notifications/{stored.seq}/"


def mail_off_path(room: Room) -> str:
    """Return the link of a mail, signed as the running Laurel signs it."""
    signer = Signer(key=(room.stack.home / "secret_key").read_text(), salt="laurel.mail-off", sep="~")
    return f"/notifications/mail-off/{signer.sign(room.players[0].id.hex)}/"


def notify_of_everything(room: Room) -> None:
    mira = room.players[0]
    mark_read(seq_by_player={mira.id: 2**60})
    delivery.deliver([Note(mira.id, kind, now(), payload) for kind, (payload, *_) in EXAMPLES.items()])


def violations(page: Page, paths: tuple[str, ...]) -> list[str]:
    """Return what axe finds wrong, one line a rule and page."""
    found = []
    for path in paths:
        page.goto(path)
        found += violations_here(page, path)
    return found


def violations_here(page: Page, path: str, exclude: Sequence[str] = ()) -> list[str]:
    """Return what axe finds wrong on the page as it stands: everything in the light, then colours in the dark."""
    page.evaluate(AXE)
    found = []
    for theme, rules in (("light", RULES), ("dark", RULES_OF_COLOUR)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        result = page.evaluate(RUN, {"exclude": exclude, "rules": rules})
        found += [describe(f"{path} ({theme})", violation) for violation in result["violations"]]
    page.emulate_media(color_scheme="light")
    return found


def describe(where: str, violation: dict[str, Any]) -> str:
    node = violation["nodes"][0]
    return f"{where} {violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
