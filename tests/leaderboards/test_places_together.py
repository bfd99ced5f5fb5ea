"""Places of the moment are read together, on the event loop's behalf, and say what Django would."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import product
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from achievements_site.asgi import http
from apps.core.ids import NIL
from apps.core.redis import client as redis
from apps.games.auth import keys
from apps.games.models import Game
from apps.leaderboards import fast_path, places
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.models import Window
from apps.leaderboards.places import WantedPlace, rank_of_player, ranks_in_redis
from apps.leaderboards.repair.rebuild import rebuild_boards
from apps.leaderboards.sorted_sets import board_sets
from apps.players.models import Block, Follow, Player
from apps.players.queries import ANYONE, Viewer
from apps.players.querysets import seen_sql
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from tests.api.test_cache_equals_django import django, shown
from tests.asgi import Reply, send_request
from tests.conftest import Api
from tests.factories import (
    make_achievement,
    make_game,
    make_key,
    make_known,
    make_player,
    make_publishable_key,
    make_token,
    turn_on_modes,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lasting_callers")]
Relay = Callable[[], int]
# Django's and the event loop's clocks stand still, so that limits have as long to go.
BEGINNING = datetime(2095, 6, 1, 12, 0, 5, tzinfo=UTC)
STRANGER = UUID(int=7 << 76 | 2 << 62)
# How players are, over and over: visible to anyone, to whom they follow, to none; and what befell them.
KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"visibility": "followers"},
    {"visibility": "private", "region": "NA"},
    {"banned_at": BEGINNING},
    {"region": "NA", "avatar": "players/avatars/a.webp", "display_name": 'Zoë "\u2028\U0001f3c6" \\ </b>\x7f'},
)
QUERIES = (
    *("", "around=0", "around=25", "around=2&window=day", "region=NA", "region=EU&around=1&window=week"),
    *("mode=hardcore", "mode=hardcore&window=month", "mode=casual&around=1", "region=EU,NA", "region=EU&region=NA"),
    *("around=26", "around=x", "around=1e0", "around=1&around=2", "windw=day", "window=year", "window=%ff", "a" * 9000),
)
ENCODINGS = ("", "gzip", "zstd, br;q=0.5", "identity")


@dataclass
class World:
    """Games with their players, and who wants places on their boards."""

    games: list[Game]
    players: list[Player]
    tokens: list[str]

    def path(self, board: int, player: int) -> str:
        scope = ["global", *(game.id for game in self.games)][board]
        return f"/api/v1/leaderboards/{scope}/players/{[*(item.id for item in self.players), STRANGER][player]}"

    def read(self, request: "Wanted", to: Any = http) -> Reply:
        board, player, query, caller, encoding = request
        headers = {"accept-encoding": ENCODINGS[encoding]} if ENCODINGS[encoding] else {}
        path, token = self.path(board, player), ["", *self.tokens][caller]
        return asyncio.run(send_request("GET", path, query=QUERIES[query], token=token, headers=headers, to=to))


Wanted = tuple[int, int, int, int, int]
requests = st.tuples(*(st.integers(0, last) for last in (2, 10, len(QUERIES) - 1, 5, len(ENCODINGS) - 1)))
earned = st.lists(st.tuples(*(st.integers(0, last) for last in (9, 5, 1, 30))), min_size=12, max_size=40)
related = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8)


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 0)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each request was answered on the event loop."""
    found: list[bool] = []
    (route,) = [route for route, path in http._fast_routes.items() if path is fast_path.place]

    async def noted(scope: dict[str, Any], body: bytes) -> Any:
        finished = await fast_path.place(scope, body)
        found.append(finished is not None)
        return finished

    monkeypatch.setattr(http, "_fast_routes", {route: noted})
    return found


