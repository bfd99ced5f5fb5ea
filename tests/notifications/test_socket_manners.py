"""How a socket treats clients that are silent, loud, slow or make no sense."""

import asyncio
import time
from typing import Any

import pytest

from apps.core.realtime.close_codes import CloseCode
from apps.core.realtime.socket import FRAMES_IN_BURST, FRAMES_WAITING_MAX
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.games.models import Game
from apps.notifications.consumers import NotificationSocket
from apps.players.models import Player
from tests.factories import make_achievement
from tests.notifications.conftest import Earn, Open, TicketPath

pytestmark = pytest.mark.django_db(transaction=True)


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
    ["nonsense", "[]", '{"type":"what"}', '{"type":"resume","last_seq":-1}', '{"type":"ack","seq":"1"}'],
)
async def test_a_frame_that_means_nothing_ends_the_socket_with_a_reason(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game, text: str
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await peer.send_text(text)

    assert await peer.frame() == {"type": "error", "code": "bad_frame"}
    assert await peer.close_code() == CloseCode.BAD_FRAME == 4400


async def test_a_frame_that_is_too_large_ends_the_socket_with_a_reason(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await peer.send_text("x" * 4097)

    assert await peer.frame() == {"type": "error", "code": "frame_too_large"}
    assert await peer.close_code() == CloseCode.FRAME_TOO_LARGE == 4413


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
    socket = BareSocket({"headers": []}, client.send)
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
    socket = BareSocket({"headers": []}, client.send)
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
    await asyncio.wait_for(watch().ended(), 5)


@pytest.mark.parametrize("written", ["1.0", "1e0", "1"])
async def test_a_frame_may_write_a_whole_number_with_a_point(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game, written: str
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()
    for achievement in [await in_thread(make_achievement, game) for _ in range(5)][:3]:
        await earn(alice, achievement)
    assert await peer.seqs(3) == [1, 2, 3]

    await peer.send_text(f'{{"type":"resume","last_seq":{written}}}')

    assert await peer.seqs(2) == [2, 3]


@pytest.mark.parametrize("value", ["true", "false", "1.5", '"1"', "null", "-1", "[1]", "1e300"])
@pytest.mark.parametrize("frame", ['{"type":"resume","last_seq":%s}', '{"type":"ack","seq":%s}'])
async def test_what_is_no_number_ends_the_socket_with_its_code(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game, frame: str, value: str
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    await peer.frame()

    await peer.send_text(frame % value)

    assert (await peer.frame())["code"] == "bad_frame"
    assert await peer.close_code() == 4400
