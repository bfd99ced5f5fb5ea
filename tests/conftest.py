"""Fixtures everyone uses: an empty Redis, a client of the API, the three people."""

import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client

from apps.analytics.counters import game_totals
from apps.core.background.relay import run_steps_until_empty
from apps.core.clock import now
from apps.core.database.availability import failure_detector
from apps.core.database.partitions import (
    MONTHS_AHEAD,
    drop_partition,
    existing_partitions,
    make_partitions,
    month_before,
    monthly_tables,
    months_from,
)
from apps.core.redis import client as redis
from apps.core.redis import rate_counters, single_flight
from apps.core.redis.breakers import breaker
from apps.games.auth import keys
from apps.games.auth.known_tokens import known_tokens
from apps.games.auth.page_origins import page_origins
from apps.games.models import Achievement, Game
from apps.leaderboards.pages.stale_if_error import stale_copies
from apps.leaderboards.repair.rebuild import rebuild_boards
from apps.players.models import Account, Player
from apps.unlocks import replay_cache
from apps.unlocks.definitions import cached_definitions
from tests import emptying
from tests.contract import check_response
from tests.factories import make_account, make_achievement, make_game, make_key, make_player, make_token
from tests.proxy import Proxy

emptying.install()

# A dropped pool may still be opening a connection, and a killed server's session outlives it for a while.
END_SESSIONS = """
SELECT application_name, state, left(query, 80), pg_terminate_backend(pid, 1000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tests' database, whose last sessions are ended and named: none may keep it from being dropped."""
    yield
    connection.close()
    connection.close_pool()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_SESSIONS)
        ended = cursor.fetchall()
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        for session in ended:
            sys.stderr.write(f"ended a session of the tests' database: {session}\n")


@pytest.fixture(autouse=True)
def clean_slate() -> Iterator[None]:
    """Each test starts with an empty Redis, a closed breaker and no remembered keys."""
    redis.client().flushall()
    breaker.reset()
    keys.cache.clear()
    page_origins.clear()
    rate_counters.meter.clear()
    stale_copies.clear()
    known_tokens.clear()
    replay_cache.repeats.batches_without = 0
    cached_definitions.clear()
    yield
    keys.cache.clear()


@pytest.fixture
def lasting_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly a test runs, this process knows how often each has called."""
    monkeypatch.setattr(rate_counters, "UNSETTLED_SECONDS_MAX", 3600.0)


@pytest.fixture
def lasting_callers(lasting_counts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly a test runs, this process knows the keys it has seen, and how often they called."""
    monkeypatch.setattr(keys, "CACHE_SECONDS", 3600.0)


@pytest.fixture
def proxy(transactional_db: None) -> Iterator[Proxy]:
    """The tests' PostgreSQL behind something that can fail."""
    address = {name: connection.settings_dict[name] for name in ("HOST", "PORT")}
    proxy = Proxy(address["HOST"], int(address["PORT"]))
    _reach_database_by({"HOST": "127.0.0.1", "PORT": str(proxy.port)})
    yield proxy
    _reach_database_by(address)
    proxy.stop()
    failure_detector.wait()
    failure_detector.clear_outage()
    connection.drop_connections()


def _reach_database_by(address: dict[str, Any]) -> None:
    connection.close()
    connection.drop_connections()
    connection.settings_dict.update(address)


@pytest.fixture
def alice(db: None) -> Player:
    return make_player(handle="alice", display_name="Alice", region="EU")


@pytest.fixture
def bob(db: None) -> Player:
    return make_player(handle="bob", display_name="Bob", region="NA")


@pytest.fixture
def charlie(db: None) -> Player:
    return make_player(handle="charlie", display_name="Charlie", region="EU")


@pytest.fixture
def game(db: None) -> Game:
    return make_game()


@pytest.fixture
def achievement(game: Game) -> Achievement:
    return make_achievement(game, points=10)


class Api:
    """A caller of the API; every response is held against the API's own description."""

    def __init__(self, token: str | None = None, client: Client | None = None) -> None:
        self.client = client or Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        headers = {**self.headers, **options.pop("headers", {})}
        if body is not None:
            options.setdefault("content_type", "application/json")
            body = body if isinstance(body, str | bytes) else orjson.dumps(body)
            options["data"] = body
        response = self.client.generic(method, f"/api/v1/{path}", headers=headers, **options)
        check_response(method, response)
        return response

    def get(self, path: str, **options: Any) -> Any:
        return self.request("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.request("POST", path, {} if body is None else body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.request("PUT", path, {} if body is None else body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> Any:
        return self.request("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.request("DELETE", path, **options)

    def unlock(self, player: Player, achievement: Achievement, **fields: Any) -> Any:
        body = {"player_id": str(player.id), "achievement_id": str(achievement.id), **fields}
        return self.post("achievements/unlock", body)


@pytest.fixture
def api(game: Game) -> Api:
    return Api(make_key(game))


@pytest.fixture
def test_api(game: Game) -> Api:
    return Api(make_key(game, "test"))


@pytest.fixture
def anonymous() -> Api:
    return Api()


@pytest.fixture
def as_account(db: None) -> Callable[[Account], Api]:
    """Log an account in: a studio's member, say."""

    def log_in(account: Account) -> Api:
        client = Client(raise_request_exception=False)
        client.force_login(account)
        return Api(client=client)

    return log_in


@pytest.fixture
def as_player(as_account: Callable[[Account], Api]) -> Callable[[Player], Api]:
    """Log a player in, with an account of their own."""

    def log_in(player: Player) -> Api:
        if player.account is None:
            player.account = make_account()
            player.save()
        return as_account(player.account)

    return log_in


@pytest.fixture
def token_api() -> Callable[..., Api]:
    """Call as a game client, with a token of a player in a game."""

    def mint(player: Player, game: Game, *, is_test: bool = False) -> Api:
        return Api(make_token(player, game, is_test=is_test))

    return mint


@pytest.fixture
def relay() -> Callable[[], int]:
    """Carry out everything that waits in the outbox, and what follows a moment later."""

    def run() -> int:
        count = run_steps_until_empty()
        game_totals.refresh()
        return count

    return run


@pytest.fixture
def months(db: None) -> Iterator[None]:
    """Partitions as of today again after a test that travels: tables outlive what is rolled back or flushed."""
    yield
    moment = now()
    for table in monthly_tables():
        first = month_before(moment.date(), table.retention_months)
        wanted = list(months_from(first, table.retention_months + 1 + MONTHS_AHEAD))
        for partition in set(existing_partitions(table)) - {table.partition_of(month) for month in wanted}:
            drop_partition(table, partition)
        make_partitions(table, iter(wanted))


class Followers:
    """Those who wait for what another thread makes; `arrived` once so many do."""

    def __init__(self) -> None:
        self.expected = 1
        self.arrived = threading.Event()
        self._count = itertools.count(1)

    def note(self) -> None:
        if next(self._count) == self.expected:
            self.arrived.set()


@pytest.fixture
def followers(monkeypatch: pytest.MonkeyPatch) -> Followers:
    """Everyone who waits for a flight of another thread."""
    noted, wait = Followers(), single_flight._Flight.wait

    def noted_wait(self: Any) -> Any:
        noted.note()
        return wait(self)

    monkeypatch.setattr(single_flight._Flight, "wait", noted_wait)
    return noted


@pytest.fixture
def boards(db: None) -> None:
    """Boards that Redis holds and may be trusted."""
    rebuild_boards()
