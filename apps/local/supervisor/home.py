"""LAUREL_HOME, the folder of one running Laurel, locked by one process at a time."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

LOG_BYTES_MAX = 5 * 1024 * 1024
# Who runs, by name: for others to read.
PROCESSES = "processes.json"


class StartError(Exception):
    """Laurel can't start; the message says why and what to do."""


class Home:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"
        self.mail = path / "mail"

    def make(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for folder in (self.logs, self.mail):
                folder.mkdir(exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            raise StartError(f"{self.path} can't be used ({error.strerror}). Set LAUREL_HOME to another one.") from None

    @contextmanager
    def held(self, url: str) -> Iterator[None]:
        """Lock the folder while we run. Raises: StartError naming the process that has it."""
        with (self.path / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.seek(0)
                raise StartError(
                    f"Laurel is already running from {self.path} ({file.read().strip() or 'starting'}).\n"
                    "Stop that one first, or run a second one beside it: "
                    "LAUREL_HOME=/another/folder PORT=8001 make run"
                ) from None
            file.truncate(0)
            # The holder is noted for others only; a full disk can't store it.
            with suppress(OSError):
                file.write(f"process {os.getpid()}, {url}")
                file.flush()
            yield
            file.truncate(0)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def rotate_logs(self) -> None:
        for log in self.logs.glob("*.log"):
            log.chmod(0o600)
            if log.stat().st_size > LOG_BYTES_MAX:
                log.replace(log.with_suffix(".log.1"))

    def read(self, name: str) -> dict[str, object] | None:
        try:
            return dict(json.loads((self.path / name).read_text()))
        except (OSError, ValueError):
            return None

    def write(self, name: str, values: Mapping[str, object]) -> None:
        """Replace the file atomically, readable by its owner only: some of them hold passwords."""
        fresh = self.path / f"{name}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(values, file, indent=1)
        fresh.replace(self.path / name)

    def remove(self, *names: str) -> None:
        for name in names:
            with suppress(FileNotFoundError):
                (self.path / name).unlink()
