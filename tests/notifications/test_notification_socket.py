"""A player's socket: everything once, in order, whatever is lost on the way."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from apps.core import realtime, redis
from apps.core.sockets import hub as hub_module
from apps.core.sockets.socket import FRAMES_IN_BURST, FRAMES_WAITING_MAX, CloseCode
from apps.core.sockets.threads import in_thread
from apps.core.sockets.watch import watch
from apps.games.models import Achievement, Game
from apps.notifications.consumers import NotificationSocket
from apps.notifications.models import Inbox, Notification
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from tests.factories import make_account, make_achievement, make_game, make_player
from tests.notifications.conftest import Open, Refused, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)

TicketPath = Callable[..., Awaitable[str]]
Relay = Callable[[], int]


def unlock(player: Player, *achievements: Achievement) -> None:
    record_unlocks(reports=[Report(item.game_id, player.id, item.id, None, None) for item in achievements])


@pytest.fixture
def achievements(game: Game) -> list[Achievement]:
    return [make_achievement(game) for _ in range(6)]


@pytest.fixture
def earn(relay: Relay) -> Callable[..., Awaitable[None]]:
    """Have a player earn achievements, and the relay tell of it."""

    async def earn_now(player: Player, *achievements: Achievement) -> None:
        await in_thread(unlock, player, *achievements)
        await in_thread(relay)

    return earn_now


Earn = Callable[..., Awaitable[None]]


@pytest.fixture
def many(alice: Player, game: Game) -> int:
    """250 notifications of Alice's, which are three pages."""
    Notification.objects.bulk_create(
        Notification(
            player_id=alice.id,
            seq=seq,
            kind="own_unlock",
            payload={"achievement": {"name": str(seq), "points": 1}, "game": {"id": str(game.id), "name": "G"}},
        )
        for seq in range(1, 251)
    )
    Inbox.objects.create(player_id=alice.id, last_seq=250)
    return 250


async def test_an_unlock_reaches_its_player(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game, achievements: list[Achievement]
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    hello = await peer.frame()

    await earn(alice, achievements[0])
    event = await peer.frame()

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
    await peer.frame()

    await earn(bob, achievements[0])

    assert await peer.is_quiet()


async def test_a_ticket_opens_one_socket_and_no_second(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    path = await ticket_path(alice, game)
    await open_socket(path)

    second = await open_socket(path)

    assert await second.close_code() == CloseCode.NOT_AUTHENTICATED == 4401


async def test_a_ticket_hears_of_its_own_game_only(
    open_socket: Open,
    ticket_path: TicketPath,
    earn: Earn,
    alice: Player,
    game: Game,
    achievements: list[Achievement],
) -> None:
    other = await in_thread(make_achievement, await in_thread(make_game))
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await earn(alice, other)
    await earn(alice, achievements[0])

    assert await peer.seqs(1) == [2]
    again = await open_socket(await ticket_path(alice, game, since=0))
    await again.frame()
    assert await again.seqs(1) == [2]
    assert await again.is_quiet()


async def test_a_session_opens_the_players_own_socket(
    open_socket: Open, earn: Earn, achievements: list[Achievement]
) -> None:
    account = await in_thread(make_account)
    player = await in_thread(make_player, account=account)
    peer = await open_socket(
        "/ws/notifications/", cookie=await in_thread(cookie_of, account), origin="http://testserver"
    )
    await peer.frame()

    await earn(player, achievements[0])

    assert await peer.seqs(1) == [1]


async def test_without_a_session_there_is_no_socket(open_socket: Open) -> None:
    peer = await open_socket("/ws/notifications/")
    forged = await open_socket("/ws/notifications/", cookie=f"{settings.SESSION_COOKIE_NAME}=nobody")

    assert await peer.close_code() == 4401
    assert await forged.close_code() == 4401


async def test_an_account_that_plays_nothing_hears_nothing(open_socket: Open) -> None:
    cookie = await in_thread(lambda: cookie_of(make_account()))

    peer = await open_socket("/ws/notifications/", cookie=cookie)

    assert await peer.close_code() == CloseCode.FORBIDDEN == 4403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
async def test_pages_of_other_sites_are_refused(open_socket: Open, origin: str) -> None:
    cookie = await in_thread(lambda: cookie_of(make_player(account=make_account()).account))  # type: ignore[arg-type]

    with pytest.raises(Refused):
        await open_socket("/ws/notifications/", cookie=cookie, origin=origin)


async def test_pages_of_trusted_sites_are_not(open_socket: Open, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.laurel.example"]
    cookie = await in_thread(lambda: cookie_of(make_player(account=make_account()).account))  # type: ignore[arg-type]

    peer = await open_socket("/ws/notifications/", cookie=cookie, origin="https://www.laurel.example")

    assert (await peer.frame())["type"] == "hello"


async def test_while_sessions_can_not_be_read_the_client_is_told_to_come_again(
    open_socket: Open, monkeypatch: Any
) -> None:
    def load(session: SessionBase) -> dict[str, Any]:
        session.is_unreadable = True  # type: ignore[attr-defined]
        return {}

    monkeypatch.setattr("apps.core.sessions.SessionStore.load", load)

    peer = await open_socket("/ws/notifications/", cookie=f"{settings.SESSION_COOKIE_NAME}=somebody")

    assert await peer.close_code() == CloseCode.TRY_LATER == 1013


async def test_a_returning_client_gets_what_it_missed_in_order(
    open_socket: Open, ticket_path: TicketPath, many: int, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game, since=20))

    assert await peer.frame() == {"type": "hello", "heartbeat_interval": 25, "last_seq": 250}
    assert await peer.seqs(230) == list(range(21, 251))
    assert await peer.is_quiet()


async def test_without_since_nothing_old_is_sent(
    open_socket: Open, ticket_path: TicketPath, many: int, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement],
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await earn(alice, achievements[0])

    assert await peer.seqs(1) == [251]


async def test_what_arrives_during_a_replay_comes_after_it_once(
    open_socket: Open, ticket_path: TicketPath, many: int, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement],
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game, since=0))
    for achievement in achievements:
        await earn(alice, achievement)

    await peer.frame()

    assert await peer.seqs(256) == list(range(1, 257))
    assert await peer.is_quiet()


