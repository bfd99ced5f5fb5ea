"""Preflights of pages on other sites: OPTIONS with Origin responds as OPTIONS does, and lists what they may send."""

from typing import Any

import pytest

from apps.games.models import Game
from apps.players.models import Player
from tests.api.test_auth_matrix import MATRIX, NOT_VIEWS, filled
from tests.stacks import SiteClient

ORIGIN = "https://play.example"
PREFLIGHT = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}


@pytest.fixture(autouse=True)
def listed_origin(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]


def test_a_preflight_is_answered_as_options_at_every_address(game: Game, bob: Player) -> None:
    client = SiteClient()
    addresses = [f"/api/v1/{filled(route, game.id, bob.id)}" for route in [*MATRIX, *NOT_VIEWS]]

    plain = {path: client.options(path) for path in addresses}
    preflights = {path: client.options(path, headers={"Origin": ORIGIN, **PREFLIGHT}) for path in addresses}

    assert {path: essence(response) for path, response in preflights.items()} == {
        path: essence(response) for path, response in plain.items()
    }
    assert {response.status_code for response in preflights.values()} == {204}
    assert {response["Access-Control-Allow-Origin"] for response in preflights.values()} == {ORIGIN}
    assert {response["Access-Control-Max-Age"] for response in preflights.values()} == {"7200"}


def test_a_preflight_of_nothing_finds_nothing(db: None) -> None:
    assert SiteClient().options("/api/v1/nothing", headers={"Origin": ORIGIN, **PREFLIGHT}).status_code == 404


@pytest.mark.parametrize("headers", [{"Origin": ORIGIN, **PREFLIGHT}, {}])
def test_options_and_a_preflight_count_against_no_limit(
    game: Game, bob: Player, settings: Any, headers: dict[str, str]
) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 1)
    addresses = [f"/api/v1/{filled(route, game.id, bob.id)}" for route in [*MATRIX, *NOT_VIEWS]]
    client = SiteClient()

    responses = [client.options(path, headers=headers) for path in addresses]

    assert {(response.status_code, "RateLimit" in response) for response in responses} == {(204, False)}
    assert client.get(f"/api/v1/players/{bob.id}").status_code == 200


def test_an_origin_that_is_not_listed_gets_no_headers(game: Game) -> None:
    response = SiteClient().options(
        f"/api/v1/leaderboards/{game.id}", headers={"Origin": "https://elsewhere.example", **PREFLIGHT}
    )

    assert response.status_code == 204
    assert "Access-Control-Allow-Origin" not in response


def essence(response: Any) -> tuple[int, str, bytes, bool]:
    return response.status_code, response.get("Allow", ""), response.content, "Content-Type" in response
