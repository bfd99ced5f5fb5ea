"""What every embedded server has in common: prepared, started, waited for."""

import os
import random
import socket
import subprocess
import time
from pathlib import Path
from typing import Protocol

from apps.local.orphan_reaper import Guardian
from apps.local.programs import POLL_SECONDS, Program, clear_away, last_lines, open_log, spawn

# Below the range that systems hand out to outgoing connections: while a crashed server is away, none of its clients
# may be given the very port that it comes back to.
PORTS = range(20000, 32000)


class EmbeddedServerError(Exception):
    """A server can't run; the message says why and what to do."""


class EmbeddedServer(Protocol):
    name: str
    title: str
    port: int

    @property
    def url(self) -> str: ...

    def prepare(self) -> None:
        """Make everything ready for a start, also after a crash. Raises: EmbeddedServerError."""

    def program(self) -> Program: ...

    def is_ready(self, pid: int) -> bool: ...


def start(server: EmbeddedServer, log: Path, guardian: Guardian) -> "subprocess.Popen[bytes]":
    """Start the server and return when it takes connections, however long it takes.

    Raises: EmbeddedServerError with the end of its log when it ends.
    """
    server.prepare()
    with open_log(log) as output:
        process = spawn(server.program(), output, guardian)
    try:
        while not server.is_ready(process.pid):
            if process.poll() is not None:
                raise EmbeddedServerError(_report(f"ended with status {process.returncode}", server, log))
            time.sleep(POLL_SECONDS)
    except BaseException:
        clear_away(process, guardian)
        raise
    return process


def server_environment(home: Path) -> dict[str, str]:
    """Return the little that a server needs to know; our own secrets are none of its business."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "LAUREL_HOME": str(home)}


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    for port in random.sample(PORTS, 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise EmbeddedServerError(f"No free port between {PORTS.start} and {PORTS.stop} on this machine.")


def _report(what: str, server: EmbeddedServer, log: Path) -> str:
    return "\n".join([f"{server.title} {what}. Its log, {log}, ends with:", *last_lines(log, 10)])
