"""Pages of other sites ask before they call: OPTIONS with Origin is answered as OPTIONS is, and says what they may."""

from typing import Any

import pytest

from apps.games.models import Game
from apps.players.models import Player
from tests.api.test_auth_matrix import MATRIX, NOT_VIEWS, filled
from tests.stacks import SiteClient

ORIGIN = "https://play.example"
ASKING = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}


@pytest.fixture(autouse=True)
def listed_origin(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    settings.API_MIDDLEWARE = [settings.API_MIDDLEWARE[0], settings.CORS_MIDDLEWARE, *settings.API_MIDDLEWARE[1:]]


def test_a_preflight_is_answered_as_options_at_every_address(game: Game, bob: Player) -> None:
    client = SiteClient()
    addresses = [f"/api/v1/{filled(route, game.id, bob.id)}" for route in [*MATRIX, *NOT_VIEWS]]

    plain = {path: client.options(path) for path in addresses}
    asked = {path: client.options(path, headers={"Origin": ORIGIN, **ASKING}) for path in addresses}

    assert {path: told(answer) for path, answer in asked.items()} == {
        path: told(answer) for path, answer in plain.items()
    }
    assert {answer.status_code for answer in asked.values()} == {204}
    assert {answer["Access-Control-Allow-Origin"] for answer in asked.values()} == {ORIGIN}
    assert {answer["Access-Control-Max-Age"] for answer in asked.values()} == {"7200"}


def test_a_preflight_of_nothing_finds_nothing(db: None) -> None:
    assert SiteClient().options("/api/v1/nothing", headers={"Origin": ORIGIN, **ASKING}).status_code == 404


def test_a_preflight_counts_against_no_limit(game: Game, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"anonymous": 1}
    client = SiteClient()

    asked = [
        client.options(f"/api/v1/leaderboards/{game.id}", headers={"Origin": ORIGIN, **ASKING}).status_code
        for _ in range(3)
    ]

    assert asked == [204, 204, 204]


def test_an_origin_that_is_not_listed_is_told_nothing(game: Game) -> None:
    answer = SiteClient().options(
        f"/api/v1/leaderboards/{game.id}", headers={"Origin": "https://elsewhere.example", **ASKING}
    )

    assert answer.status_code == 204
    assert "Access-Control-Allow-Origin" not in answer


def told(answer: Any) -> tuple[int, str, bytes, bool]:
    return answer.status_code, answer.get("Allow", ""), answer.content, "Content-Type" in answer