@pytest.fixture
def world_of(relay: Relay) -> Iterator[Callable[..., World]]:
    with time_machine.travel(BEGINNING, tick=False):

        def make(earnings: list[Any], follows: list[Any], blocks: list[Any]) -> World:
            redis.client().flushall()
            keys.cache.clear()
            games = [turn_on_modes(make_game()), make_game()]
            players = [make_player(**KINDS[number % len(KINDS)]) for number in range(10)]
            for player in players[::3]:
                make_known(player, games[0])
            for table, pairs, names in (
                # Players 0 and 9, whom a key's game knows, see others beside them than a stranger does.
                (Follow, [(1, 0), (6, 0), (6, 9), *follows], ("follower_id", "followed_id")),
                (Block, [(4, 0), *blocks], ("blocker_id", "blocked_id")),
            ):
                rows = {pair: table(**dict(zip(names, pair, strict=True))) for pair in map(tuple, _ids(players, pairs))}
                table.objects.bulk_create(rows.values())
            _earn(games, players, earnings)
            tokens = [make_key(games[0]), make_key(games[1]), make_key(games[0], scopes=["unlocks:write"])]
            tokens += [make_publishable_key(games[0]), make_token(players[1], games[0])]
            for token in tokens[:4]:
                keys.cache.find(token)
            rebuild_boards()
            relay()
            return World(games, players, tokens)

        yield make


def _ids(players: list[Player], pairs: list[Any]) -> Iterator[tuple[UUID, UUID]]:
    return ((players[one].id, players[other].id) for one, other in pairs if one != other)


def _earn(games: list[Game], players: list[Player], earnings: list[Any]) -> None:
    achievements = [make_achievement(game, points=points) for game, points in product(games, (10, 20, 40))]
    record_unlocks(
        reports=[
            Report(
                achievements[number].game_id,
                players[player].id,
                achievements[number].id,
                None,
                BEGINNING - timedelta(hours=7 * ago),
                is_hardcore=bool(is_hardcore) and number < 3,
            )
            for player, number, is_hardcore, ago in earnings
        ]
    )


# Of every kind of player, board and caller.
USUAL = [(board, player, board, (board + player) % 5, 0) for board, player in product(range(3), range(10))]


@pytest.mark.slow
@pytest.mark.parametrize("examples", [5, pytest.param(150, marks=[pytest.mark.full, pytest.mark.timeout(3600)])])
def test_places_read_together_equal_djangos(
    examples: int, world_of: Callable[..., World], taken: list[bool], relay: Relay
) -> None:
    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(earned, related, related, st.lists(requests, min_size=15, max_size=15))
    def run(earnings: list[Any], follows: list[Any], blocks: list[Any], wanted: list[Wanted]) -> None:
        world = world_of(earnings, follows, blocks)

        found = [shown(world.read(request)) for request in [*USUAL, *wanted]]

        assert found == [shown(world.read(request, django)) for request in [*USUAL, *wanted]]

    run()
    # How many are usual depends on what was generated: a quarter, more or less.
    assert sum(taken) > len(taken) // 10


@pytest.fixture
def five(game: Game, relay: Relay, boards: None) -> list[Player]:
    """Players on a game's board, best first; only the first two are visible to anyone."""
    players = [make_player(**KINDS[number]) for number in (0, 4, 1, 2, 3)]
    achievements = [make_achievement(game, points=points) for points in (50, 40, 30, 20, 10)]
    for player, achievement in zip(players, achievements, strict=True):
        Api(make_key(game)).unlock(player, achievement)
    relay()
    return players


def path_of(game: Game, player: Player) -> str:
    return f"/api/v1/leaderboards/{game.id}/players/{player.id}"


def get(path: str, **options: Any) -> Reply:
    return asyncio.run(send_request("GET", path, **options))


