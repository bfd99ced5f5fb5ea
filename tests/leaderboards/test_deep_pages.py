"""Pages far down, and responses that callers may keep."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from apps.core.redis import client as redis
from apps.core.redis.client import client
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import Board
from apps.leaderboards.kinds.points import POINTS
from apps.leaderboards.sorted_sets import board_sets, multi_region
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_achievement

pytestmark = pytest.mark.django_db(transaction=True)
MILLION = 1_000_000
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
# Members are numbers of 16 bytes, as ids are; everyone is a point behind the one before.
FILL = """
for number = tonumber(ARGV[1]), tonumber(ARGV[2]) do
    redis.call('ZADD', KEYS[1], ARGV[3] + number * 4294967296, string.format('%016d', number))
end
"""


def fill(board: Board, first: int, last: int) -> None:
    slow = client(timeout_seconds=10)
    for start in range(first, last + 1, 50_000):
        slow.eval(
            FILL, 1, board_sets.key_of(board), start, min(start + 49_999, last), POINTS.score_of(MILLION + 1, WHEN)
        )


def best_ms(work: Callable[[], Any]) -> float:
    """Return the milliseconds of the fastest of seven runs: what else the machine does can only add to it."""
    times = []
    for _ in range(7):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return min(times)


@pytest.mark.full
def test_the_last_page_of_a_million_comes_in_under_fifty_milliseconds(anonymous: Api, game: Game, boards: None) -> None:
    board = Board(game.id)
    fill(board, 1, MILLION - 100)
    names = [(number, f"{number:016d}".encode()) for number in range(MILLION - 99, MILLION + 1)]
    Player.objects.bulk_create(
        Player(
            id=board_sets.entries_of(board.order, [(member, 0)])[0].player_id,
            handle=f"deep{number}",
            display_name="D",
            region="EU",
        )
        for number, member in names
    )
    fill(board, MILLION - 99, MILLION)
    path = f"leaderboards/{game.id}?page=10000"

    page = anonymous.get(path).json()
    took_ms = best_ms(lambda: anonymous.get(path))

    assert (page["total_players"], page["pages"], page["degraded"]) == (MILLION, 10_000, False)
    assert [row["rank"] for row in page["results"]] == list(range(MILLION - 99, MILLION + 1))
    assert [row["points"] for row in page["results"]] == list(range(100, 0, -1))
    assert took_ms < 50


@pytest.mark.full
def test_a_union_of_large_regions_holds_redis_up_for_an_instant_only(game: Game, boards: None) -> None:
    regions = ("AF", "AS", "EU", "NA", "OC", "SA")
    for number, region in enumerate(regions):
        first = 2 * number * multi_region.HEAD_RANKS
        fill(Board(game.id, region=region), first + 1, first + 2 * multi_region.HEAD_RANKS)
    board = Board(game.id, region=",".join(regions))
    redis_client = client()

    def unite() -> None:
        redis_client.delete(multi_region.key_of(board), f"{multi_region.key_of(board)}:total")
        multi_region.page(redis_client, board, offset=0, limit=100)

    took_ms = best_ms(unite)

    assert took_ms < 80


def test_deep_pages_wait_for_redis(anonymous: Api, game: Game, boards: None) -> None:
    path = f"leaderboards/{game.id}?page_size=100&page="
    redis.client().flushall()

    refused = anonymous.get(f"{path}101")

    assert (refused.status_code, refused.json()["code"]) == (503, "board_page_unavailable")
    assert (refused.json()["retryable"], "Retry-After" in refused.headers) == (True, True)
    assert anonymous.get(f"{path}100").status_code == 200
    page = anonymous.client.get(reverse("web:board", args=[game.slug]), {"page": 9999})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    assert "first 10,000 places" in page.content.decode()


def test_a_board_is_cached_until_it_changes(
    anonymous: Api, api: Api, alice: Player, bob: Player, achievement: Achievement, boards: None, relay: Any
) -> None:
    api.unlock(alice, achievement)
    relay()
    path = f"leaderboards/{achievement.game_id}"
    built, cached = anonymous.get(path), anonymous.get(path)
    etag = built.headers["ETag"]

    assert (cached.headers["ETag"], cached.content) == (etag, built.content)
    assert cached.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    for known in (etag, f"W/{etag}", f'"x", {etag}'):
        unchanged = anonymous.get(path, headers={"If-None-Match": known})
        assert (unchanged.status_code, unchanged.content, unchanged.headers["ETag"]) == (304, b"", etag)

    api.unlock(bob, make_achievement(achievement.game, points=50))
    relay()

    changed = anonymous.get(path, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json()["results"][0]["player"]["handle"]) == (200, "bob")
    place = anonymous.get(f"{path}/players/{alice.id}")
    assert (place.headers["Cache-Control"], "ETag" in place.headers) == ("no-store", False)


def test_boards_of_unpublished_games_are_not_found(anonymous: Api, game: Game, alice: Player, boards: None) -> None:
    Game.objects.filter(pk=game.id).update(is_published=False)

    for path in (f"leaderboards/{game.id}", f"leaderboards/{game.id}?region=EU,NA"):
        assert anonymous.get(path).json()["code"] == "game_not_found"
    assert anonymous.get(f"leaderboards/{game.id}/players/{alice.id}").json()["code"] == "game_not_found"
