"""A disk of its own for one stack, small enough to be filled: a file system in memory, which only root may mount."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.supervised import Stack

SEGMENTS_MAX = 100


class SmallDisk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, stack: Stack) -> bool:
        """Take all room there is, to the last page, and have PostgreSQL need more; return at once."""
        with self._ballast.open("wb") as file:
            for piece in (1024 * 1024, 4096):
                _take(file.fileno(), piece)
        threading.Thread(target=_use_up_log, args=[stack.database_url], daemon=True).start()
        return True

    def free(self, _stack: Stack) -> bool:
        self._ballast.unlink()
        return True


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    folder = Path(tempfile.mkdtemp(prefix="laurel-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def _take(descriptor: int, piece: int) -> None:
    with suppress(OSError):
        while True:
            os.posix_fallocate(descriptor, os.fstat(descriptor).st_size, piece)


def _use_up_log(database_url: str) -> None:
    """Go through the files that PostgreSQL keeps ready for its log; it ends itself when it can't make the next."""
    with suppress(psycopg.OperationalError), psycopg.connect(database_url, autocommit=True) as connection:
        for _ in range(SEGMENTS_MAX):
            connection.execute("SELECT pg_logical_emit_message(false, 'fill', ''), pg_switch_wal()")
