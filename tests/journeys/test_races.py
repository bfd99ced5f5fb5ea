"""Many clients report the same unlock at the same moment to a real server."""

import http.client
import json
import threading
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.live import is_outbox_empty, wait_until
from tests.recompute import connect, differences
from tests.supervised import Stack
from tests.tools.load.world import World, make_world

RACERS = 64
PLATFORM = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def world(live_stack: Stack) -> World:
    return make_world(live_stack.database_url, label="races", players=4, achievements=4)


def test_of_64_racing_reports_one_records_and_63_learn_when(live_stack: Stack, world: World) -> None:
    item = {"player_id": world.player_ids[0], "achievement_id": world.achievement_ids[0]}

    responses = race(live_stack, world, [item] * RACERS)

    assert sorted(status for status, _ in responses) == [200] * 63 + [201]
    assert sum(body["unlocked"] for _, body in responses) == 1
    (unlocked_at,) = {body["unlocked_at"] for _, body in responses}
    assert held(live_stack, item) == [(datetime.fromisoformat(unlocked_at), 2)]


def test_a_race_has_one_effect(live_stack: Stack, world: World) -> None:
    item = {"player_id": world.player_ids[1], "achievement_id": world.achievement_ids[1]}
    before = events_written(live_stack)

    race(live_stack, world, [item] * RACERS)

    assert events_written(live_stack) - before == 1
    wait_until(lambda: is_outbox_empty(live_stack), "the relay carries everything out")
    assert differences(live_stack.database_url, live_stack.redis_url) == []
    assert totals(live_stack, world, item["player_id"]) == {(world.game_id, 3, 1), (PLATFORM, 3, 1)}
    assert received_by(live_stack, item["player_id"]) == [(1, "own_unlock", item["achievement_id"])]


def test_racing_for_different_achievements_of_one_player_loses_none(live_stack: Stack, world: World) -> None:
    items = [{"player_id": world.player_ids[2], "achievement_id": item} for item in world.achievement_ids]

    responses = race(live_stack, world, items * (RACERS // 4))

    assert sorted(status for status, _ in responses) == [200] * 60 + [201] * 4
    wait_until(lambda: is_outbox_empty(live_stack), "the relay carries everything out")
    assert totals(live_stack, world, items[0]["player_id"]) == {(world.game_id, 14, 4), (PLATFORM, 14, 4)}
    assert differences(live_stack.database_url, live_stack.redis_url) == []


def race(stack: Stack, world: World, items: list[dict[str, str]]) -> list[tuple[int, dict[str, Any]]]:
    """Report every item from a thread and a connection of its own, all let go at once."""
    responses: list[tuple[int, dict[str, Any]]] = []
    gate = threading.Barrier(len(items))
    server = urlsplit(stack.base_url)

    def report(item: dict[str, str]) -> None:
        client = http.client.HTTPConnection(server.hostname or "", server.port, timeout=30)
        client.connect()
        gate.wait()
        headers = {"Authorization": f"Bearer {world.live_key}", "Content-Type": "application/json"}
        client.request("POST", "/api/v1/achievements/unlock", json.dumps(item), headers)
        response = client.getresponse()
        responses.append((response.status, json.loads(response.read())))
        client.close()

    threads = [threading.Thread(target=report, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return responses


def held(stack: Stack, item: dict[str, str]) -> list[tuple[Any, ...]]:
    """Return (unlocked_at, points) of every row of the ledger for the item."""
    with connect(stack.database_url) as connection:
        query = "SELECT unlocked_at, points FROM unlock WHERE player_id = %s AND achievement_id = %s"
        return connection.execute(query, [item["player_id"], item["achievement_id"]]).fetchall()


def events_written(stack: Stack) -> int:
    """Return how many rows the outbox ever got; the relay deletes them as soon as it can."""
    with connect(stack.database_url) as connection:
        query = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM outbox_id_seq"
        (count,) = connection.execute(query).fetchone() or (0,)
        return int(count)


def totals(stack: Stack, world: World, player_id: str) -> set[tuple[str, int, int]]:
    """Return (scope, points, unlocks) of a player in the all-time standings."""
    with connect(stack.database_url) as connection:
        return {
            (str(scope), points, count)
            for scope, points, count in connection.execute(
                "SELECT scope_id, points, unlock_count FROM standing WHERE \"window\" = 'all' AND player_id = %s",
                [player_id],
            )
        }


def received_by(stack: Stack, player_id: str) -> list[tuple[int, str, str]]:
    with connect(stack.database_url) as connection:
        return connection.execute(
            "SELECT seq, kind, payload->'achievement'->>'id' FROM notification WHERE player_id = %s ORDER BY seq",
            [player_id],
        ).fetchall()
