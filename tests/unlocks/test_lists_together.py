"""First reads of players' lists and dashboards are made together, on the loop's behalf, and say what Django would."""

import asyncio
import threading
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

from achievements_site.asgi import http, responses
from apps.analytics.batched_dashboards import dashboard
from apps.analytics.dashboards import WantedDashboard, dashboards
from apps.core.redis import client as redis
from apps.games.auth import keys
from apps.games.models import Achievement, AchievementCompletion, Game
from apps.leaderboards.repair.rebuild import rebuild_boards
from apps.players.models import Player
from apps.unlocks import batched_lists
from apps.unlocks.actions import record_unlocks
from apps.unlocks.archive import mark_inactive
from apps.unlocks.first_pages import FirstPage, first_achievements, first_progress, first_unlocks
from apps.unlocks.list_sql import first_achievements_function, first_pages_function
from apps.unlocks.models import Progress
from apps.unlocks.reports import Report
from tests.api.test_cache_equals_django import django, shown
from tests.asgi import Reply, send_request
from tests.conftest import Api
from tests.core.test_response_cache import common, empty_cache, visits
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

__all__ = ["empty_cache", "visits"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lasting_callers")]
# Django's and the event loop's clocks stand still, so that limits have as long to go.
BEGINNING = datetime(2095, 6, 1, 12, 0, 5, tzinfo=UTC)
STRANGER = UUID(int=7 << 76 | 2 << 62)
# How players are: visible to anyone, to whom they follow, to none; and what befell them.
KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"visibility": "private"},
    {"visibility": "followers"},
    {"banned_at": BEGINNING},
    {"is_test": True},
)
ACHIEVEMENTS: tuple[dict[str, Any], ...] = (
    {"position": 3},
    {"position": 1, "is_hidden": True},
    {"position": 1, "state": "archived", "icon": "x/y.png"},
    {"position": 2, "kind": "incremental", "target": 10, "is_hidden": True},
    {"position": 4, "kind": "incremental", "target": 5, "name": 'Zoë "\u2028\U0001f3c6" \\ </b>\x7f'},
    {"state": "draft"},
)
QUERIES = (
    *("", "page_size=1", "page_size=2", "page_size=3", "page_size=100", "page_size=101", "page_size=0", "page_size=x"),
    *("earned=true", "cursor=x", "page_sise=1", "page_size=1&page_size=2", "page_size=%ff", "game=x", "kind=one_shot"),
)
ENCODINGS = ("", "gzip", "zstd, br;q=0.5", "identity")
READS = (*batched_lists.LISTS, dashboard)


@dataclass
class World:
    """Games with their players, and who reads what these have."""

    games: list[Game]
    players: list[UUID]
    tokens: list[str]

    def address(self, list_: int, player: int, query: int) -> tuple[str, str]:
        player_id, sent = self.players[player], QUERIES[query]
        if list_ < 3:
            return f"/api/v1/players/{player_id}/{('unlocks', 'progress', 'dashboard')[list_]}", sent
        path = f"/api/v1/games/{[*(game.id for game in self.games), STRANGER][list_ - 3]}/achievements"
        return path, f"player_id={player_id}&{sent}".rstrip("&")

    def read(self, request: "Wanted", to: Any = http) -> Reply:
        list_, player, query, caller, encoding = request
        headers = {"accept-encoding": ENCODINGS[encoding]} if ENCODINGS[encoding] else {}
        path, sent = self.address(list_, player, query)
        responses.clear()
        token = ["", *self.tokens][caller]
        return asyncio.run(send_request("GET", path, query=sent, token=token, headers=headers, to=to))


