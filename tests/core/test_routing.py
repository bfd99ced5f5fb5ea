"""Routes are found by their segments, with the results that Django's own resolver has."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from apps.core.http.routing import IndexedResolver
from apps.games.models import Game
from apps.players.models import Player
from tests.factories import make_game, make_player
from tests.stacks import paths

pytestmark = pytest.mark.django_db


@pytest.fixture
def game() -> Game:
    return make_game(is_published=True)


@pytest.fixture
def player() -> Player:
    return make_player(handle="mira")


def plain(item: Any) -> Any:
    """Return the same tree of routes, of Django's own resolvers alone."""
    if not isinstance(item, URLResolver):
        return item
    patterns = [plain(one) for one in item.url_patterns]
    return URLResolver(item.pattern, patterns, item.default_kwargs, item.app_name, item.namespace)


def found(resolver: URLResolver, path: str) -> tuple[Any, ...] | None:
    try:
        match = resolver.resolve(path)
    except Resolver404:
        return None
    said = match.args, match.kwargs, match.captured_kwargs, match.extra_kwargs
    return match.func, match.view_name, match.app_names, match.namespaces, match.route, *said


def addresses(game: Game, player: Player) -> set[str]:
    """Return an address of each route."""
    return {re.sub(r"/7(?=/|$)", f"/{value}", path) for path in paths(game, player) for value in (7, player.id)}


def crooked(path: str) -> Iterator[str]:
    """Yield a path, and what callers make of it by mistake or on purpose."""
    yield from (path, path.rstrip("/"), f"{path}/", f"{path}//", f"{path}/x", f"{path}\n", path.upper(), f"/{path}")
    yield from (path.replace("/", "//"), path[:-1], path.rpartition("/")[0], path.replace("/", "/x/", 2))
    yield from (path.replace("players", "games"), path.replace("api/v1/", ""), f"{path}?page=2", path.replace("7", "é"))


def test_every_path_leads_where_djangos_resolver_leads_it(game: Game, player: Player) -> None:
    indexed, ordinary = get_resolver(), URLResolver(RegexPattern(r"^/"), [plain(get_resolver().url_patterns[0])])
    requested = {way for path in addresses(game, player) for way in crooked(path)}

    differing = [path for path in requested if found(indexed, path) != found(ordinary, path)]

    assert isinstance(indexed.url_patterns[0], IndexedResolver)
    assert sum(found(indexed, path) is not None for path in requested) > 200
    assert differing == []


def test_few_of_the_api_s_routes_are_tried(game: Game, player: Player) -> None:
    requested = [
        path for path in addresses(game, player) if path.startswith("/api/v1/") and found(get_resolver(), path)
    ]

    tried = [len(get_resolver().resolve(path).tried or ()) for path in requested]

    assert len(requested) > 80
    assert max(tried) <= 5


def test_a_method_or_path_that_is_none_is_refused_as_before(client: Client) -> None:
    answers = [client.delete("/api/v1/leaderboards/global"), client.get("/api/v1/leaderboards/global/")]
    page = client.get("/games")

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (405, "method_not_allowed"),
        (404, "not_found"),
    ]
    assert (page.status_code, page["Location"]) == (301, "/games/")
