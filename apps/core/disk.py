"""The disk under Laurel's data: how much room is left on it, and whether an error comes of there being none."""

import errno
import os
from enum import IntEnum
from pathlib import Path

from django.utils.translation import gettext_lazy

MB = 1024 * 1024
# Time to do something: about an hour of 1,000 unlocks a second.
LOW_BYTES = 512 * MB
# PostgreSQL's log grows by files of 16 MB, and without the next one it ends itself.
FULL_BYTES = 32 * MB

FULL_CODE = "disk_full"
FULL_DETAIL = gettext_lazy(
    "The server's disk is full, so nothing can be recorded. Try again when its operator has made room."
)
_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})
# PostgreSQL's disk_full: it could not make a table larger.
_FULL_SQLSTATE = "53100"


class Room(IntEnum):
    FULL = 0
    LOW = 1
    ENOUGH = 2


def free_bytes(folder: Path) -> int:
    """Return what may still be written on the folder's disk by others than root; PostgreSQL never is root."""
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
    """Return whether the error, or one it came of, is a disk's that is full: the system's or PostgreSQL's."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL_ERRNOS:
            return True
        if getattr(error, "sqlstate", None) == _FULL_SQLSTATE:
            return True
        error = error.__cause__
    return False
