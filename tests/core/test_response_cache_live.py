"""A web process of its own, and more distinct addresses than its memory of responses may hold."""

import http.client
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson
import pytest
from django.conf import settings

from apps.games.models import Game
from tests.factories import make_achievement, make_game, make_key, make_player
from tests.live import wait_until
from tests.supervised import Stack
from tests.web_process import WebProcess

ROWS = 100
QUERY = f"window=all&page=1&page_size={ROWS}"
REQUESTED_BYTES = 1024**3
MEGABYTE = 1024**2
# What the process needs beside the responses: threads' arenas, the connection pools, what malloc keeps.
MARGIN = 48 * MEGABYTE


def addresses(path: str) -> Iterator[str]:
    """Yield addresses that mean the same, each with other characters escaped."""
    for number in range(2 ** sum(character.isalnum() for character in QUERY)):
        bits = iter(f"{number:064b}"[::-1])
        yield f"{path}?" + "".join(
            f"%{ord(character):02x}" if character.isalnum() and next(bits) == "1" else character for character in QUERY
        )


def fill(game: Game, web: WebProcess) -> str:
    """Put players on a board and return its path."""
    achievement, path = make_achievement(game), f"/api/v1/leaderboards/{game.id}"
    reports = [{"player_id": str(make_player().id), "achievement_id": str(achievement.id)} for _ in range(ROWS)]
    connection = http.client.HTTPConnection("127.0.0.1", web.port)
    headers = {"Authorization": f"Bearer {make_key(game)}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/achievements/unlock/batch", orjson.dumps({"unlocks": reports}), headers)
    assert connection.getresponse().status == 200
    connection.close()
    wait_until(lambda: len(orjson.loads(read(web, [f"{path}?{QUERY}"])[0])["results"]) == ROWS, "all on the board")
    return path


def read(web: WebProcess, chosen: Any) -> list[bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", web.port)
    bodies = []
    for address in chosen:
        connection.request("GET", address)
        response = connection.getresponse()
        bodies.append(response.read())
        assert response.status == 200, bodies[-1]
    connection.close()
    return bodies


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_a_gigabyte_of_distinct_addresses_leaves_a_web_process_within_its_bound(live_orm: Stack) -> None:
    with WebProcess(live_orm, RATE_LIMIT_ANONYMOUS="0") as web:
        distinct = addresses(fill(make_game(), web))
        # What it needs without a memory of responses: everything loaded, nothing requested twice.
        read(web, islice(distinct, 50))
        before, requested, most = web.memory_bytes(), 0, 0
        while requested < REQUESTED_BYTES:
            requested += sum(map(len, read(web, islice(distinct, 500))))
            most = max(most, web.memory_bytes())

        assert most - before < settings.RESPONSE_CACHE_MB * MEGABYTE + MARGIN
        assert most - before > settings.RESPONSE_CACHE_MB * MEGABYTE // 2
