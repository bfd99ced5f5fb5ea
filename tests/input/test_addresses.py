"""Whatever stands in an address: every route and every parameter against what no client means. 4xx at most."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import get_resolver

from apps.games.models import Game
from apps.players.models import Account, Player
from tests.conftest import Api
from tests.input.bodies import World
from tests.input.described import operations
from tests.input.test_ids import routes

NUL, SURROGATE, NOT_UTF_8 = "a%00b", "%ED%A0%80", "%FF%FE"
ARABIC_THREE, SQUARED, LONG = "%D9%A3", "%C2%B2", "9" * 5000
ODD = [NUL, SURROGATE, ARABIC_THREE, SQUARED, LONG, "9" * 19]
# What pages read; each ignores what it doesn't know.
PAGE_PARAMETERS = ("page", "window", "region", "below", "moved", "state", "before", "next", "q", "p", "o", "code")
SITE = list(dict(routes(get_resolver().url_patterns)))
PAGES = [route for route in SITE if not route.startswith("api/")]
PLACES = [(route, part) for route in SITE for part in re.findall(r"<[^>]+>", route)]


@pytest.fixture
def boss(world: World, as_account: Callable[[Any], Api]) -> Api:
    """A superuser who owns the game and plays."""
    account = Account.objects.create_superuser(email="boss@example.com", password="boss")
    Player.objects.filter(pk=world.player.pk).update(account=account)
    account.memberships.create(studio=world.game.studio, role="owner")
    return as_account(account)


def filled(route: str, world: World) -> str:
    """Return a route with what exists in each place."""
    values = {
        "slug": world.game.slug, "game_id": world.game.id, "game": world.game.slug, "scope": world.game.id,
        "player_id": world.player.id, "player": world.player.id, "handle": world.player.handle,
        "achievement_id": world.lamps.id, "achievement": world.lamps.key, "external_id": "steam-1",
        "window": "week", "opened_on": "2026-11-16", "seq": 1, "path": "games/icons/a.png",
        "app_label": "players", "object_id": world.player.id, "content_type_id": 1,
    }  # fmt: skip
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values.get(found[1], world.game.id)), route)


def status_of(caller: Api, path: str) -> int:
    return int(caller.client.get(path, headers=caller.headers).status_code)


@pytest.mark.parametrize(("route", "place"), PLACES, ids=lambda text: text)
def test_nothing_in_a_path_is_an_error_of_ours(boss: Api, world: World, route: str, place: str) -> None:
    for odd in ODD:
        path = "/" + filled(route.replace(place, "\x01", 1), world).replace("\x01", odd)

        caller = world.server if route.startswith("api/") and "manage" not in route else boss
        assert status_of(caller, path) < 500, odd


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_nothing_in_the_query_of_a_page_is_an_error_of_ours(boss: Api, world: World, route: str) -> None:
    for odd in ODD:
        query = "&".join(f"{name}={odd}" for name in PAGE_PARAMETERS)

        assert status_of(boss, f"/{filled(route, world)}?{query}") < 500, odd


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (path, parameter["name"])
        for method, path, operation in operations()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and method == "GET"
    ],
)
def test_nothing_in_the_query_of_the_api_is_an_error_of_ours(boss: Api, world: World, path: str, name: str) -> None:
    route = "/api/v1/" + filled(re.sub(r"{(\w+)}", r"<\1>", path), world)
    for odd in ODD:
        found = status_of(boss if "/me/" in path or "manage" in path else world.server, f"{route}?{name}={odd}")

        assert found < 500, odd
        if name in {"page", "page_size", "since", "around", "days"} and not path.startswith("manage"):
            assert found >= 400, odd


@pytest.mark.parametrize(
    "path", ["/players/a%00b/", f"/players/{LONG}/", f"/notifications/{LONG}/", "/players/%ED%A0%80/"]
)
def test_a_path_that_leads_nowhere_is_not_found(boss: Api, path: str) -> None:
    assert status_of(boss, path) == 404


def test_a_page_number_that_is_none_is_the_first_page(game: Game) -> None:
    for number in (LONG, ARABIC_THREE, SQUARED, "-1", "0"):
        response = Client().get(f"/leaderboards/{game.slug}/?page={number}")

        assert response.status_code == 200
        assert response.context["page"] == 1


@pytest.mark.parametrize(
    "external_id", ["a/b", "/", "a/", "//x", "a/../b", "100%", "a?b#c", "%2F", "é", "日本", "a b", "...x"]
)
def test_any_printable_external_id_is_reached(api: Api, external_id: str) -> None:
    path = f"players/by-external-id/{quote(external_id, safe='')}"

    made, found = api.put(path), api.get(path)

    assert (made.status_code, found.status_code) == (201, 200)
    assert made.json()["id"] == found.json()["id"]
    assert api.put(path).status_code == 200
    assert list(Player.objects.values_list("external_identities__external_id", flat=True)) == [external_id]


@pytest.mark.parametrize(
    "external_id", [".", "..", "....", "x" * 101, "a%00b", "a%0Ab", "%FF", "%ED%A0%80", "a%E2%80%AEb"]
)
def test_an_external_id_that_is_none_is_refused_with_its_code(api: Api, external_id: str) -> None:
    path = f"players/by-external-id/{external_id}"

    for response in (api.put(path), api.get(path)):
        assert (response.status_code, response.json()["code"]) == (400, "external_id_invalid")
    assert not Player.objects.exists()
