"""A player's socket: everything once, in order, whatever is lost on the way."""

import asyncio
import time
from typing import Any

import pytest

from apps.core.realtime import publishing, subscription
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.core.redis import client as redis
from apps.games.models import Achievement, Game
from apps.notifications.consumers import NotificationConsumer
from apps.notifications.models import Inbox
from apps.players.models import Player
from tests.factories import make_account, make_achievement, make_game, make_player
from tests.notifications.conftest import Earn, Open, TicketPath, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)


async def test_an_unlock_reaches_its_player(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game, achievements: list[Achievement]
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    hello = await peer.receive_json_from()

    await earn(alice, achievements[0])
    event = await peer.receive_json_from()

    assert hello == {"type": "hello", "heartbeat_interval": 25, "last_seq": 0}
    assert (event["type"], event["seq"], event["kind"]) == ("event", 1, "own_unlock")
    assert event["data"]["achievement"]["id"] == str(achievements[0].id)
    assert event["data"]["game"] == {"id": str(game.id), "slug": game.slug, "name": game.name}


async def test_someone_elses_unlock_does_not(
    open_socket: Open,
    ticket_path: TicketPath,
    earn: Earn,
    alice: Player,
    bob: Player,
    game: Game,
    achievements: list[Achievement],
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await earn(bob, achievements[0])

    assert await peer.is_quiet()


async def test_a_ticket_receives_its_own_game_only(
    open_socket: Open,
    ticket_path: TicketPath,
    earn: Earn,
    alice: Player,
    game: Game,
    achievements: list[Achievement],
) -> None:
    elsewhere = await in_thread(make_game)
    other, _ = [await in_thread(make_achievement, elsewhere) for _ in range(2)]
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await earn(alice, other)
    await earn(alice, achievements[0])

    assert await peer.receive_seqs(1) == [2]
    again = await open_socket(await ticket_path(alice, game, since=0))
    await again.receive_json_from()
    assert await again.receive_seqs(1) == [2]
    assert await again.is_quiet()


async def test_a_returning_client_gets_what_it_missed_in_order(
    open_socket: Open, ticket_path: TicketPath, many: int, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game, since=20))

    assert await peer.receive_json_from() == {"type": "hello", "heartbeat_interval": 25, "last_seq": 250}
    assert await peer.receive_seqs(230) == list(range(21, 251))
    assert await peer.is_quiet()


async def test_without_since_nothing_old_is_sent(
    open_socket: Open, ticket_path: TicketPath, many: int, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement],
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await earn(alice, achievements[0])

    assert await peer.receive_seqs(1) == [251]


async def test_what_arrives_during_a_replay_comes_after_it_once(
    open_socket: Open, ticket_path: TicketPath, many: int, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement],
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game, since=0))
    for achievement in achievements:
        await earn(alice, achievement)

    await peer.receive_json_from()

    assert await peer.receive_seqs(256) == list(range(1, 257))
    assert await peer.is_quiet()


async def test_a_client_may_go_back(
    open_socket: Open, ticket_path: TicketPath, many: int, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await peer.send_json_to({"type": "resume", "last_seq": 247})

    assert await peer.receive_seqs(3) == [248, 249, 250]
    await peer.send_json_to({"type": "resume", "last_seq": 9999})
    assert await peer.is_quiet()


async def test_a_number_from_a_former_database_does_not_make_the_client_deaf(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game, achievements: list[Achievement]
) -> None:
    peer = await open_socket(await ticket_path(alice, game, since=5000))
    await peer.receive_json_from()

    await earn(alice, achievements[0])

    assert await peer.receive_seqs(1) == [1]


async def test_a_push_that_was_lost_is_read_from_the_inbox_with_the_next(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement], monkeypatch: Any,
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "publish", list)
        await earn(alice, *achievements[:3])

    await earn(alice, achievements[3])

    assert await peer.receive_seqs(4) == [1, 2, 3, 4]
    assert await peer.is_quiet()


