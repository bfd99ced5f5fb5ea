"""Sockets under test: the application behind its router, and real publishing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.core.realtime.channel_layer import configured_layer
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.games.auth.credentials import Credentials
from apps.games.models import Achievement, Game
from apps.notifications.connections import tickets
from apps.notifications.connections.connection_limit import connection_slots
from apps.notifications.models import Inbox, Notification
from apps.notifications.routing import websockets
from apps.players.models import Account, Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from tests.communicators import WebsocketCommunicator
from tests.factories import make_achievement

PATIENCE_SECONDS = 5.0
# Long enough for what is on its way over the loop or through Redis to arrive.
QUIET_SECONDS = 0.15


class RefusedError(Exception):
    """The handshake was refused."""


class Peer(WebsocketCommunicator):
    """The client's end of a socket, patient enough for a machine that others use."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        named = {"host": "testserver", **headers}.items()
        super().__init__(websockets, url, headers=[(name.lower().encode(), value.encode()) for name, value in named])

    async def receive_output(self, timeout: float = PATIENCE_SECONDS) -> Any:  # noqa: ASYNC109 - as Channels has it
        return await super().receive_output(max(timeout, PATIENCE_SECONDS))

    async def receive_seqs(self, count: int) -> list[int]:
        """Return the numbers of the next events."""
        return [(await self.receive_json_from())["seq"] for _ in range(count)]

    async def receive_close(self) -> int:
        """Return the code of the close that comes next."""
        message = await self.receive_output()
        assert message["type"] == "websocket.close", message
        return int(message["code"])

    async def is_quiet(self) -> bool:
        return bool(await self.receive_nothing(QUIET_SECONDS))


Open = Callable[..., Awaitable[Peer]]
Earn = Callable[..., Awaitable[None]]
TicketPath = Callable[..., Awaitable[str]]


@pytest.fixture
async def own_rounds(monkeypatch: Any) -> AsyncIterator[None]:
    """The rounds of the watch are the test's to call; afterwards all that runs for connections has ended."""
    monkeypatch.setattr("apps.core.realtime.watch.ROUND_SECONDS", 3600)
    yield
    async with asyncio.timeout(PATIENCE_SECONDS):
        await configured_layer().closed()
        await watch().ended()
        await connection_slots().ended()


@pytest.fixture
async def open_socket(own_rounds: None) -> AsyncIterator[Open]:
    """Open sockets that are closed after the test."""
    peers: list[Peer] = []

    async def open_peer(path: str, **headers: str) -> Peer:
        peer = Peer(path, headers)
        is_accepted, code = await peer.connect()
        if not is_accepted:
            await peer.wait(PATIENCE_SECONDS)
            raise RefusedError(code)
        peers.append(peer)
        return peer

    yield open_peer
    for peer in peers:
        await peer.disconnect(timeout=PATIENCE_SECONDS)


@pytest.fixture
def ticket_path() -> TicketPath:
    """Return the path of a socket for a player's events of a game."""

    async def path(player: Any, game: Any, **parameters: Any) -> str:
        secret = await in_thread(tickets.issue, Credentials(player.id, game.id))
        extra = "".join(f"&{name}={value}" for name, value in parameters.items())
        return f"/ws/notifications/?ticket={secret}{extra}"

    return path


def cookie_of(account: Account) -> str:
    """Return the Cookie header of someone logged in."""
    client = Client()
    client.force_login(account)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@pytest.fixture
def achievements(game: Game) -> list[Achievement]:
    """Six of a game's seven, so that it is not completed with them."""
    make_achievement(game)
    return [make_achievement(game) for _ in range(6)]


@pytest.fixture
def earn(relay: Callable[[], int]) -> Earn:
    """Have a player earn achievements, and the relay notify of it."""

    def unlock(player: Player, achievements: Sequence[Achievement], is_test: bool) -> None:
        reports = [Report(item.game_id, player.id, item.id, None, None) for item in achievements]
        record_unlocks(reports=reports, is_test=is_test)
        relay()

    async def earn_now(player: Player, *achievements: Achievement, is_test: bool = False) -> None:
        await in_thread(unlock, player, achievements, is_test)

    return earn_now


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
