"""UUIDs in capitals, as Unreal prints them, lead where small ones do."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from django.urls.resolvers import RoutePattern, URLResolver

from apps.core.api.wire import paths
from apps.core.parsing.values import UUID_PATTERN, read_uuid
from apps.games import paths as games
from apps.notifications.routing import websocket_urlpatterns
from apps.players import paths as players
from tests.input.bodies import World
from tests.input.described import Member, body_members

AN_ID = "01a2254a-91a5-70ba-9e5c-5d915331657d"
IDS = [member for member in body_members() if member.format == "uuid"]


def routes(patterns: list[Any], prefix: str = "", found: dict[str, Any] | None = None) -> Iterator[tuple[str, dict]]:
    """Return every route with its converters by name."""
    for item in patterns:
        here = {**(found or {}), **getattr(item.pattern, "converters", {})}
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, prefix + str(item.pattern), here)
        elif isinstance(item, URLPattern) and isinstance(item.pattern, RoutePattern):
            yield prefix + str(item.pattern), here


def site_routes() -> list[tuple[str, dict[str, Any]]]:
    return [*routes(get_resolver().url_patterns), *routes(websocket_urlpatterns)]


def takes_an_id(converter: Any) -> bool:
    return isinstance(converter, paths.Id | games.AchievementRef | games.GameRef | players.PlayerRef)


SITE = dict(routes(get_resolver().url_patterns))


def test_no_route_uses_a_converter_that_knows_small_letters_only() -> None:
    found = [
        route for route, converters in site_routes() for kind in converters.values() if "UUID" in type(kind).__name__
    ]

    assert found == []


@pytest.mark.parametrize("route", [route for route, kinds in SITE.items() if any(map(takes_an_id, kinds.values()))])
def test_a_route_takes_an_id_in_either_case(route: str) -> None:
    converters = SITE[route]
    wanted = uuid4()

    path = "/" + route
    for name, converter in converters.items():
        value = str(wanted).upper() if takes_an_id(converter) else SAMPLES.get(type(converter).__name__, "week")
        path = path.replace(next(part for part in _parts(route) if part.endswith(f":{name}>")), value)

    try:
        match = resolve(path)
    except Resolver404:
        pytest.fail(path)
    assert all(match.kwargs[name] == wanted for name, kind in converters.items() if takes_an_id(kind)), match.kwargs


SAMPLES = {"Count": "7", "IsoDate": "2026-11-16"}


def _parts(route: str) -> list[str]:
    return [part[: part.index(">") + 1] for part in route.replace("<", "\n<").splitlines() if part.startswith("<")]


def test_a_response_is_the_same_for_capitals(world: World) -> None:
    game, player, lamps = str(world.game.id), str(world.player.id), str(world.lamps.id)

    for path in (
        f"players/{player}",
        f"games/{game}",
        f"games/{game}/achievements/{lamps}",
        f"games/{game}/achievements?player_id={player}",
        f"leaderboards/{game}",
        f"players/{player}/unlocks?game={game}",
    ):
        small, capital = world.server.get(path), world.server.get(_capitals(path))

        assert (capital.status_code, capital.json()) == (200, small.json()), path


def _capitals(path: str) -> str:
    return re.sub(UUID_PATTERN, lambda found: found[0].upper(), path)


def test_a_page_takes_capitals(world: World) -> None:
    page = Client().get(f"/players/{str(world.player.id).upper()}/")

    assert (page.status_code, page["Location"]) == (302, f"/players/{world.player.handle}/")


@pytest.mark.parametrize("member", IDS, ids=str)
def test_every_body_takes_capitals(world: World, member: Member) -> None:
    value = {"player_id": world.player.id, "achievement_id": world.lamps.id, "game_id": world.game.id}

    response = world.send(member, f'"{str(value[member.pointer.rpartition("/")[2]]).upper()}"')

    assert response.status_code in {200, 201}, response.content
    assert all("error" not in item for item in response.json().get("results", ()))


@pytest.mark.parametrize("text", ["0" * 32, f"{{{AN_ID}}}", f"urn:uuid:{AN_ID}", "\u0660" * 32, f"{AN_ID}\n", "\0", ""])
def test_nothing_else_is_an_id(world: World, text: str) -> None:
    assert read_uuid(text) is None
    for member in IDS:
        response = world.send(member, '"' + text.replace("\n", "\\n").replace("\0", "\\u0000") + '"')

        codes = [item["status"] for item in response.json().get("results", ())] or [response.status_code]
        assert codes == [400], (member, response.content)
