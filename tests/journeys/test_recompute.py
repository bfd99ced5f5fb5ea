"""The checker that other tests lean on: whatever is wrong beside the ledger, it says so."""

from collections.abc import Iterator

import psycopg
import pytest
import redis

from tests.live import is_outbox_empty, wait_until
from tests.recompute import connect, differences
from tests.supervised import Stack
from tests.tools.load.delays import send
from tests.tools.load.targets import local_target
from tests.tools.load.wire import Wire
from tests.tools.load.workloads import Pairs, UnlockBatch
from tests.tools.load.world import World, make_world


@pytest.fixture(scope="module")
def world(live_stack: Stack) -> World:
    """Three players with two unlocks each, of three there are; each follows another."""
    world = make_world(live_stack.database_url, label="checked", players=3, achievements=3, friends=1)
    target, wire = local_target(live_stack.base_url), Wire()
    batch = UnlockBatch(target, world.live_key, Pairs(world.player_ids, world.achievement_ids[:2]), size=6)
    assert send(wire, target, batch.next_request()[0]).status == 200
    wire.close()
    wait_until(lambda: is_outbox_empty(live_stack), "the relay carries everything out")
    wait_until(lambda: are_friends_notified(live_stack), "the relay notifies friends, as there is no worker")
    assert differences(live_stack.database_url, live_stack.redis_url) == []
    return world


def are_friends_notified(stack: Stack) -> bool:
    with connect(stack.database_url) as database:
        waiting = "SELECT (SELECT count(*) FROM fan_out_entry) + (SELECT count(*) FROM friend_waiting)"
        return database.execute(waiting).fetchone() == (0,)


@pytest.fixture
def database(live_stack: Stack) -> Iterator[psycopg.Connection]:
    with connect(live_stack.database_url) as connection:
        yield connection


@pytest.mark.parametrize(
    ("damage", "repair", "finding"),
    [
        (
            "UPDATE standing SET points = points + 1 WHERE scope_id = %(game)s AND player_id = %(player)s",
            "UPDATE standing SET points = points - 1 WHERE scope_id = %(game)s AND player_id = %(player)s",
            "standing missing or different",
        ),
        (
            "UPDATE achievement_counter SET unlock_count = 4 WHERE achievement_id = %(achievement)s",
            "UPDATE achievement_counter SET unlock_count = 3 WHERE achievement_id = %(achievement)s",
            "achievement counter missing or different",
        ),
        (
            "UPDATE game_counter SET unlock_count = 7 WHERE game_id = %(game)s",
            "UPDATE game_counter SET unlock_count = 6 WHERE game_id = %(game)s",
            "game counter missing or different",
        ),
        (
            "INSERT INTO scope_player_count_change (scope_id, change) VALUES (%(game)s, 1)",
            "INSERT INTO scope_player_count_change (scope_id, change) VALUES (%(game)s, -1)",
            "number of players missing or different",
        ),
        (
            "UPDATE notification SET seq = 99 WHERE player_id = %(player)s AND seq = 2",
            "UPDATE notification SET seq = 2 WHERE player_id = %(player)s AND seq = 99",
            "numbers of player",
        ),
        (
            "INSERT INTO notification (player_id, seq, kind, payload)"
            " SELECT player_id, 99, kind, payload FROM notification"
            " WHERE player_id = %(player)s AND kind = 'own_unlock' LIMIT 1",
            "DELETE FROM notification WHERE player_id = %(player)s AND seq = 99",
            "notification wrong or too many",
        ),
        (
            "UPDATE notification SET kind = 'lost' WHERE player_id = %(player)s AND kind = 'friend_unlock'",
            "UPDATE notification SET kind = 'friend_unlock' WHERE player_id = %(player)s AND kind = 'lost'",
            "friends' notice missing",
        ),
        (
            "INSERT INTO outbox (kind, payload, parked_at) VALUES ('nothing', '{}', now())",
            "DELETE FROM outbox WHERE kind = 'nothing'",
            "outbox holds 1 events, 1 of them parked",
        ),
    ],
    ids=[
        "points",
        "achievement counter",
        "game counter",
        "number of players",
        "hole in numbers",
        "notified twice",
        "friend left out",
        "parked event",
    ],
)
def test_damage_in_the_database_is_found(
    live_stack: Stack, world: World, database: psycopg.Connection, damage: str, repair: str, finding: str
) -> None:
    ids = {"game": world.game_id, "player": world.player_ids[0], "achievement": world.achievement_ids[0]}
    database.execute(damage, ids)

    found = differences(live_stack.database_url, live_stack.redis_url)
    database.execute(repair, ids)

    assert any(line.startswith(finding) for line in found)
    assert differences(live_stack.database_url, live_stack.redis_url) == []


def test_a_board_with_a_wrong_score_is_found(live_stack: Stack, world: World) -> None:
    client = redis.Redis.from_url(live_stack.redis_url)
    (key,) = client.keys(f"board:{world.game_id.replace('-', '')}:all:19700101:-")
    (best, score), *_ = client.zrange(key, 0, 0, withscores=True)
    client.zadd(key, {best: score + 1})

    found = differences(live_stack.database_url, live_stack.redis_url)
    client.zadd(key, {best: score})
    client.close()

    assert len(found) == 1
    assert found[0].startswith(f"board {key.decode()}: rank 1 is ")


def test_an_unlock_that_reached_nothing_is_found(live_stack: Stack, world: World, database: psycopg.Connection) -> None:
    database.execute(
        "INSERT INTO unlock SELECT player_id, %(new)s, game_id, unlocked_at, recorded_at, 1, 5, 1 FROM unlock"
        " WHERE player_id = %(player)s LIMIT 1",
        {"new": world.game_id, "player": world.player_ids[0]},
    )

    found = differences(live_stack.database_url, live_stack.redis_url)
    database.execute("DELETE FROM unlock WHERE achievement_id = %s", [world.game_id])

    words = {line.partition(" ")[0] for line in found} - {"..."}
    assert words == {"standing", "achievement", "game", "notification", "friends'", "board", "number"}
    assert differences(live_stack.database_url, live_stack.redis_url) == []
