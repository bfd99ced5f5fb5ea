"""A web process's place among those of its command, as their parent passes it through the environment."""

import json
import os
import socket
from dataclasses import asdict, dataclass
from functools import cache

VARIABLE = "LAUREL_WEB_PROCESS"
READY = b"r"


@dataclass(frozen=True, slots=True)
class Place:
    """Which of `count` processes this is, from 1, and the descriptors it inherited."""

    number: int
    count: int
    listeners: tuple[int, ...]
    memory: int
    # Says when this process is ready, and to it when the parent has gone.
    line: int

    def sockets(self) -> list[socket.socket]:
        """Take over the listening sockets."""
        return [socket.socket(fileno=descriptor) for descriptor in self.listeners]

    def descriptors(self) -> tuple[int, ...]:
        return (*self.listeners, self.memory, self.line)

    def environment(self) -> dict[str, str]:
        """Return the variables that a process reads its place from."""
        return {VARIABLE: json.dumps(asdict(self)), "WEB_PROCESSES": str(self.count)}


@cache
def place() -> Place | None:
    """Return this process's place; None for the only web process, and for what is none."""
    if (text := os.environ.get(VARIABLE)) is None:
        return None
    values = json.loads(text)
    return Place(**values | {"listeners": tuple(values["listeners"])})
