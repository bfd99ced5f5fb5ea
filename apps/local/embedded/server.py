"""What all embedded servers share: preparation, start, and waiting until ready."""

import os
import random
import socket
import subprocess
import time
from pathlib import Path
from typing import Protocol

from apps.local.orphan_reaper import OrphanReaper
from apps.local.programs import POLL_SECONDS, Program, kill_and_reap, last_lines, open_log, spawn

# Below the system's range for outgoing connections: while a crashed server is down, no client of it may be assigned the
# port that it comes back on.
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
        """Prepare a start, also after a crash. Raises: EmbeddedServerError."""

    def program(self) -> Program: ...

    def is_ready(self, pid: int) -> bool: ...


def start(server: EmbeddedServer, log: Path, reaper: OrphanReaper) -> "subprocess.Popen[bytes]":
    """Start the server and return when it accepts connections, however long it takes.

    Raises: EmbeddedServerError with the end of its log when it exits.
    """
    server.prepare()
    with open_log(log) as output:
        process = spawn(server.program(), output, reaper)
    try:
        while not server.is_ready(process.pid):
            if process.poll() is not None:
                raise EmbeddedServerError(_report(f"ended with status {process.returncode}", server, log))
            time.sleep(POLL_SECONDS)
    except BaseException:
        kill_and_reap(process, reaper)
        raise
    return process


def server_environment(home: Path) -> dict[str, str]:
    """Return the minimal environment of a server, without our secrets."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "LAUREL_HOME": str(home)}


def free_port() -> int:
    """Return an unused loopback port."""
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
