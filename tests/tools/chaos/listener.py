"""A player who earns without end, and a client that receives it over connections that break at random."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.tools.load.world import World

BATCH = 25
# Events between two breaks, at most.
PATIENCE_MAX = 150
RETRY_SECONDS = 0.2
# What a client meets while parts of the server are killed.
BROKEN = (OSError, EOFError, TimeoutError, aiohttp.ClientError, WebSocketException)


class RefusedError(aiohttp.ClientError):
    """The server responded with something else than was requested."""


@dataclass
class Listener:
    """What a client has received: the numbers of all events in the order in which they came."""

    base_url: str
    world: World
    dice: random.Random
    seqs: list[int] = field(default_factory=list)
    connections: int = 0
    endings: list[int | None] = field(default_factory=list)

    async def listen(self, is_over: Callable[[], bool]) -> None:
        """Connect again and again from the last number, until it is over."""
        async with aiohttp.ClientSession() as session:
            while not is_over():
                try:
                    await asyncio.wait_for(self._connect_once(session, is_over), 60)
                except BROKEN:
                    await asyncio.sleep(self.dice.uniform(0.01, RETRY_SECONDS))

    async def _connect_once(self, session: aiohttp.ClientSession, is_over: Callable[[], bool]) -> None:
        url = await self._ticket(session)
        since = self.seqs[-1] if self.seqs else 0
        async with connect(f"{url}&since={since}", compression=None, close_timeout=1) as socket:
            self.connections += 1
            await self._receive(socket, self.dice.randrange(PATIENCE_MAX), is_over)

    async def _receive(self, socket: ClientConnection, patience: int, is_over: Callable[[], bool]) -> None:
        while patience > 0 and not is_over():
            try:
                frame = orjson.loads(await asyncio.wait_for(socket.recv(), 1))
            except TimeoutError:
                continue
            finally:
                self.endings += [socket.close_code] if socket.close_code else []
            if frame["type"] == "event":
                self.seqs.append(frame["seq"])
                patience -= 1
        if self.dice.random() < 0.7:
            # As a phone does that enters a tunnel; what is on its way to it is lost.
            socket.transport.abort()

    async def _ticket(self, session: aiohttp.ClientSession) -> str:
        path = f"{self.base_url}/api/v1/players/{self.world.player_ids[0]}/socket-ticket"
        return str((await _post(session, path, {}, self.world.live_key))["ws_url"])


async def earn_everything(base_url: str, world: World, at: dict[int, Callable[[], Awaitable[None]]]) -> None:
    """Have the world's first player earn all there is, retrying after failures; do what is due at a count."""
    player_id = world.player_ids[0]
    async with aiohttp.ClientSession() as session:
        for start in range(0, len(world.achievement_ids), BATCH):
            if start in at:
                await at[start]()
            reports = [
                {"player_id": player_id, "achievement_id": achievement}
                for achievement in world.achievement_ids[start : start + BATCH]
            ]
            await _report(session, f"{base_url}/api/v1/achievements/unlock/batch", {"unlocks": reports}, world.live_key)


async def _report(session: aiohttp.ClientSession, path: str, body: Any, key: str) -> None:
    while True:
        try:
            response = await asyncio.wait_for(_post(session, path, body, key), 10)
        except BROKEN:
            await asyncio.sleep(RETRY_SECONDS)
            continue
        if all(result["status"] in {200, 201} for result in response["results"]):
            return


async def _post(session: aiohttp.ClientSession, path: str, body: Any, key: str) -> dict[str, Any]:
    async with session.post(path, json=body, headers={"Authorization": f"Bearer {key}"}) as response:
        if response.status >= 300:
            raise RefusedError(str(response.status))
        return dict(await response.json())
