"""Every response with an ETag knows it again, in each way that clients send it back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.core.api.wire import compression
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.players.models import Player
from tests.api.test_auth_matrix import api_routes, filled
from tests.conftest import Api
from tests.factories import make_final_place
from tests.stacks import SiteClient

World = Callable[[str], tuple[Client, str]]
# What RFC 9110 (15.4.5) wants of a 304, as far as responses have it.
CACHE_HEADERS = ("Cache-Control", "Content-Location", "ETag", "Expires", "Vary")
# Too short to be compressed at all.
EMPTY_HERE = {"players/me/notifications", "players/{player}/progress", "players/{player}/unlocks"}
CONDITIONAL = sorted(route for route, view in api_routes().items() if view.is_conditional)


@pytest.mark.parametrize("route", [*CONDITIONAL, "schema/"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_its_own_etag_is_answered_304(boards: None, world: World, route: str, encoding: str) -> None:
    client, path = world(route)

    def request_with(known: str | None) -> Any:
        headers = {"accept-encoding": encoding} | ({} if known is None else {"if-none-match": known})
        return client.get(path, headers=headers)

    first = request_with(None)
    strong = first["ETag"].removeprefix("W/")
    ways = (first["ETag"], strong, f"W/{strong}", f'"other", W/{strong}', "*")
    again = {way: request_with(way) for way in ways}
    other = request_with('W/"other"')

    assert first.status_code == other.status_code == 200
    assert {way: (response.status_code, response.content) for way, response in again.items()} == dict.fromkeys(
        ways, (304, b"")
    )
    assert {response["ETag"].removeprefix("W/") for response in again.values()} == {strong}


@pytest.mark.parametrize("route", [*CONDITIONAL, "schema/"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("compressed_from", [0, 1_000_000])
def test_a_304_says_of_caching_what_its_200_says(
    boards: None, world: World, monkeypatch: pytest.MonkeyPatch, route: str, encoding: str, compressed_from: int
) -> None:
    monkeypatch.setattr(compression, "COMPRESSED_FROM_BYTES", compressed_from)
    client, path = world(route)

    whole = client.get(path, headers={"accept-encoding": encoding})
    unchanged = client.get(path, headers={"accept-encoding": encoding, "if-none-match": whole["ETag"]})

    assert (whole.status_code, unchanged.status_code) == (200, 304)
    is_compressed = encoding == "gzip" and compressed_from == 0 and route not in EMPTY_HERE
    assert whole.has_header("Content-Encoding") == is_compressed
    assert {name: unchanged.get(name) for name in CACHE_HEADERS} == {name: whole.get(name) for name in CACHE_HEADERS}
    assert "accept-encoding" in whole.get("Vary", "")


def test_definitions_and_boards_are_revalidated_each_time(boards: None, world: World) -> None:
    routes = [route for route in CONDITIONAL if route.startswith(("games/", "leaderboards/"))]
    responses = {route: client.get(path) for route in routes for client, path in [world(route)]}

    assert {response["Cache-Control"] for response in responses.values()} == {"public, max-age=0, must-revalidate"}
    assert len(routes) == 9


@pytest.fixture
def world(alice: Player, game: Game, achievement: Achievement, as_player: Callable[[Player], Api]) -> World:
    """Who requests a route, and a path of it that exists; what is public is requested anonymously."""

    def caller_of(route: str) -> tuple[Client, str]:
        client = SiteClient()
        if route.startswith("players/me") or route == "players/{player}/progress":
            client.cookies = as_player(alice).client.cookies
        if "/closed" in route or route.endswith("/medals"):
            make_final_place(alice, PLATFORM_ID if "global" in route else game.id)
        path = filled(route.replace("{game}", game.slug), game.id, alice.id).replace("ACH_NONE", achievement.key)
        return client, f"/api/v1/{path}"

    return caller_of
