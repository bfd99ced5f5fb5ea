"""What a process holds: memory, descriptors, and the pauses of its garbage collector; only on Linux."""

import resource
from dataclasses import dataclass
from pathlib import Path

import orjson


class LimitTooLowError(Exception):
    """This machine allows too few open files; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes: resident, and resident with what is shared divided by its sharers."""

    rss: int
    pss: int


def memory_of(pid: int) -> Memory:
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    rss, pss = (int(fields[name].split()[0]) * 1024 for name in ("Rss", "Pss"))
    return Memory(rss, pss)


def descriptors_of(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def raise_descriptor_limit(needed: int) -> None:
    """Let this process and those it starts open so many files. Raises: LimitTooLowError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise LimitTooLowError(
            f"{needed:,} files must be open at once, and this machine allows a process {hard:,}. Raise the limit as"
            f" root (`ulimit -Hn {needed}` in the shell, `--ulimit nofile={needed}` for a container, `nofile` in"
            f" /etc/security/limits.conf) or use fewer --sockets."
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """A garbage collection: how long it took, and its CPU, which is less on a machine that is busy with others."""

    milliseconds: float
    cpu_milliseconds: float


class Pauses:
    """Reads what the web process, started with LOG_GC_PAUSES, adds to its log."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._at = 0
        self.take()

    def take(self) -> list[Pause]:
        """Return every pause over 1 ms since the last call."""
        if not self._log.exists():
            return []
        with self._log.open("rb") as file:
            file.seek(self._at)
            lines = file.read().splitlines()
            self._at = file.tell()
        found = [orjson.loads(line) for line in lines if b'"gc.paused"' in line]
        return [Pause(item["milliseconds"], item["cpu_milliseconds"]) for item in found]
