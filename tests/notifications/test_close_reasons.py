"""Every close of a socket says why, and hello comes before whatever a client's frames lead to."""

import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from apps.core.realtime.socket_closing import EXPLAINED, REASONS, CloseCode
from apps.core.realtime.socket_consumer import FRAME_IN_CHARACTERS_MAX, FRAMES_IN_BURST
from apps.core.realtime.watch import watch
from apps.games.models import Game
from apps.notifications.connections.connection_limit import CONNECTIONS_MAX
from apps.players.models import Player
from tests.notifications.conftest import Open, Peer, TicketPath

pytestmark = pytest.mark.django_db(transaction=True)

BOARD = "/ws/boards/global/"
# A way to be closed with a code: opens sockets, and returns the one that ends.
Way = Callable[[Open], Awaitable[Peer]]


async def greeted(open_socket: Open, path: str = BOARD) -> Peer:
    peer = await open_socket(path)
    assert (await peer.receive_json_from())["type"] == "hello"
    return peer


async def restart(open_socket: Open) -> Peer:
    peer = await greeted(open_socket)
    watch().farewell()
    return peer


async def fall_silent(open_socket: Open) -> Peer:
    peer = await greeted(open_socket)
    await watch().round(time.monotonic() + 63)
    return peer


async def without_a_session(open_socket: Open) -> Peer:
    return await open_socket("/ws/notifications/")


async def of_no_game(open_socket: Open) -> Peer:
    return await open_socket(f"/ws/boards/{uuid4()}/")


def saying(text: str, times: int = 1) -> Way:
    async def way(open_socket: Open) -> Peer:
        peer = await greeted(open_socket)
        for _ in range(times):
            await peer.send_to(text)
        return peer

    return way


WAYS: dict[CloseCode, Way] = {
    CloseCode.RESTART: restart,
    CloseCode.BAD_FRAME: saying("nonsense"),
    CloseCode.NOT_AUTHENTICATED: without_a_session,
    CloseCode.FORBIDDEN: of_no_game,
    CloseCode.HEARTBEAT_MISSED: fall_silent,
    CloseCode.FRAME_TOO_LARGE: saying("x" * (FRAME_IN_CHARACTERS_MAX + 1)),
    CloseCode.TOO_MANY_FRAMES: saying('{"type":"heartbeat"}', FRAMES_IN_BURST + 1),
}


@pytest.fixture
def ways(ticket_path: TicketPath, alice: Player, game: Game, settings: Any) -> dict[CloseCode, Way]:
    async def be_replaced(open_socket: Open) -> Peer:
        peers = [await greeted(open_socket, await ticket_path(alice, game)) for _ in range(CONNECTIONS_MAX + 1)]
        return peers[0]

    async def be_one_too_many(open_socket: Open) -> Peer:
        settings.ANONYMOUS_SOCKETS_MAX = 0
        return await open_socket(BOARD)

    return {**WAYS, CloseCode.REPLACED: be_replaced, CloseCode.TRY_LATER: be_one_too_many}


@pytest.mark.parametrize("code", CloseCode)
async def test_a_close_says_why(open_socket: Open, ways: dict[CloseCode, Way], code: CloseCode) -> None:
    peer = await ways[code](open_socket)
    said = [await peer.receive_output()]
    while said[-1]["type"] != "websocket.close":
        said.append(await peer.receive_output())

    reason = said[-1]["reason"]
    assert said[-1]["code"] == code
    assert 10 < len(reason.encode()) <= 123
    assert code in EXPLAINED or reason == str(REASONS[code])


@pytest.mark.parametrize("path", [BOARD, "ticket"])
async def test_what_opens_while_the_process_ends_is_sent_elsewhere_at_once(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game, path: str
) -> None:
    watch().farewell()

    peer = await greeted(open_socket, await ticket_path(alice, game) if path == "ticket" else path)

    assert await peer.receive_close() == CloseCode.RESTART


@pytest.mark.parametrize("path", [BOARD, "ticket"])
async def test_hello_comes_before_what_an_invalid_frame_leads_to(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game, path: str
) -> None:
    peer = await open_socket(await ticket_path(alice, game) if path == "ticket" else path)

    await peer.send_to("nonsense")

    assert [(await peer.receive_json_from())["type"] for _ in range(2)] == ["hello", "error"]
    assert await peer.receive_close() == CloseCode.BAD_FRAME
