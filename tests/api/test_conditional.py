"""Every answer with an ETag knows it again, in each way that clients send it back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.games.models import Achievement, Game
from apps.players.models import Player
from tests.api.test_auth_matrix import api_routes, filled
from tests.conftest import Api
from tests.stacks import SiteClient

World = Callable[[str], tuple[Client, str]]
CONDITIONAL = sorted(route for route, view in api_routes().items() if view.is_conditional)


@pytest.mark.parametrize("route", [*CONDITIONAL, "schema/"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_its_own_etag_is_answered_304(boards: None, world: World, route: str, encoding: str) -> None:
    client, path = world(route)

    def ask(known: str | None) -> Any:
        headers = {"accept-encoding": encoding} | ({} if known is None else {"if-none-match": known})
        return client.get(path, headers=headers)

    first = ask(None)
    strong = first["ETag"].removeprefix("W/")
    ways = (first["ETag"], strong, f"W/{strong}", f'"other", W/{strong}', "*")
    again = {way: ask(way) for way in ways}
    other = ask('W/"other"')

    assert first.status_code == other.status_code == 200
    assert {way: (answer.status_code, answer.content) for way, answer in again.items()} == dict.fromkeys(
        ways, (304, b"")
    )
    assert {answer["ETag"].removeprefix("W/") for answer in again.values()} == {strong}


@pytest.fixture
def world(alice: Player, game: Game, achievement: Achievement, as_player: Callable[[Player], Api]) -> World:
    """Who asks for a route, and where it leads to something; what is public is asked for by nobody in particular."""

    def ask_for(route: str) -> tuple[Client, str]:
        client = SiteClient()
        if route.startswith("players/me"):
            client.cookies = as_player(alice).client.cookies
        path = filled(route.replace("{game}", game.slug), game.id, alice.id).replace("ACH_NONE", achievement.key)
        return client, f"/api/v1/{path}"

    return ask_for
