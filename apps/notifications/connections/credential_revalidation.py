"""Closes connections whose credentials are no longer valid: a process checks all of its connections each round."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol
from uuid import UUID

from apps.core.realtime import publishing
from apps.core.realtime.close_codes import CloseCode
from apps.core.realtime.per_loop import PerLoop
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.core.redis.client import RedisAwayError
from apps.games.auth.credentials import Credentials, hold
from apps.players.groups import player_group

# Per check: between checks the loop and other threads get their turn.
ASKED_AT_ONCE = 500


class Guarded(Protocol):
    @property
    def credentials(self) -> Credentials | None: ...

    def end(self, code: int) -> None: ...


class Guard:
    """A loop's connections that depend on credentials."""

    def __init__(self) -> None:
        self._guarded: set[Guarded] = set()
        self._doubted: set[Guarded] = set()
        self._task: asyncio.Task[None] | None = None
        watch().every_round(self.round)

    def add(self, guarded: Guarded) -> None:
        self._guarded.add(guarded)

    def remove(self, guarded: Guarded) -> None:
        self._guarded.discard(guarded)
        self._doubted.discard(guarded)

    def doubt(self, guarded: Guarded) -> None:
        """Check this one now instead of in the next round."""
        self._doubted.add(guarded)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._ask_about_doubted())

    async def round(self) -> None:
        everybody = list(self._guarded)
        for start in range(0, len(everybody), ASKED_AT_ONCE):
            await self._ask_about(everybody[start : start + ASKED_AT_ONCE])

    async def _ask_about_doubted(self) -> None:
        try:
            while self._doubted:
                doubted, self._doubted = list(self._doubted), set()
                await self._ask_about(doubted)
        finally:
            self._task = None

    async def _ask_about(self, guarded: Sequence[Guarded]) -> None:
        words = [(one, one.credentials) for one in guarded]
        asked = [(one, credentials) for one, credentials in words if credentials is not None]
        held = await in_thread(hold, [credentials for _, credentials in asked])
        for (one, _), is_held in zip(asked, held, strict=True):
            if not is_held:
                one.end(CloseCode.NOT_AUTHENTICATED)


guard = PerLoop(Guard)


def raise_doubt(player_id: UUID) -> None:
    """Have all processes check the player's connections now; if the message is lost, the next round does."""
    with suppress(RedisAwayError):
        publishing.publish([(player_group(player_id), {"type": "player.doubted"})])
