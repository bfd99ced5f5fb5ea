"""Watches the disk while Laurel runs: warns when space runs out, and detects when there is space again."""

import time
from pathlib import Path

from apps.core.disk import FULL_BYTES, MB, Room, free_bytes, room_of
from apps.local.supervisor.console import GREEN, RED, Console

LOOK_SECONDS = 1.0
# What a dying server frees is not enough to run.
BACK_BYTES = 2 * FULL_BYTES


class DiskWatch:
    def __init__(self, folder: Path, console: Console) -> None:
        self._folder, self._console = folder, console
        self._room = Room.ENOUGH
        self._look_at = 0.0

    def has_come_back(self) -> bool:
        """Check, once a second; return whether a full disk has space again."""
        if time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + LOOK_SECONDS
        free, before = free_bytes(self._folder), self._room
        if before is Room.FULL and free < BACK_BYTES:
            return False
        self._room = room_of(free)
        if self._room is not before:
            self._report(before, free)
        return before is Room.FULL and self._room is not Room.FULL

    def _report(self, before: Room, free: int) -> None:
        if self._room is Room.FULL:
            self._console.say(
                self._console.paint(RED, f"  {full_words(self._folder)} Laurel then continues by itself.")
            )
        elif before is Room.FULL:
            words = f"  There is room on the disk again ({free // MB:,} MB): starting what had ended."
            self._console.say(self._console.paint(GREEN, words))
        elif self._room is Room.LOW:
            words = f"  Only {free // MB:,} MB are free on the disk of {self._folder}: make room before it is full."
            self._console.say(self._console.paint(RED, words))


def full_words(folder: Path) -> str:
    free = free_bytes(folder) // MB
    return f"The disk of {folder} is full ({free} MB are free): nothing can be recorded until you make room on it."
