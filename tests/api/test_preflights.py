"""Preflights of pages on other sites: OPTIONS with Origin responds as OPTIONS does, and lists what they may send."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from achievements_site.asgi import API_BODY_BYTES_MAX
from apps.games.auth.page_origins import PageOrigins, page_origins
from apps.games.models import Game
from apps.players.models import Player
from tests.api.test_auth_matrix import MATRIX, NOT_VIEWS, filled
from tests.asgi import Reply, send_request
from tests.factories import make_publishable_key
from tests.live import wait_until
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


def test_what_the_event_loop_refuses_is_read_by_pages_that_the_process_knows(game: Game) -> None:
    origin = "https://shipped.example"
    make_publishable_key(game, "live", origin)
    page_origins.clear()

    def send_too_much() -> Reply:
        body = "x" * API_BODY_BYTES_MAX
        return asyncio.run(send_request("POST", "/api/v1/guests", origin=origin, body=body))

    unknown = send_too_much()
    preflight = SiteClient().options("/api/v1/guests", headers={"Origin": origin, **PREFLIGHT})
    known = send_too_much()

    assert [(reply.status, reply.json()["code"]) for reply in (unknown, known)] == [(413, "body_too_large")] * 2
    # The refusal before took no reading from the preflight.
    assert preflight["Access-Control-Allow-Origin"] == origin
    assert [reply.headers.get("access-control-allow-origin") for reply in (unknown, known)] == [None, origin]


def test_origins_are_read_once_for_callers_at_once_who_wait_for_the_first_reading_only() -> None:
    origins, readings, go_on = PageOrigins(), [], threading.Event()

    def load() -> set[str]:
        readings.append(threading.get_ident())
        assert go_on.wait(10)
        return {ORIGIN}

    origins._load = load  # type: ignore[method-assign]
    with ThreadPoolExecutor(2) as pool:
        callers = [pool.submit(origins.is_known, ORIGIN) for _ in range(2)]
        wait_until(lambda: len(readings) == 1, "the first reading to begin")
        go_on.set()
        answers = [caller.result() for caller in callers]
        go_on.clear()
        # As CACHE_SECONDS later.
        origins._until = 0.1
        late = pool.submit(origins.is_known, ORIGIN)
        wait_until(lambda: len(readings) == 2, "the next one to begin")
        meanwhile = origins.is_known(ORIGIN)
        go_on.set()

    assert (answers, meanwhile, late.result(), len(readings)) == ([True, True], True, True, 2)


def essence(response: Any) -> tuple[int, str, bytes, bool]:
    return response.status_code, response.get("Allow", ""), response.content, "Content-Type" in response
