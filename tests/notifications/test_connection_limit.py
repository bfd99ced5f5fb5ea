"""Five connections a player, over all processes."""

import os
import time
from typing import Any

import pytest

from apps.core.realtime import publishing
from apps.core.realtime.channel_layer import configured_layer
from apps.core.realtime.socket_closing import CloseCode
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.core.redis import client as redis
from apps.core.redis.client import RedisUnavailableError
from apps.games.auth.credentials import Credentials
from apps.games.models import ApiKey, Game
from apps.notifications.connections import connection_limit as module
from apps.notifications.connections import tickets
from apps.notifications.connections.connection_limit import CONNECTIONS_MAX, ROUNDS_TO_RENEW, connection_slots
from apps.players.channel_groups import player_group
from apps.players.models import Player
from tests.factories import make_key, make_known
from tests.notifications.conftest import Open, Peer, TicketPath

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened(open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game) -> Any:
    async def open_many(count: int) -> list[Peer]:
        peers = []
        for _ in range(count):
            peers.append(await open_socket(await ticket_path(alice, game)))
            # By then it has its slot.
            assert (await peers[-1].receive_json_from())["type"] == "hello"
        return peers

    return open_many


def key_of(player: Player) -> str:
    return f"connections:{player.id.hex}"


async def taken(player: Player) -> int:
    return int(await in_thread(redis.client().zcard, key_of(player)))


async def test_the_sixth_connection_replaces_the_oldest(opened: Any, alice: Player) -> None:
    first, *others = await opened(CONNECTIONS_MAX)
    was_open = await first.is_quiet()

    await opened(1)

    assert was_open
    assert await first.receive_close() == CloseCode.REPLACED == 4409
    assert [await other.is_quiet() for other in others] == [True] * 4
    assert await taken(alice) == CONNECTIONS_MAX == 5


async def test_what_a_games_server_opens_takes_no_slot_of_the_players_own(
    opened: Any, open_socket: Open, alice: Player, game: Game
) -> None:
    own = await opened(CONNECTIONS_MAX)
    key = await in_thread(lambda: make_key(game) and make_known(alice, game) and ApiKey.objects.get(game=game))
    of_key = Credentials(alice.id, game.id, key_id=key.id)

    theirs = []
    for _ in range(CONNECTIONS_MAX + 1):
        secret = await in_thread(tickets.issue, of_key)
        theirs.append(await open_socket(f"/ws/notifications/?ticket={secret}"))
        assert (await theirs[-1].receive_json_from())["type"] == "hello"

    assert await theirs[0].receive_close() == 4409
    assert [await peer.is_quiet() for peer in [*own, *theirs[1:]]] == [True] * 10
    assert await taken(alice) == 5


async def test_without_redis_too_a_games_server_displaces_its_own_alone(
    opened: Any, open_socket: Open, alice: Player, game: Game, monkeypatch: Any
) -> None:
    def refuse(*_: object) -> None:
        raise RedisUnavailableError

    monkeypatch.setattr(module, "_enter", refuse)
    own = await opened(CONNECTIONS_MAX)
    key = await in_thread(lambda: make_key(game) and make_known(alice, game) and ApiKey.objects.get(game=game))
    secret = await in_thread(tickets.issue, Credentials(alice.id, game.id, key_id=key.id))

    peer = await open_socket(f"/ws/notifications/?ticket={secret}")

    assert (await peer.receive_json_from())["type"] == "hello"
    assert [await other.is_quiet() for other in [*own, peer]] == [True] * 6


async def test_who_leaves_makes_room(opened: Any, alice: Player) -> None:
    first, *others = await opened(CONNECTIONS_MAX)

    await others[0].disconnect()
    await connection_slots().ended()
    await opened(1)

    assert await first.is_quiet()
    assert await taken(alice) == 5


async def test_other_players_have_slots_of_their_own(
    opened: Any, open_socket: Open, ticket_path: TicketPath, bob: Player, game: Game
) -> None:
    first, *_ = await opened(CONNECTIONS_MAX)

    await open_socket(await ticket_path(bob, game))

    assert await first.is_quiet()


async def test_slots_of_a_process_that_was_killed_are_free(opened: Any, alice: Player) -> None:
    first, *_ = await opened(3)
    dead = {(time.time_ns()).to_bytes(8) + os.urandom(8): time.time() + 60 for _ in range(5)}
    await in_thread(redis.client().zadd, key_of(alice), dead)

    await opened(1)

    assert await first.is_quiet()
    assert await taken(alice) == 4


async def test_slots_of_another_living_process_count(opened: Any, alice: Player) -> None:
    first, second, *_ = await opened(3)
    other = os.urandom(8)
    pubsub = redis.client().pubsub()
    await in_thread(pubsub.subscribe, f"ws__group__hub.{other.hex()}")
    theirs = {(time.time_ns() + number).to_bytes(8) + other: time.time() + 60 for number in range(3)}
    await in_thread(redis.client().zadd, key_of(alice), theirs)

    await opened(1)

    assert [await first.receive_close(), await second.receive_close()] == [4409, 4409]
    await in_thread(pubsub.close)


async def test_a_process_gives_up_slots_that_others_request(opened: Any, alice: Player) -> None:
    first, second = await opened(2)
    oldest = min(await in_thread(redis.client().zrange, key_of(alice), 0, -1))

    message = {"type": "player.replaced", "slots": [oldest]}
    await in_thread(publishing.publish, [(player_group(alice.id), message)])

    assert await first.receive_close() == 4409
    assert await second.is_quiet()


async def test_rounds_restore_the_slots_after_redis_was_flushed(opened: Any, alice: Player) -> None:
    await opened(3)
    before = await in_thread(redis.client().zrange, key_of(alice), 0, -1)
    await in_thread(redis.client().flushall)

    for _ in range(ROUNDS_TO_RENEW):
        await watch().round(time.monotonic())

    assert await in_thread(redis.client().zrange, key_of(alice), 0, -1) == before
    assert 0 < await in_thread(redis.client().ttl, key_of(alice)) <= module.EXPIRY_SECONDS


async def test_rounds_let_go_of_those_whose_hint_was_lost(opened: Any, alice: Player, monkeypatch: Any) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "publish", list)
        first, *_ = await opened(CONNECTIONS_MAX + 1)
    was_open = await first.is_quiet()

    for _ in range(ROUNDS_TO_RENEW):
        await watch().round(time.monotonic())

    assert was_open
    assert await first.receive_close() == 4409


async def test_without_redis_a_process_counts_its_own(
    opened: Any, open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game, monkeypatch: Any
) -> None:
    def refuse(*_: object) -> None:
        raise RedisUnavailableError

    monkeypatch.setattr(module, "_enter", refuse)
    first, *others = await opened(CONNECTIONS_MAX)

    await opened(1)

    assert await first.receive_close() == 4409
    assert [await other.is_quiet() for other in others] == [True] * 4
    assert len(configured_layer().process) == 8