def test_many_places_are_one_command_and_one_statement(
    game: Game, five: list[Player], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    read = board_sets.read_around
    monkeypatch.setattr(
        board_sets, "read_around", lambda redis, wanted: reads.append(len(wanted)) or read(redis, wanted)
    )
    knows = make_known(five[0], game).external_identities.get()
    viewers = [ANYONE, Viewer(five[3].id), Viewer(known_id=five[0].id, game_id=knows.game_id)]
    boards = [Board(game.id), Board(PLATFORM_ID), Board(game.id, region="EU"), Board(game.id, Window.ALL, region="NA")]
    wanted = [
        WantedPlace(board, player.id, reach, viewer)
        for board, player, reach, viewer in product(boards, five, (0, 1, 25), viewers)
    ]
    redis.client().sadd(board_sets.LOST_KEY, boards[3].name)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = ranks_in_redis(wanted)
    alone = [rank_of_player(place.board, place.player_id, reach=place.reach, viewer=place.viewer) for place in wanted]

    assert (len(queries), reads[0], len(found)) == (1, len(wanted), len(wanted))
    of_lost = len(wanted) * 3 // 4
    assert found[:of_lost] == alone[:of_lost]
    assert set(found[of_lost:]) == {None}
    assert any(place is not None and place.is_degraded for place in alone[of_lost:])


def test_places_of_the_moment_form_batches(game: Game, five: list[Player], monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    answers = fast_path.place._together._work
    monkeypatch.setattr(fast_path.place._together, "_work", lambda batch: sizes.append(len(batch)) or answers(batch))

    async def run() -> list[Reply]:
        return await asyncio.gather(*(send_request("GET", path_of(game, player)) for player in five[:2] * 15))

    replies = asyncio.run(run())

    assert [reply.json()["rank"] for reply in replies] == [1, 2] * 15
    # The first goes at once, alone; the others while it is read.
    assert sizes == [1, 29]


@pytest.mark.parametrize(
    ("method", "options", "status"),
    [
        ("HEAD", {}, 200),
        ("GET", {"headers": {"cookie": "a=b"}}, 200),
        ("GET", {"origin": "https://play.example"}, 200),
        ("GET", {"body": {}}, 200),
        ("GET", {"headers": {"host": "elsewhere.example"}}, 400),
        ("GET", {"query": "around=26"}, 400),
        ("GET", {"query": "windw=day"}, 400),
        ("GET", {"token": "lk_live_nobody_knows_this_one"}, 401),
        ("POST", {}, 405),
    ],
)
def test_what_is_unusual_is_left_to_django(
    game: Game, five: list[Player], taken: list[bool], method: str, options: dict[str, Any], status: int
) -> None:
    reply = asyncio.run(send_request(method, path_of(game, five[0]), **options))

    assert (reply.status, taken) == (status, [False])


def test_boards_that_redis_cannot_be_trusted_with_are_left_to_django(
    game: Game, five: list[Player], taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy = get(path_of(game, five[0])).json()
    redis.client().flushall()
    emptied = get(path_of(game, five[0])).json()
    rebuild_boards()
    monkeypatch.setattr(places, "rows_of_all", lambda shown: 1 / 0)
    failed = get(path_of(game, five[0])).json()

    assert (taken, healthy["degraded"]) == ([True, False, False], False)
    assert emptied == {**healthy, "degraded": True}
    assert failed == healthy


def test_a_place_counts_once_however_it_is_read(game: Game, five: list[Player], settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "anonymous": 4}
    paths = [path_of(game, five[number]) for number in (0, 3, 1, 4, 2)]

    replies = [get(path, address="192.0.2.77") for path in paths]

    assert [reply.status for reply in replies] == [200, 404, 200, 404, 429]
    assert [reply.headers["ratelimit"].split(";")[1] for reply in replies[:4]] == ["r=3", "r=2", "r=1", "r=0"]
    assert replies[4].json()["code"] == "rate_limited"


def test_nobody_has_the_nil_id(game: Game, five: list[Player], taken: list[bool]) -> None:
    statuses = [get(f"/api/v1/leaderboards/{scope}/players/{five[0].id}").status for scope in ("global", NIL)]

    assert (statuses, taken) == ([200, 404], [True, False])


def test_the_function_of_names_has_who_may_see_whom_as_it_is() -> None:
    rule = seen_sql("p", "b.viewer_id") + seen_sql("p", None)

    # After a change of the rule: a migration that replaces names_on_boards, then this.
    assert sha256(rule.encode()).hexdigest() == "accfdc1c41547ad34a6d000c111e3b864cfe4a8273ea79b5501c38d054d5ee17"