async def test_a_push_that_was_lost_is_found_by_the_watchdog(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement], monkeypatch: Any,
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "publish", list)
        await earn(alice, *achievements[:2])

    await watch().round(time.monotonic())

    assert await peer.receive_seqs(2) == [1, 2]


async def test_a_push_that_comes_twice_or_late_is_sent_once(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement], monkeypatch: Any,
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()
    held: list[Any] = []
    publish = publishing.publish
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "publish", lambda messages: held.append(list(messages)))
        await earn(alice, achievements[0])
        await earn(alice, achievements[1])

    for messages in [*reversed(held), *held]:
        await in_thread(publish, messages)

    assert await peer.receive_seqs(2) == [1, 2]
    assert await peer.is_quiet()


async def test_a_push_that_comes_before_hello_waits_for_it() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    consumer = NotificationConsumer()
    consumer.base_send = send
    consumer.take({"type": "player.events", "frames": [[1, "", "{}"]]})
    await asyncio.sleep(0)

    assert sent == []


async def test_without_redis_a_socket_opens_and_the_watchdog_feeds_it(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement], monkeypatch: Any,
) -> None:  # fmt: skip
    path = await ticket_path(alice, game)

    def refuse(_: object) -> None:
        raise redis.RedisError("down")

    monkeypatch.setattr(subscription.Subscription, "_ensure_redis", refuse)
    monkeypatch.setattr(subscription, "SUBSCRIBE_SECONDS_MAX", 0.01)
    peer = await open_socket(path)
    await peer.receive_json_from()

    await earn(alice, achievements[0])
    await watch().round(time.monotonic())

    assert await peer.receive_seqs(1) == [1]


async def test_after_redis_dropped_the_connection_nothing_is_missing(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement],
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await in_thread(redis.client().execute_command, "CLIENT", "KILL", "TYPE", "pubsub")
    await earn(alice, achievements[0])
    await earn(alice, achievements[1])

    assert await peer.receive_seqs(2) == [1, 2]


async def test_acknowledgements_of_a_player_move_their_read_mark(
    open_socket: Open, game: Game, earn: Earn, achievements: list[Achievement]
) -> None:
    account = await in_thread(make_account)
    player = await in_thread(make_player, account=account)
    peer = await open_socket("/ws/notifications/", cookie=await in_thread(cookie_of, account))
    await peer.receive_json_from()
    await earn(player, *achievements[:3])
    await peer.receive_seqs(3)

    await peer.send_json_to({"type": "ack", "seq": 1})
    await peer.send_json_to({"type": "ack", "seq": 2})
    await peer.send_json_to({"type": "heartbeat"})
    await peer.receive_json_from()
    await watch().round(time.monotonic())

    assert await in_thread(lambda: Inbox.objects.get(player=player).read_seq) == 2


async def test_an_acknowledgement_of_what_is_not_there_is_one_of_all_there_is(
    open_socket: Open, game: Game, earn: Earn, achievements: list[Achievement]
) -> None:
    account = await in_thread(make_account)
    player = await in_thread(make_player, account=account)
    peer = await open_socket("/ws/notifications/", cookie=await in_thread(cookie_of, account))
    await peer.receive_json_from()
    await earn(player, *achievements[:3])
    await peer.receive_seqs(3)

    await peer.send_json_to({"type": "ack", "seq": 2**53})
    await peer.send_json_to({"type": "heartbeat"})
    await peer.receive_json_from()
    await watch().round(time.monotonic())

    assert await in_thread(lambda: Inbox.objects.get(player=player).read_seq) == 3


async def test_acknowledgements_of_a_game_client_do_not(
    open_socket: Open, ticket_path: TicketPath, many: int, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await peer.send_json_to({"type": "ack", "seq": 2})
    await peer.send_json_to({"type": "heartbeat"})
    await peer.receive_json_from()
    await watch().round(time.monotonic())

    assert await in_thread(lambda: Inbox.objects.get(player=alice).read_seq) == 0
