"""Clients of one web process: some that listen, some that read nothing, some that never stop talking."""

import asyncio
import base64
import os
import socket
from collections.abc import Sequence
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.tools.load.world import World

HEARTBEAT = '{"type":"heartbeat"}'


async def ticket_url(session: aiohttp.ClientSession, base_url: str, world: World, player_id: str) -> str:
    path = f"{base_url}/api/v1/players/{player_id}/socket-ticket"
    async with session.post(path, json={}, headers={"Authorization": f"Bearer {world.live_key}"}) as response:
        return str((await response.json())["ws_url"])


class Audience:
    """Players who listen, and how long after its report each of their unlocks arrived."""

    def __init__(self, world: World, player_ids: Sequence[str], report_url: str) -> None:
        self._world = world
        self._unlocks = [(player, achievement) for achievement in world.achievement_ids for player in player_ids]
        self._report_url = f"{report_url}/api/v1/achievements/unlock"
        self._reported_at: dict[tuple[str, str], float] = {}
        self._all_received = asyncio.Event()
        self.delays: list[float] = []

    async def listen(self, socket: ClientConnection, player_id: str) -> None:
        async for text in socket:
            frame = orjson.loads(text)
            if frame["type"] == "event" and frame["kind"] == "own_unlock":
                reported_at = self._reported_at.pop((player_id, frame["data"]["achievement"]["id"]))
                self.delays.append(perf_counter() - reported_at)
                if not self._reported_at:
                    self._all_received.set()

    async def report(self, session: aiohttp.ClientSession, seconds: float, *, rate: float) -> list[float]:
        """Report unlocks evenly for some seconds and return the delays of all, in order of size."""
        self.delays.clear()
        began_at = perf_counter()
        for number in range(int(seconds * rate)):
            await asyncio.sleep(max(0.0, began_at + number / rate - perf_counter()))
            await self._report(session)
        async with asyncio.timeout(10):
            await self._all_received.wait()
        return sorted(self.delays)

    async def _report(self, session: aiohttp.ClientSession) -> None:
        player_id, achievement_id = self._unlocks.pop(0)
        self._all_received.clear()
        self._reported_at[player_id, achievement_id] = perf_counter()
        body = {"player_id": player_id, "achievement_id": achievement_id}
        headers = {"Authorization": f"Bearer {self._world.live_key}"}
        async with session.post(self._report_url, json=body, headers=headers) as response:
            assert response.status == 201, await response.text()


class Mute:
    """A client that requests everything there is, and reads nothing."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.socket()
        # Little room for what is not read, or the kernel would read on its behalf.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect((parts.hostname, parts.port))
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {parts.path}?{parts.query}&since=0 HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    async def is_let_go(self) -> bool:
        """Return once the server has reset the connection, which needs no reading to be known."""
        while not self._is_reset():  # noqa: ASYNC110 - the kernel signals nothing to who does not read
            await asyncio.sleep(0.1)
        return True

    def _is_reset(self) -> bool:
        return self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0 or _state_of(self._socket) != 1

    def close(self) -> None:
        self._socket.close()


def _state_of(connection: socket.socket) -> int:
    """Return the TCP state, 1 for established."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


async def flood(url: str, codes: list[Any]) -> None:
    """Talk as fast as the connection takes it, until it is closed; come back a moment later, for ever."""
    while True:
        async with connect(url, compression=None, close_timeout=1) as connection:
            try:
                while True:
                    await asyncio.gather(*[connection.send(HEARTBEAT) for _ in range(50)])
                    # What is sent without waiting would leave no turn to the listeners on this loop.
                    await asyncio.sleep(0.005)
            except ConnectionClosed:
                codes.append(connection.close_code)
        await asyncio.sleep(0.25)
