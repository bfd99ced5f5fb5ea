"""Closes connections whose credentials are no longer valid: a process checks all of its connections each round."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol
from uuid import UUID

from apps.core.realtime import publishing
from apps.core.realtime.per_loop import PerLoop
from apps.core.realtime.socket_closing import CloseCode
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.core.redis.client import RedisUnavailableError
from apps.games.auth.credentials import Credentials, hold
from apps.players.channel_groups import player_group

# Per check: between checks the loop and other threads get their turn.
BATCH_SIZE = 500


class Revalidatable(Protocol):
    @property
    def credentials(self) -> Credentials | None: ...

    def end(self, code: int) -> None: ...


class CredentialRevalidator:
    """A loop's connections that depend on credentials."""

    def __init__(self) -> None:
        self._connections: set[Revalidatable] = set()
        self._requested: set[Revalidatable] = set()
        self._task: asyncio.Task[None] | None = None
        watch().every_round(self.round)

    def add(self, connection: Revalidatable) -> None:
        self._connections.add(connection)

    def remove(self, connection: Revalidatable) -> None:
        self._connections.discard(connection)
        self._requested.discard(connection)

    def check_now(self, connection: Revalidatable) -> None:
        """Check this one now instead of in the next round."""
        self._requested.add(connection)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._check_requested())

    async def round(self) -> None:
        connections = list(self._connections)
        for start in range(0, len(connections), BATCH_SIZE):
            await self._check(connections[start : start + BATCH_SIZE])

    async def _check_requested(self) -> None:
        try:
            while self._requested:
                requested, self._requested = list(self._requested), set()
                await self._check(requested)
        finally:
            self._task = None

    async def _check(self, connections: Sequence[Revalidatable]) -> None:
        pairs = [(connection, connection.credentials) for connection in connections]
        known = [(connection, credentials) for connection, credentials in pairs if credentials is not None]
        held = await in_thread(hold, [credentials for _, credentials in known])
        for (connection, _), is_held in zip(known, held, strict=True):
            if not is_held:
                connection.end(CloseCode.NOT_AUTHENTICATED)


revalidator = PerLoop(CredentialRevalidator)


def request_revalidation(player_id: UUID) -> None:
    """Have all processes check the player's connections now; if the message is lost, the next round does."""
    with suppress(RedisUnavailableError):
        publishing.publish([(player_group(player_id), {"type": "player.revalidate"})])
