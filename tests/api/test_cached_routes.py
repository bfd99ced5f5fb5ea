"""Which GETs the response cache serves, and why the others are Django's alone: a table of every route of the API."""

import pytest

from achievements_site.asgi import responses
from apps.core.api.auth.callers import Access
from apps.games.auth import keys
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.players.models import Player
from tests.api.test_auth_matrix import api_routes, filled
from tests.asgi import Reply
from tests.core.test_response_cache import common, empty_cache, get, visits
from tests.factories import make_final_place, make_key, make_known

__all__ = ["empty_cache", "visits"]

CACHED = {
    "games",
    "games/{game}",
    "games/{game_id}/achievements",
    "games/{game_id}/achievements/{achievement}",
    "leaderboards/global",
    "leaderboards/global/closed",
    "leaderboards/global/closed/{window}/{opened_on}",
    "leaderboards/{game_id}",
    "leaderboards/{game_id}/closed",
    "leaderboards/{game_id}/closed/{window}/{opened_on}",
    "players/{player_id}",
    "players/{player}/medals",
}
# Of these, stored at the second request.
OF_PLAYERS = {"players/{player}/dashboard", "players/{player}/unlocks"}
# No stranger reads them.
OF_PLAYERS_FOR_KEYS = {"players/{player}/progress"}
OF_ONE_PLAYER = "as many responses as players, and no two callers who come for the same one within its time"
OF_THE_MOMENT = "as many responses as players, read together with others of the moment (leaderboards/fast_path.py)"
SELDOM = "read by people, a few times a day"
# Of routes that anyone may read. All others depend on who calls.
NOT_CACHED = {
    "asyncapi.json": "one response for ever, which no game reads while it runs",
    "compare": "players of the caller's choice, seldom the same twice",
    "leaderboards/global/players/{player_id}": OF_THE_MOMENT,
    "leaderboards/global/players/{player_id}/history": OF_ONE_PLAYER,
    "leaderboards/{game_id}/players/{player_id}": OF_THE_MOMENT,
    "leaderboards/{game_id}/players/{player_id}/history": OF_ONE_PLAYER,
    "players": SELDOM,
    "players/{player}/games/{game_id}/completion": OF_ONE_PLAYER,
    "players/{player}/statistics": OF_ONE_PLAYER,
}


def test_every_route_that_anyone_may_read_is_cached_or_says_why_not() -> None:
    views = api_routes()

    public = {route for route, view in views.items() if view.access.get("GET", Access()).anonymous}
    assert public == CACHED | OF_PLAYERS | NOT_CACHED.keys()
    cached = {route for route, view in views.items() if view.is_response_cached}
    assert cached == CACHED | OF_PLAYERS | OF_PLAYERS_FOR_KEYS


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("boards")
@pytest.mark.parametrize("route", sorted(CACHED))
def test_a_cached_route_is_read_from_django_once(
    route: str, game: Game, alice: Player, achievement: Achievement, visits: list[str]
) -> None:
    route = route.replace("{game}", game.slug).replace("{achievement}", achievement.key)
    path = f"/api/v1/{filled(route, game.id, alice.id)}"
    for scope_id in (PLATFORM_ID, game.id):
        make_final_place(alice, scope_id)

    first, second = get(path), get(path)

    assert (first.status, first.body, common(first)) == (second.status, second.body, common(second))
    assert (first.status, visits) == (200, [path])
    assert "etag" in first.headers


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("boards", "lasting_callers")
@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize("route", sorted([*OF_PLAYERS, *OF_PLAYERS_FOR_KEYS, "games/{game_id}/achievements"]))
def test_what_a_player_has_is_read_together_and_then_from_memory(
    route: str, has_key: bool, game: Game, alice: Player, achievement: Achievement, visits: list[str]
) -> None:
    make_known(alice, game)
    token = make_key(game) if has_key else ""
    keys.cache.find(token)
    path, query = f"/api/v1/{filled(route, game.id, alice.id)}", f"player_id={alice.id}" if "games/" in route else ""

    hits_before = responses.stored.hits

    replies = [get(path, query=query, token=token) for _ in range(4)]

    if route in OF_PLAYERS_FOR_KEYS and not has_key:
        assert [reply.status for reply in replies] == [401] * 4
        return
    assert [reply.status for reply in replies] == [200] * 4
    assert [(reply.body, common(reply)) for reply in replies[1:]] == [(replies[0].body, common(replies[0]))] * 3
    assert visits == []
    assert responses.stored.hits - hits_before == 2
    assert ("private" if has_key else "public") in replies[3].headers["cache-control"]
    assert "etag" in replies[3].headers


@pytest.mark.django_db(transaction=True)
def test_what_is_not_cached_is_made_each_time(game: Game, alice: Player, visits: list[str]) -> None:
    paths = [f"/api/v1/{filled(route, game.id, alice.id)}" for route in sorted(NOT_CACHED)]

    for path in paths * 2:
        get(path)

    assert visits == paths * 2


@pytest.mark.django_db(transaction=True)
def test_a_key_lists_its_own_hidden_game_alone(visits: list[str], game: Game) -> None:
    hidden = Game.objects.get(pk=game.pk)
    Game.objects.filter(pk=game.pk).update(is_published=False)
    token = make_key(hidden)

    replies: list[Reply] = [get("/api/v1/games", token=sent) for sent in ("", token, "", token)]

    assert [len(reply.json()["results"]) for reply in replies] == [0, 1, 0, 1]
    assert visits == ["/api/v1/games"] * 3
