"""Catch-up for players connected to this process: one query per thousand finds those who have missed something.

Pushes may be lost during an outage of Redis or a reconnect; the inbox is not.
"""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from apps.core.realtime.per_loop import PerLoop
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.games.auth.credentials import Holder
from apps.notifications.inbox import actions, queries

# Players per query: between queries the loop and other threads get their turn.
BATCH_SIZE = 1_000


class LiveReader(Protocol):
    # Its slot among the player's connections (see connection_limit.py); empty until it has one.
    slot: bytes

    @property
    def holder(self) -> Holder | None:
        """Whose connection limit it counts towards."""

    @property
    def sent_seq(self) -> int:
        """The number of the last notification sent to it."""

    def close_if_replaced(self, slots: Collection[bytes]) -> None:
        """Close, if its slot is one of these."""

    def note_latest(self, seq: int) -> None:
        """Note that notifications up to this number exist."""


class CatchUp:
    """A process's players with open connections, and their acknowledgements since the last round."""

    def __init__(self) -> None:
        self.readers: dict[UUID, set[LiveReader]] = {}
        self._acknowledged: dict[UUID, int] = {}
        watch().every_round(self.round)

    def add(self, player_id: UUID, reader: LiveReader) -> None:
        self.readers.setdefault(player_id, set()).add(reader)

    def remove(self, player_id: UUID, reader: LiveReader) -> None:
        readers = self.readers.get(player_id, set())
        readers.discard(reader)
        if not readers:
            self.readers.pop(player_id, None)

    def acknowledge(self, player_id: UUID, seq: int) -> None:
        """Advance the read mark in the next round, together with others in one statement."""
        self._acknowledged[player_id] = max(seq, self._acknowledged.get(player_id, 0))

    async def round(self) -> None:
        if self._acknowledged:
            acknowledged, self._acknowledged = self._acknowledged, {}
            await in_thread(actions.mark_read, seq_by_player=acknowledged)
        player_ids = list(self.readers)
        for start in range(0, len(player_ids), BATCH_SIZE):
            await self._catch_up(player_ids[start : start + BATCH_SIZE])

    async def _catch_up(self, player_ids: Sequence[UUID]) -> None:
        sent_seqs = {
            player_id: min(reader.sent_seq for reader in readers)
            for player_id in player_ids
            if (readers := self.readers.get(player_id))
        }
        for player_id, seq in (await in_thread(queries.newer_seqs, sent_seqs)).items():
            for reader in tuple(self.readers.get(player_id, ())):
                reader.note_latest(seq)


catch_up = PerLoop(CatchUp)