async def test_a_client_may_go_back(
    open_socket: Open, ticket_path: TicketPath, many: int, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await peer.send({"type": "resume", "last_seq": 247})

    assert await peer.seqs(3) == [248, 249, 250]
    await peer.send({"type": "resume", "last_seq": 9999})
    assert await peer.is_quiet()


async def test_a_number_from_a_former_database_does_not_make_the_client_deaf(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game, achievements: list[Achievement]
) -> None:
    peer = await open_socket(await ticket_path(alice, game, since=5000))
    await peer.frame()

    await earn(alice, achievements[0])

    assert await peer.seqs(1) == [1]


async def test_a_push_that_was_lost_is_read_from_the_inbox_with_the_next(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement], monkeypatch: Any,
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()
    with monkeypatch.context() as patch:
        patch.setattr(realtime, "publish", list)
        await earn(alice, *achievements[:3])

    await earn(alice, achievements[3])

    assert await peer.seqs(4) == [1, 2, 3, 4]
    assert await peer.is_quiet()


async def test_a_push_that_was_lost_is_found_by_the_watchdog(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement], monkeypatch: Any,
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()
    with monkeypatch.context() as patch:
        patch.setattr(realtime, "publish", list)
        await earn(alice, *achievements[:2])

    await watch().round(time.monotonic())

    assert await peer.seqs(2) == [1, 2]


async def test_a_push_that_comes_twice_or_late_is_sent_once(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement], monkeypatch: Any,
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()
    held: list[Any] = []
    publish = realtime.publish
    with monkeypatch.context() as patch:
        patch.setattr(realtime, "publish", lambda messages: held.append(list(messages)))
        await earn(alice, achievements[0])
        await earn(alice, achievements[1])

    for messages in [*reversed(held), *held]:
        await in_thread(publish, messages)

    assert await peer.seqs(2) == [1, 2]
    assert await peer.is_quiet()


async def test_without_redis_a_socket_opens_and_the_watchdog_feeds_it(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement], monkeypatch: Any,
) -> None:  # fmt: skip
    path = await ticket_path(alice, game)

    def refuse() -> None:
        raise redis.RedisError("away")

    monkeypatch.setattr(hub_module.redis, "async_client", refuse)
    monkeypatch.setattr(hub_module, "JOIN_SECONDS_MAX", 0.01)
    peer = await open_socket(path)
    await peer.frame()

    await earn(alice, achievements[0])
    await watch().round(time.monotonic())

    assert await peer.seqs(1) == [1]


async def test_after_redis_dropped_the_connection_nothing_is_missing(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game,
    achievements: list[Achievement],
) -> None:  # fmt: skip
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await in_thread(redis.client().execute_command, "CLIENT", "KILL", "TYPE", "pubsub")
    await earn(alice, achievements[0])
    await earn(alice, achievements[1])

    assert await peer.seqs(2) == [1, 2]