Wanted = tuple[int, int, int, int, int]
requests = st.tuples(*(st.integers(0, last) for last in (6, 8, len(QUERIES) - 1, 7, len(ENCODINGS) - 1)))
earned = st.lists(st.tuples(*(st.integers(0, last) for last in (4, 9, 1, 30))), max_size=30)
steps = st.lists(st.tuples(*(st.integers(0, last) for last in (4, 9, 12, 1))), max_size=15)


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 0)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each read was answered on the event loop."""
    found: list[bool] = []

    def noted(respond: Any) -> Any:
        async def noting(*arguments: Any) -> Any:
            finished = await respond(*arguments)
            found.append(finished is not None)
            return finished

        return noting

    monkeypatch.setattr(http, "_cached_reads", {read.route: noted(read.respond) for read in READS})
    return found


@pytest.fixture
def world_of(relay: Callable[[], int]) -> Iterator[Callable[..., World]]:
    with time_machine.travel(BEGINNING, tick=False):

        def make(earnings: list[Any], progress: list[Any], shares: list[Any]) -> World:
            redis.client().flushall()
            keys.cache.clear()
            games = [turn_on_modes(make_game()), make_game(), make_game()]
            players = [make_player(**KINDS[number % len(KINDS)]) for number in range(7)]
            for player in players[::2]:
                make_known(player, games[0])
            achievements = [make_achievement(game, **fields) for game, fields in product(games, ACHIEVEMENTS)]
            for achievement, share in zip(achievements, shares, strict=False):
                AchievementCompletion.objects.create(
                    achievement=achievement, unlock_count=1, player_count=2, share=share, hardcore_share=share
                )
            _earn(achievements, players, earnings)
            _advance(achievements, players, progress)
            rebuild_boards()
            relay()
            mark_inactive([players[2].id], BEGINNING)
            former = make_player()
            Player.objects.filter(pk=former.pk).update(merged_into=players[0], merged_at=BEGINNING)
            Game.objects.filter(pk=games[2].id).update(is_published=False)
            tokens = [make_key(games[0]), make_key(games[1]), make_key(games[2]), make_publishable_key(games[0])]
            tokens += [make_key(games[0], scopes=["unlocks:write"]), make_token(players[0], games[0])]
            tokens += [make_key(games[0], "test")]
            for token in tokens[:5]:
                keys.cache.find(token)
            return World(games, [*(player.id for player in players), former.id, STRANGER], tokens)

        yield make


def _earn(achievements: list[Achievement], players: list[Player], earnings: list[Any]) -> None:
    wanted = [
        (players[player], achievements[number], is_hardcore, ago) for player, number, is_hardcore, ago in earnings
    ]
    record_unlocks(
        reports=[
            Report(
                achievement.game_id,
                player.id,
                achievement.id,
                None,
                BEGINNING - timedelta(hours=7 * ago, microseconds=ago % 2),
                is_hardcore=bool(is_hardcore) and achievement.game_id == achievements[0].game_id,
            )
            for player, achievement, is_hardcore, ago in wanted
        ]
    )


def _advance(achievements: list[Achievement], players: list[Player], progress: list[Any]) -> None:
    rows = {
        (player, number): Progress(
            player_id=players[player].id,
            achievement_id=achievements[number].id,
            game_id=achievements[number].game_id,
            steps=made,
            revealed_at=BEGINNING if is_shown else None,
            updated_at=BEGINNING - timedelta(hours=made),
        )
        for player, number, made, is_shown in progress
    }
    Progress.objects.bulk_create(rows.values())


def exactly(reply: Reply) -> Any:
    return (reply.body, common(reply)) if reply.status == 200 else shown(reply)


# Of every list, player and caller.
USUAL = [
    (list_, player, 0 if list_ == 2 else player % 5, (list_ + player) % 5, 0)
    for list_, player in product(range(7), range(9))
]


@pytest.mark.slow
@pytest.mark.parametrize("examples", [3, pytest.param(150, marks=[pytest.mark.full, pytest.mark.timeout(3600)])])
def test_lists_read_together_equal_djangos(examples: int, world_of: Callable[..., World], taken: list[bool]) -> None:
    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(earned, steps, st.lists(st.floats(0, 1), max_size=18), st.lists(requests, min_size=20, max_size=20))
    def run(earnings: list[Any], progress: list[Any], shares: list[Any], wanted: list[Wanted]) -> None:
        world = world_of(earnings, progress, shares)

        found = [exactly(world.read(request)) for request in [*USUAL, *wanted]]

        assert found == [exactly(world.read(request, django)) for request in [*USUAL, *wanted]]

    run()
    # How many are usual depends on what was generated.
    assert sum(taken) > len(taken) // 8


@pytest.fixture
def known(game: Game, api: Api, achievement: Achievement, alice: Player, bob: Player) -> list[Player]:
    """Two players with an unlock, whom anyone may see."""
    for player in (alice, bob):
        api.unlock(player, achievement)
    return [alice, bob]


def path_of(player: Player, list_: str = "unlocks") -> str:
    return f"/api/v1/players/{player.id}/{list_}"


def get(path: str, **options: Any) -> Reply:
    return asyncio.run(send_request("GET", path, **options))


def test_many_lists_are_one_statement(game: Game, known: list[Player]) -> None:
    key = FirstPage(known[0].id, "key", True, game.id, game.id, 3)
    anyone = FirstPage(known[1].id, "anyone", False, game.id, None, 2)
    merged = anyone._replace(player_id=STRANGER)
    for read in (first_unlocks, first_achievements, first_progress):
        read([anyone])

        with CaptureQueriesContext(connection) as queries:
            found = read([key, anyone, merged] * 5)

        assert len(queries) == 1
        assert found == [*read([key]), *read([anyone]), None] * 5


def test_lists_of_the_moment_form_batches(known: list[Player], monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    answers = batched_lists.unlocks._together._work
    monkeypatch.setattr(
        batched_lists.unlocks._together, "_work", lambda batch: sizes.append(len(batch)) or answers(batch)
    )

    async def run() -> list[Reply]:
        wanted = [(player, f"page_size={size}") for size in range(1, 16) for player in known]
        return await asyncio.gather(*(send_request("GET", path_of(player), query=query) for player, query in wanted))

    replies = asyncio.run(run())

    assert [len(reply.json()["results"]) for reply in replies] == [1] * 30
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
        ("GET", {"token": "lk_live_nobody_knows_this_one"}, 401),
        ("POST", {}, 405),
    ],
)
def test_what_is_unusual_is_not_tried_on_the_loop(
    known: list[Player], taken: list[bool], method: str, options: dict[str, Any], status: int
) -> None:
    reply = asyncio.run(send_request(method, path_of(known[0]), **options))

    assert (reply.status, taken) == (status, [])


@pytest.mark.parametrize("list_", ["unlocks", "progress", "dashboard", "achievements"])
@pytest.mark.parametrize("has_key", [False, True])
def test_two_readers_are_answered_on_the_loop_and_the_third_from_memory(
    known: list[Player],
    taken: list[bool],
    visits: list[str],
    boards: None,
    relay: Callable[[], int],
    list_: str,
    *,
    has_key: bool,
) -> None:
    relay()
    game = Game.objects.get()
    make_known(known[0], game)
    # Only a game's key reads what is under way.
    token = make_key(game) if has_key or list_ == "progress" else ""
    if token:
        keys.cache.find(token)
    query = f"player_id={known[0].id}" if list_ == "achievements" else ""
    path = f"/api/v1/games/{game.id}/achievements" if query else path_of(known[0], list_)

    replies = [get(path, query=query, token=token) for _ in range(3)]

    assert [(reply.status, reply.body, common(reply)) for reply in replies[1:]] == [
        (200, replies[0].body, common(replies[0]))
    ] * 2
    assert (taken, visits) == ([True, True], [])


def test_who_has_it_gets_304_at_the_first_request(known: list[Player], taken: list[bool], visits: list[str]) -> None:
    headers = {"accept-encoding": "gzip"}
    whole = get(path_of(known[0]), headers=headers)
    responses.clear()

    reply = get(path_of(known[0]), headers={**headers, "if-none-match": whole.headers["etag"]})

    left_out = {"content-type", "content-length", "content-encoding"}
    assert (reply.status, reply.body) == (304, b"")
    assert common(reply) == {name: value for name, value in common(whole).items() if name not in left_out}
    assert (taken, visits) == ([True, True], [])


def test_a_list_counts_once_however_it_is_read(known: list[Player], settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "anonymous": 4}
    hidden = make_player(visibility="private")
    paths = [path_of(player) for player in (known[0], hidden, known[1], make_player(), known[0])]

    replies = [get(path, address="192.0.2.77") for path in paths]

    assert [reply.status for reply in replies] == [200, 404, 200, 200, 429]
    assert [reply.headers["ratelimit"].split(";")[1] for reply in replies[:4]] == ["r=3", "r=2", "r=1", "r=0"]


def test_django_answers_where_a_batch_fails(
    known: list[Player], taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy = get(path_of(known[0]))
    responses.clear()
    monkeypatch.setattr(batched_lists.unlocks._together, "_work", lambda batch: 1 / 0)

    failed = get(path_of(known[0]))

    assert shown(failed) == shown(healthy)
    assert taken == [True, False]


def test_a_dashboard_whose_rank_redis_cannot_say_is_left_to_django(
    known: list[Player], taken: list[bool], boards: None, relay: Callable[[], int]
) -> None:
    relay()
    path = path_of(known[0], "dashboard")
    healthy = get(path)
    responses.clear()
    redis.client().flushall()

    emptied = get(path)

    assert (taken, healthy.json()["rank"]["total_players"]) == ([True, False], 2)
    assert emptied.body == healthy.body


def test_many_dashboards_are_three_statements(game: Game, known: list[Player], boards: None) -> None:
    wanted = [
        WantedDashboard(known[0].id, game.id),
        WantedDashboard(known[1].id, None),
        WantedDashboard(STRANGER, None),
    ]
    dashboards(wanted)

    with CaptureQueriesContext(connection) as queries:
        found = dashboards(wanted * 5)

    assert len(queries) == 3
    assert found == [*(dashboards([item])[0] for item in wanted)] * 5
    assert [body is None for body in found[:3]] == [False, False, True]


def test_nobody_waits_for_a_first_read_that_was_cancelled(known: list[Player], monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()
    answers = batched_lists.unlocks._together._work

    async def run() -> Reply:
        loop, has_begun = asyncio.get_running_loop(), asyncio.Event()

        def slow(batch: Any) -> Any:
            loop.call_soon_threadsafe(has_begun.set)
            may_end.wait(5)
            return answers(batch)

        monkeypatch.setattr(batched_lists.unlocks._together, "_work", slow)
        first, second = (asyncio.create_task(send_request("GET", path_of(known[0]))) for _ in range(2))
        await has_begun.wait()
        first.cancel()
        found = await second
        may_end.set()
        return found

    reply = asyncio.run(run())

    assert (reply.status, len(reply.json()["results"])) == (200, 1)
    # It would have waited a second for the first.
    assert reply.seconds < 1


def test_the_functions_of_first_pages_are_as_the_code_has_them() -> None:
    texts = [
        first_pages_function("unlocks", "u", "smallint"),
        first_pages_function("progress", "r", "text"),
        first_achievements_function(),
    ]

    # After a change: a migration that replaces the functions, then this.
    assert (
        sha256("".join(texts).encode()).hexdigest()
        == "d1033ef7e6fd3e4a5ff7e2d7a7186accc2f5284d63f0a8eaefa70fdb513a5857"
    )
