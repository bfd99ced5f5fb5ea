"""The disk with Laurel's data: its free space, and errors caused by a full one."""

import errno
import os
from enum import IntEnum
from pathlib import Path

from django.utils.translation import gettext_lazy

MB = 1024 * 1024
# Leaves time to act: about an hour of 1,000 unlocks a second.
LOW_BYTES = 512 * MB
# PostgreSQL's WAL grows by files of 16 MB; without space for the next one it shuts down.
FULL_BYTES = 32 * MB

FULL_CODE = "disk_full"
FULL_DETAIL = gettext_lazy(
    "The server's disk is full, so nothing can be recorded. Try again when its operator has made room."
)
_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})
# PostgreSQL's disk_full: a table could not be extended.
_FULL_SQLSTATE = "53100"


class Room(IntEnum):
    FULL = 0
    LOW = 1
    ENOUGH = 2


def free_bytes(folder: Path) -> int:
    """Return the bytes that users other than root may write; PostgreSQL never runs as root."""
    while not folder.exists():
        folder = folder.parent
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def room_of(free: int) -> Room:
    if free < FULL_BYTES:
        return Room.FULL
    return Room.LOW if free < LOW_BYTES else Room.ENOUGH


def is_full(folder: Path) -> bool:
    return room_of(free_bytes(folder)) is Room.FULL


def says_full(error: BaseException | None) -> bool:
    """Return whether the error, or its cause, is a full disk, reported by the system or PostgreSQL."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL_ERRNOS:
            return True
        if getattr(error, "sqlstate", None) == _FULL_SQLSTATE:
            return True
        error = error.__cause__
    return False
