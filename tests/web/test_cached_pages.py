"""Which pages the response cache serves to visitors without cookies, and that nobody's own is among them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import get_resolver

from apps.core.asgi import response_cache
from apps.core.http.public_pages import DEPENDENCY
from apps.games.actions import unpublish_game
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.players.actions import delete_player, edit_player
from apps.players.actions.rulings import ban_player
from apps.players.models import Player
from apps.web.queries import page_dependencies
from tests.api.test_auth_matrix import plain, routes
from tests.api.test_cache_equals_django import django
from tests.api.test_cached_routes import CACHED as CACHED_IN_API
from tests.api.test_cached_routes import OF_PLAYERS as OF_PLAYERS_IN_API
from tests.asgi import Reply
from tests.conftest import Api
from tests.core.test_response_cache import common, empty_cache, get, visits, wait_for_writes
from tests.factories import make_account, make_final_place, make_game, make_key
from tests.stacks import SiteClient, paths

__all__ = ["empty_cache", "visits"]

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]

CACHED = {
    "",
    "docs/",
    "docs/api/",
    "docs/errors/",
    "docs/guests/",
    "docs/live/",
    "docs/webhooks/",
    "games/",
    "games/{slug}/",
    "games/{slug}/palette.css",
    "leaderboards/{slug}/",
    "players/{handle}/",
}
REDIRECT = "a redirect"
# Of the players' pages; those below /accounts/, /portal/ and /admin/ have forms, or are of people who log in.
NOT_CACHED = {
    **dict.fromkeys(("favicon.ico", "leaderboards/", "players/{player_id}/"), REDIRECT),
    **dict.fromkeys(
        ("account/link/", "account/name/", "account/notifications/", "account/profile/", "account/tokens/"),
        "of people who log in",
    ),
    **dict.fromkeys(("notifications/", "notifications/{seq}/", "notifications/read/"), "of people who log in"),
    "leaderboards/{slug}/follow/": "a form",
    "notifications/mail-off/{token}/": "of who has the link",
    "media/{path}": "a file, which browsers and proxies keep for ever",
}
HIDES: dict[str, Callable[[Player], object]] = {
    "private": lambda player: edit_player(player_id=player.id, visibility="private"),
    "banned": lambda player: ban_player(player_id=player.id, decided_by="x"),
    "deleted": lambda player: delete_player(player=player),
}


@pytest.fixture
def pages(game: Game, achievement: Achievement, alice: Player, boards: None, relay: Relay) -> Iterator[list[str]]:
    """The paths of pages that show alice, who leads on a board and has just earned something."""
    Api(make_key(game)).unlock(alice, achievement)
    relay()
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield ["/", f"/games/{game.slug}/", "/players/alice/", "/leaderboards/global/", f"/leaderboards/{game.slug}/"]


def shown(found: list[str], word: bytes = b"Alice") -> list[bool]:
    return [word in get(path).body for path in found]


def test_every_page_is_cached_or_says_why_not() -> None:
    of_players = {
        plain(route): view
        for route, view in routes(get_resolver().url_patterns)
        if view.__module__.startswith("apps.web.") and not route.startswith(("accounts/", "admin/"))
    }

    assert of_players.keys() == CACHED | NOT_CACHED.keys()
    assert {route for route, view in of_players.items() if hasattr(view, DEPENDENCY)} == CACHED


def test_nothing_of_one_visit_is_in_what_others_get(
    game: Game, alice: Player, boards: None, settings: Any, visits: list[str]
) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 0)
    for scope_id in (PLATFORM_ID, game.id):
        make_final_place(alice, scope_id)
    found = paths(game, alice)

    with time_machine.travel(datetime.now(UTC), tick=False):
        first = {path: get(path, headers={"x-request-id": "first-visit"}) for path in found}
        visits.clear()
        without_django = {path: reply for path in found if (reply := get(path)) and path not in visits}

    # Of what belongs to one player the second is made, too, on the loop.
    in_api = [route for route in CACHED_IN_API | OF_PLAYERS_IN_API if not route.endswith("{achievement}")]
    assert len(without_django) == len(CACHED) + len(in_api)
    for path, reply in without_django.items():
        assert (reply.status, reply.body, common(reply)) == (200, first[path].body, common(first[path])), path
        assert "set-cookie" not in reply.headers, path
        assert not [value for value in reply.headers.values() if "nonce-" in value], path
        assert not [
            word for word in (b"csrfmiddlewaretoken", b"nonce=", b"first-visit", b"data-player") if word in reply.body
        ], path


@pytest.mark.parametrize("happens", ["earn", "rename", "private", "ban", "hide", "nothing"])
def test_pages_from_memory_equal_djangos(
    happens: str, pages: list[str], game: Game, alice: Player, bob: Player, achievement: Achievement, relay: Relay
) -> None:
    pages = [*pages, "/games/", f"/games/{game.slug}/palette.css", "/docs/"]
    events: dict[str, Callable[[], object]] = {
        "earn": lambda: Api(make_key(game)).unlock(bob, achievement),
        "rename": lambda: edit_player(player_id=alice.id, handle="countess"),
        "private": lambda: HIDES["private"](alice),
        "ban": lambda: HIDES["banned"](alice),
        "hide": lambda: unpublish_game(game=game),
        "nothing": lambda: None,
    }
    for path in pages:
        get(path)
    events[happens]()
    relay()
    wait_for_writes()

    seconds = page_dependencies.PROFILE_SECONDS if happens == "earn" else page_dependencies.COUNTED_SECONDS
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=False):
        found, made = [[tuple(_shown(get(path, to=to))) for path in pages] for to in (None, django)]

    assert found == made


def _shown(reply: Reply) -> Iterator[object]:
    yield from (reply.status, reply.body, common(reply))


@pytest.mark.parametrize("way", sorted(HIDES))
def test_who_hides_is_on_no_page_any_more(pages: list[str], alice: Player, relay: Relay, way: str) -> None:
    before = [shown(pages) for _ in range(2)]
    HIDES[way](alice)
    wait_for_writes()
    # Boards follow through the relay.
    at_once = shown(pages[:3])
    relay()

    assert before == [[True] * 5] * 2
    assert (at_once, shown(pages)) == ([False] * 3, [False] * 5)


def test_a_hidden_game_is_on_no_page_any_more(pages: list[str], game: Game) -> None:
    name = game.name.encode()
    before = shown(pages, name)
    unpublish_game(game=game)
    wait_for_writes()

    assert before == [True] * 5
    assert shown(pages, name) == [False] * 5
    assert [get(path).status for path in (pages[1], pages[4])] == [404, 404]


def test_a_new_unlock_is_on_its_players_page_at_once_and_on_others_within_two_seconds(
    pages: list[str], game: Game, bob: Player, achievement: Achievement, relay: Relay
) -> None:
    word = b"/players/bob/"
    paths = [pages[0], pages[1], pages[4]]
    before = shown(paths, word)
    Api(make_key(game)).unlock(bob, achievement)
    relay()
    on_the_board = shown(paths, word)[2]
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=2), tick=False):
        after = shown(paths, word)

    assert (before, on_the_board, after) == ([False] * 3, True, [True] * 3)


def test_who_has_a_cookie_gets_a_page_of_their_own(pages: list[str], alice: Player, visits: list[str]) -> None:
    client = SiteClient()
    alice.account = make_account()
    alice.save()
    client.force_login(alice.account)
    session = client.cookies["sessionid"].value
    get("/")

    mine, dark, strangers = (
        get("/", headers={"cookie": cookie} if cookie else {}) for cookie in (f"sessionid={session}", "theme=dark", "")
    )

    assert b"Welcome back" in mine.body
    assert b'data-theme="dark"' in dark.body
    assert b"Welcome back" not in strangers.body
    assert [reply.headers.get("cache-control") for reply in (mine, dark)] == ["private", None]
    assert "Cookie" in strangers.headers["vary"]
    assert visits == ["/"] * 3


def test_the_rows_of_a_board_alone_are_another_response(pages: list[str], visits: list[str]) -> None:
    whole, rows = ([get(pages[3], headers=headers) for _ in range(2)] for headers in ({}, {"hx-request": "true"}))

    assert [reply.body.startswith(b"<!doctype") for reply in whole + rows] == [True, True, False, False]
    assert visits == [pages[3]] * 2


def test_who_has_a_page_gets_304(pages: list[str], visits: list[str]) -> None:
    etag = get("/", headers={"accept-encoding": "gzip"}).headers["etag"]

    replies = [get("/", headers={"accept-encoding": "gzip", "if-none-match": etag}) for _ in range(2)]

    assert etag.startswith("W/")
    assert [(reply.status, reply.body, reply.headers["etag"]) for reply in replies] == [(304, b"", etag)] * 2
    assert visits == ["/"]


def test_in_several_languages_each_is_another_response(settings: Any) -> None:
    headers = {b"accept-language": b"de"}

    in_one = response_cache._variant(headers)
    settings.USE_I18N = True

    assert (in_one, response_cache._variant(headers)) == ((b"",), (b"", b"de"))


def test_a_page_for_anyone_takes_no_key(pages: list[str], game: Game, visits: list[str]) -> None:
    token = make_key(make_game())
    path = f"/api/v1/games/{game.id}"
    get(path, token=token)
    get("/")

    reply = get("/", token=token)

    assert (reply.status, visits) == (200, [path, "/", "/"])