async def test_a_heartbeat_is_answered_with_the_latest_number(
    open_socket: Open, ticket_path: TicketPath, many: int, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await peer.send({"type": "heartbeat"})

    assert await peer.frame() == {"type": "heartbeat_ack", "last_seq": 250}


async def test_a_client_that_is_silent_for_two_and_a_half_heartbeats_is_let_go(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()
    moment = time.monotonic()

    await watch().round(moment + 62)
    was_patient = await peer.is_quiet()
    await watch().round(moment + 63)

    assert was_patient
    assert await peer.close_code() == CloseCode.HEARTBEAT_MISSED == 4408


@pytest.mark.parametrize(
    "text",
    ["nonsense", "[]", '{"type":"what"}', '{"type":"resume","last_seq":-1}', '{"type":"ack","seq":"1"}', "x" * 4097],
)
async def test_a_frame_that_means_nothing_ends_the_socket_with_a_reason(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game, text: str
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await peer.send_text(text)

    assert await peer.frame() == {"type": "error", "code": "bad_frame"}
    assert await peer.close_code() == CloseCode.BAD_FRAME == 4400


async def test_binary_frames_mean_nothing(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await peer.send_bytes(b'{"type":"heartbeat"}')

    assert (await peer.frame())["code"] == "bad_frame"
    assert await peer.close_code() == 4400


async def test_a_since_that_is_no_number_is_refused(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game, since="yesterday"))

    assert (await peer.frame())["code"] == "bad_frame"
    assert await peer.close_code() == 4400


async def test_a_client_that_floods_is_let_go(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    for _ in range(FRAMES_IN_BURST + 5):
        await peer.send({"type": "heartbeat"})
    answers = [await peer.frame()]
    while answers[-1]["type"] == "heartbeat_ack":
        answers.append(await peer.frame())

    assert answers[-1] == {"type": "error", "code": "too_many_frames"}
    assert await peer.close_code() == CloseCode.TOO_MANY_FRAMES == 4429


async def test_acknowledgements_of_a_player_move_their_read_mark(
    open_socket: Open, game: Game, earn: Earn, achievements: list[Achievement]
) -> None:
    account = await in_thread(make_account)
    player = await in_thread(make_player, account=account)
    peer = await open_socket("/ws/notifications/", cookie=await in_thread(cookie_of, account))
    await peer.frame()
    await earn(player, *achievements[:3])
    await peer.seqs(3)

    await peer.send({"type": "ack", "seq": 1})
    await peer.send({"type": "ack", "seq": 2})
    await peer.send({"type": "heartbeat"})
    await peer.frame()
    await watch().round(time.monotonic())

    assert await in_thread(lambda: Inbox.objects.get(player=player).read_seq) == 2


async def test_acknowledgements_of_a_game_client_do_not(
    open_socket: Open, ticket_path: TicketPath, many: int, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await peer.send({"type": "ack", "seq": 2})
    await peer.send({"type": "heartbeat"})
    await peer.frame()
    await watch().round(time.monotonic())

    assert await in_thread(lambda: Inbox.objects.get(player=alice).read_seq) == 0


async def test_any_other_path_is_refused(open_socket: Open) -> None:
    with pytest.raises(Refused):
        await open_socket("/ws/elsewhere/")


class Stuck:
    """A client that takes nothing after the first message."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.is_released = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        if self.sent:
            await self.is_released.wait()
        self.sent.append(message)


class BareSocket(NotificationSocket):
    """A socket that is open without having asked anybody."""

    async def open(self) -> None:
        await self.accept()


async def wait_for_ever() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


async def test_a_client_too_slow_for_its_queue_is_told_so() -> None:
    client = Stuck()
    socket = BareSocket({}, client.send)
    await socket.accept()
    socket.push("taken by the writer")
    await asyncio.sleep(0)

    for number in range(FRAMES_WAITING_MAX):
        socket.push(str(number))
    was_open = socket.closing is None
    socket.push("one too many")
    client.is_released.set()
    await asyncio.sleep(0.01)

    assert was_open
    assert client.sent[1:] == [
        {"type": "websocket.send", "text": "taken by the writer"},
        {"type": "websocket.close", "code": CloseCode.TRY_LATER},
    ]


async def test_a_client_that_takes_nothing_is_hung_up_on() -> None:
    client = Stuck()
    socket = BareSocket({}, client.send)
    messages = iter([{"type": "websocket.connect"}])

    async def receive() -> dict[str, Any]:
        return next(messages, None) or await wait_for_ever()

    serving = asyncio.create_task(socket.serve(receive))
    await asyncio.sleep(0)
    socket.push("never taken")
    await asyncio.sleep(0)

    socket.check(time.monotonic() + 9)
    was_patient = not serving.cancelling()
    socket.check(time.monotonic() + 11)

    await asyncio.wait_for(serving, 5)
    assert was_patient
    assert socket.closing == CloseCode.TRY_LATER
    while watch().is_running:
        await asyncio.sleep(0.005)
