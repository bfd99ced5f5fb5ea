"""Pages on a phone: nothing scrolls sideways, is cut off or lies over something else, whatever names people choose."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from playwright.sync_api import Page, expect

from apps.core.clock import now
from apps.leaderboards.models import Crown
from apps.notifications import delivery
from apps.notifications.inbox.actions import mark_read
from apps.notifications.kinds.base import Note
from apps.players.models import Player
from tests.browser.conftest import OpenPage
from tests.browser.fit import (
    NARROWEST,
    lacking,
    lacking_here,
    lacking_on_phones,
    longest,
    longest_names,
    with_longest_names,
)
from tests.browser.room import Room
from tests.browser.test_accessibility import (
    PLAYERS,
    PUBLIC,
    REFERENCE,
    WITHOUT_A_PLAYER,
    grouped_path,
    mail_off_path,
    studio_pages,
)
from tests.factories import make_achievement, make_game, make_key
from tests.live import is_outbox_empty, wait_until
from tests.notifications.test_kinds import EXAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# Sixteen letters, which most names don't reach.
USUAL_NAME = "Maximilian Weber"


def test_nothing_scrolls_sideways_or_is_cut_off_on_a_phone(visit: OpenPage, room: Room) -> None:
    # The header has a bell more for a player, and other buttons for who is logged out.
    visitor = visit("/")
    player = visit("/", as_email=room.player_email)
    studio = visit("/", as_email=room.studio_email)

    too_wide = lacking(visitor, (*PUBLIC, REFERENCE))
    too_wide += lacking(player, (*PLAYERS, grouped_path(room), mail_off_path(room)))
    too_wide += lacking(studio, {*PUBLIC, *PLAYERS, *studio_pages(room)})

    assert too_wide == []


def test_the_longest_names_fit_a_phone(visit: OpenPage, room: Room) -> None:
    visitor = visit("/")
    player = visit("/", as_email=room.player_email)
    studio = visit("/", as_email=room.studio_email)
    connect(player, room)
    complete_a_game(room)

    with longest_names():
        send_every_notification(room.players[0])
        too_wide = lacking(visitor, showing_names(PUBLIC))
        too_wide += lacking(player, showing_names((*PLAYERS, grouped_path(room), mail_off_path(room))))
        too_wide += lacking(studio, (*WITHOUT_A_PLAYER, *studio_pages(room)))
        preview_an_import(studio, room)
        too_wide += lacking_on_phones(studio, "the preview of an import")

    assert too_wide == []


def test_a_board_shows_usual_names_whole_on_one_line(visit: OpenPage, room: Room) -> None:
    page = visit("/leaderboards/global/", as_email=room.player_email, width=NARROWEST)
    names = page.locator(".player-link__name")
    handle = f"{'m' * 13}-23"

    page.evaluate(
        """([name, handle]) => {
            document.querySelectorAll(".player-link__name bdi").forEach(shown => (shown.textContent = name));
            document.querySelectorAll(".player-link__handle").forEach(shown => (shown.textContent = handle));
        }""",
        [USUAL_NAME, handle],
    )

    heights = names.evaluate_all("all => all.map(name => name.querySelector('bdi').getClientRects().length)")
    assert heights == [1] * len(heights)
    assert len(heights) > 20
    assert lacking_here(page) == []


def test_the_live_page_shows_names_whole_beside_long_times(visit: OpenPage, room: Room) -> None:
    page = visit(f"/portal/games/{room.game.slug}/live/", as_email=room.studio_email, width=NARROWEST)

    page.evaluate(
        """() => {
            document.querySelectorAll(".portal-log time").forEach(shown => (shown.textContent = "59 minutes ago"));
            document.querySelectorAll(".portal-achievement bdi").forEach(shown => (shown.textContent = "Achievement"));
        }"""
    )

    assert page.locator(".portal-log time").count() > 0
    assert lacking_here(page) == []


def showing_names(paths: tuple[str, ...]) -> list[str]:
    """Return those of the pages that name someone or something, at their addresses of now."""
    handle = Player.objects.values_list("handle", flat=True).order_by("id")[0]
    named = [path for path in paths if not path.startswith(("/docs/", "/health/", "/nothing/"))]
    return [path.replace("/players/mira/", f"/players/{handle}/") for path in named]


def connect(player: Page, room: Room) -> None:
    """Have a game's page connect for the player, as where it runs."""
    token = next(cookie["value"] for cookie in player.context.cookies() if cookie["name"] == "csrftoken")
    answer = player.request.post(
        "/api/v1/players/me/tokens", data={"game_id": str(room.game.id)}, headers={"X-CSRFToken": token}
    )
    assert answer.status == 201, answer.text()


def complete_a_game(room: Room) -> None:
    """Have the player earn all of a game, which shows beside its name."""
    game = make_game(studio=room.game.studio, name="Kept Whole")
    make_achievement(game, key="ACH_KEPT")
    replace(room, live_key=make_key(game)).report(room.players[0], "ACH_KEPT")
    wait_until(lambda: is_outbox_empty(room.stack), "the game is completed")
    # With a date, which is wider than that it was just now.
    assert Crown.objects.filter(game_id=game.id).update(completed_at=now() - timedelta(days=60)) == 1


def send_every_notification(player: Player) -> None:
    mark_read(seq_by_player={player.id: 2**60})
    payloads = {kind: with_longest_names(payload) for kind, (payload, *_) in EXAMPLES.items()}
    delivery.deliver([Note(player.id, kind, now(), payload) for kind, payload in payloads.items()])


def preview_an_import(studio: Page, room: Room) -> None:
    achievement = {"key": longest("key", 64, 9), "name": longest("name", 80), "points": 10}
    achievement["description"] = longest("description", 300)
    file = {"format": "laurel.achievements", "version": 1, "achievements": [achievement]}
    studio.goto(f"/portal/games/{room.draft.slug}/import/")
    studio.locator("input[type=file]").set_input_files(
        {"name": "all.json", "mimeType": "application/json", "buffer": orjson.dumps(file)}
    )
    studio.get_by_role("button", name="Preview changes").click()
    expect(studio.get_by_role("heading", name="Preview")).to_be_visible()
