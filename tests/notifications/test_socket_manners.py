"""How a socket treats clients that are silent, loud, slow or make no sense."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from apps.core.realtime.channel_layer import configured_layer
from apps.core.realtime.consumer import FRAMES_WAITING_MAX
from apps.core.realtime.socket_closing import CloseCode, reason_of
from apps.core.realtime.socket_consumer import FRAMES_IN_BURST
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.games.models import Game
from apps.notifications.consumers import NotificationConsumer
from apps.players.models import Player
from tests.factories import make_achievement
from tests.notifications.conftest import Earn, Open, TicketPath

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_heartbeat_is_answered_with_the_latest_number(
    open_socket: Open, ticket_path: TicketPath, many: int, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await peer.send_json_to({"type": "heartbeat"})

    assert await peer.receive_json_from() == {"type": "heartbeat_ack", "last_seq": 250}


async def test_a_client_that_is_silent_for_two_and_a_half_heartbeats_is_let_go(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()
    moment = time.monotonic()

    await watch().round(moment + 62)
    was_patient = await peer.is_quiet()
    await watch().round(moment + 63)

    assert was_patient
    assert await peer.receive_close() == CloseCode.HEARTBEAT_MISSED == 4408


NUMBER = "must be a whole number from 0 to 999,999,999,999,999,999."
TYPES = "type: Send one of heartbeat, resume, ack."
ONLY_TYPE = "There is no such member here. Allowed: type."


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("nonsense", "This is not valid JSON: invalid literal, expected 'null': line 1 column 1 (char 0)."),
        ("[]", "Send a JSON object."),
        ('{"type":"what"}', TYPES),
        ('{"type":["ack"]}', TYPES),
        ("{}", TYPES),
        ('{"type":"resume","last_seq":-1}', f"last_seq {NUMBER}"),
        ('{"type":"resume"}', f"last_seq {NUMBER}"),
        ('{"type":"ack","seq":"1"}', f"seq {NUMBER}"),
        ('{"type":"ack","seq":1000000000000000000}', f"seq {NUMBER}"),
        ('{"type":"heartbeat","x":1}', f"x: {ONLY_TYPE}"),
        ('{"type":"heartbeat","":1}', f": {ONLY_TYPE}"),
        ('{"type":"ack","seq":1,"last_seq":1}', "last_seq: There is no such member here. Allowed: type, seq."),
    ],
)
async def test_a_frame_that_means_nothing_ends_the_socket_with_a_reason(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game, text: str, detail: str
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await peer.send_to(text)

    assert await peer.receive_json_from() == {"type": "error", "code": "bad_frame", "detail": detail}
    assert await peer.receive_output() == {"type": "websocket.close", "code": 4400, "reason": detail}


async def test_a_frame_that_is_too_large_ends_the_socket_with_a_reason(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await peer.send_to("x" * 4097)

    assert await peer.receive_json_from() == {
        "type": "error",
        "code": "frame_too_large",
        "detail": "A frame has at most 4,096 characters.",
    }
    assert await peer.receive_close() == CloseCode.FRAME_TOO_LARGE == 4413


async def test_binary_frames_mean_nothing(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await peer.send_to(bytes_data=b'{"type":"heartbeat"}')

    assert (await peer.receive_json_from())["code"] == "bad_frame"
    assert await peer.receive_close() == 4400


async def test_a_since_that_is_no_number_is_refused(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game, since="yesterday"))

    assert (await peer.receive_json_from())["code"] == "bad_frame"
    assert await peer.receive_close() == 4400


async def test_a_client_that_floods_is_let_go(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    for _ in range(FRAMES_IN_BURST + 5):
        await peer.send_json_to({"type": "heartbeat"})
    responses = [await peer.receive_json_from()]
    while responses[-1]["type"] == "heartbeat_ack":
        responses.append(await peer.receive_json_from())

    assert responses[-1] == {
        "type": "error",
        "code": "too_many_frames",
        "detail": "Send at most 20 frames at once, and 2 a second over time.",
    }
    assert await peer.receive_close() == CloseCode.TOO_MANY_FRAMES == 4429


class Stuck:
    """A client that takes nothing after the first message."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.is_released = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        if self.sent:
            await self.is_released.wait()
        self.sent.append(message)


class BareConsumer(NotificationConsumer):
    """A socket that is open without any authentication."""

    greets = False

    async def connect(self) -> None:
        await self.accept()


@asynccontextmanager
async def serving(consumer: BareConsumer, client: Stuck) -> AsyncIterator[asyncio.Task[None]]:
    """Serve a client that says nothing, with one frame on its way to it."""
    messages = iter([{"type": "websocket.connect"}])

    async def receive() -> dict[str, Any]:
        return next(messages, None) or await asyncio.Future()

    task = asyncio.create_task(consumer({"headers": []}, receive, client.send))
    await asyncio.sleep(0)
    consumer.push("taken by the writer")
    await asyncio.sleep(0)
    yield task
    task.cancel()
    await asyncio.wait([task], timeout=5)
    await asyncio.wait_for(watch().ended(), 5)
    await asyncio.wait_for(configured_layer().closed(), 5)


async def test_a_client_too_slow_for_its_queue_learns_so() -> None:
    client, consumer = Stuck(), BareConsumer()

    async with serving(consumer, client):
        for number in range(FRAMES_WAITING_MAX):
            consumer.push(str(number))
        was_open = consumer.closing is None
        consumer.push("one too many")
        client.is_released.set()
        await asyncio.sleep(0.01)

    assert was_open
    assert client.sent[1:] == [
        {"type": "websocket.send", "text": "taken by the writer"},
        {"type": "websocket.close", "code": CloseCode.TRY_LATER, "reason": reason_of(CloseCode.TRY_LATER)},
    ]


async def test_a_client_that_takes_nothing_is_hung_up_on() -> None:
    client, consumer = Stuck(), BareConsumer()

    async with serving(consumer, client) as task:
        consumer.check(time.monotonic() + 9)
        was_patient = not task.cancelling()
        consumer.check(time.monotonic() + 11)
        await asyncio.wait_for(task, 5)

    assert was_patient
    assert consumer.closing == CloseCode.TRY_LATER


@pytest.mark.parametrize("written", ["1.0", "1e0", "1"])
async def test_a_frame_may_write_a_whole_number_with_a_point(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game, written: str
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()
    for achievement in [await in_thread(make_achievement, game) for _ in range(5)][:3]:
        await earn(alice, achievement)
    assert await peer.receive_seqs(3) == [1, 2, 3]

    await peer.send_to(f'{{"type":"resume","last_seq":{written}}}')

    assert await peer.receive_seqs(2) == [2, 3]


@pytest.mark.parametrize("value", ["true", "false", "1.5", '"1"', "null", "-1", "[1]", "1e300"])
@pytest.mark.parametrize("frame", ['{"type":"resume","last_seq":%s}', '{"type":"ack","seq":%s}'])
async def test_what_is_no_number_ends_the_socket_with_its_code(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game, frame: str, value: str
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.receive_json_from()

    await peer.send_to(frame % value)

    assert (await peer.receive_json_from())["code"] == "bad_frame"
    assert await peer.receive_close() == 4400
