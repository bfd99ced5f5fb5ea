"""Fixtures everyone uses: an empty Redis, a client of the API, the three people."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from apps.core import redis
from apps.core.relay import run_steps_until_empty
from apps.games import keys
from apps.games.models import Achievement, Game
from apps.leaderboards.rebuild import rebuild_boards
from apps.players.models import Player
from tests.factories import make_achievement, make_game, make_key, make_player


@pytest.fixture(autouse=True)
def clean_slate() -> Iterator[None]:
    """Each test starts with an empty Redis, a closed breaker and no remembered keys."""
    redis.client().flushall()
    redis.breaker.reset()
    keys.cache.clear()
    yield
    keys.cache.clear()


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
    """A game server, calling with its key."""

    def __init__(self, token: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: Any, **options: Any) -> Any:
        options.setdefault("content_type", "application/json")
        return self.client.post(f"/api/v1/{path}", body, headers=self.headers, **options)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

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
def relay() -> Callable[[], int]:
    """Carry out everything that waits in the outbox."""
    return run_steps_until_empty


@pytest.fixture
def boards(db: None) -> None:
    """Boards that Redis holds and may be trusted."""
    rebuild_boards()
