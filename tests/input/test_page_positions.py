"""Pages of lists begin where their address says, and at the beginning when it says nothing that they know."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.core.ids import NIL
from apps.games.actions import edit_achievement
from apps.games.definitions.content import definition_of
from apps.games.models import Game
from apps.players.models import Player
from apps.webhooks.actions import create_endpoint
from tests.factories import make_account, make_achievement, make_player
from tests.notifications.test_grouped import deliver_unlocks
from tests.supervised import CHECKOUT

pytestmark = pytest.mark.django_db

NO_POSITIONS = ("x", "-1", "1.5", "1e999", "9" * 5000, "٣", "²", "0-0", "")


@pytest.fixture
def browser(alice: Player, game: Game, monkeypatch: Any) -> Client:
    """Alice's, who is a member of the game's studio."""
    monkeypatch.setattr("apps.webhooks.url_policy._resolve", lambda host: [host])
    alice.account = make_account()
    alice.save()
    game.studio.memberships.create(account=alice.account, role="owner")
    client = Client()
    client.force_login(alice.account)
    return client


@pytest.fixture
def paged(browser: Client, alice: Player, game: Game) -> dict[str, str]:
    """Return every page with positions, and a position of it that is another page."""
    lamp = make_achievement(game, name="Lamp")
    edit_achievement(achievement=lamp, definition=definition_of(lamp), icon="lamp.png")
    earned = [(make_player(), lamp), *((make_player(), make_achievement(game)) for _ in range(50))]
    seq = deliver_unlocks(alice, *earned)
    portal = f"/portal/games/{game.slug}"
    endpoint = create_endpoint(game=game, url="https://8.8.8.8/", event_types=["achievement.unlocked"]).endpoint
    browser.post(f"{portal}/webhooks/{endpoint.id}/test/", follow=True)
    return {
        f"/leaderboards/{game.slug}/": "page=2",
        "/notifications/": "below=1",
        f"/notifications/{seq}/": "page=2",
        f"{portal}/achievements/{lamp.id}/history/": f"before={NIL}",
        f"{portal}/changes/history/": f"before={NIL}",
        f"{portal}/webhooks/{endpoint.id}/": f"before={NIL}",
    }


def shown(browser: Client) -> Callable[[str], str]:
    """Return what a page shows, without the token of its forms."""

    def read(address: str) -> str:
        response = browser.get(address)
        assert response.status_code == 200, address
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())

    return read


def test_what_is_no_position_is_the_beginning(browser: Client, paged: dict[str, str]) -> None:
    page = shown(browser)
    unlike = []

    for path, position in paged.items():
        first, name = page(path), position.partition("=")[0]
        assert page(f"{path}?{position}") != first
        unlike += [f"{path}?{name}={text[:9]}" for text in NO_POSITIONS if page(f"{path}?{name}={text}") != first]

    assert unlike == []


def test_every_position_that_pages_read_is_here() -> None:
    modules = [path for app in ("web", "portal") for path in Path(CHECKOUT, "apps", app).rglob("*.py")]
    reads = [
        name for path in modules for name in re.findall(r'(?:GET|query)\.get\("(page|below|before)"', path.read_text())
    ]

    assert sorted(reads) == ["before", "before", "below", "page", "page"]
