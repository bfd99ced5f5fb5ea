"""A RabbitMQ of a test's own, from Debian's package: its own ports, folder, node name and port mapper."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from apps.local.embedded import server
from apps.local.orphan_reaper import OrphanReaper
from apps.local.programs import Program, spawn, stop

BINARY = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
STOP_SECONDS = 20.0


class RabbitMQ:
    """As apps.local.embedded's servers are, but for tests alone; nobody has to install it to run Laurel."""

    name = "rabbitmq"
    title = "RabbitMQ"

    def __init__(self, home: Path) -> None:
        self.folder = home / "rabbitmq"
        self.port, self.distribution_port, self.mapper_port = (server.free_port() for _ in range(3))

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "enabled_plugins").write_text("[].\n")
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.port}\nloopback_users.guest = true\n"
            "log.console = true\nlog.console.level = warning\nlog.file = false\ndisk_free_limit.absolute = 10MB\n"
        )

    @property
    def environment(self) -> dict[str, str]:
        return {
            **server.server_environment(self.folder.parent),
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self.mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"laurel{self.port}@localhost",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def program(self) -> Program:
        return Program(
            name=self.name, command=(str(BINARY),), folder=self.folder, environment=self.environment,
            orphan_signal=signal.SIGKILL,
        )  # fmt: skip

    def mapper(self) -> Program:
        """Erlang's port mapper: started by us, or the node would leave one behind."""
        command = ("epmd", "-port", str(self.mapper_port), "-address", "127.0.0.1")
        return Program(name="epmd", command=command, folder=self.folder, environment=self.environment)

    def is_ready(self, pid: int) -> bool:
        """Return whether it speaks: it answers a wrong greeting with the right one."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"AMQP\x00\x00\x00\x00")
                return connection.recv(8).startswith(b"AMQP")
        except OSError:
            return False


class Running:
    """A started RabbitMQ that can be killed and started again on what it has on disk."""

    def __init__(self, rabbit: RabbitMQ, reaper: OrphanReaper) -> None:
        self._rabbit, self._reaper = rabbit, reaper
        self._log = rabbit.folder.parent / "rabbitmq.log"
        self.process = self._start()

    @property
    def url(self) -> str:
        return self._rabbit.url

    def freeze(self) -> None:
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.process = self._start()

    def stop(self) -> None:
        stop([(self._rabbit.program(), self.process)], self._reaper, STOP_SECONDS)

    def _start(self) -> "subprocess.Popen[bytes]":
        return server.start(self._rabbit, self._log, self._reaper)


@contextmanager
def running_rabbitmq() -> Iterator[Running]:
    """Start RabbitMQ, or skip the test where it is not installed (but in CI, which installs it)."""
    if not BINARY.exists():
        message = "RabbitMQ is not installed: apt-get install rabbitmq-server"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with ExitStack() as cleanup:
        home = Path(tempfile.mkdtemp(prefix="laurel-rabbitmq-"))
        cleanup.callback(shutil.rmtree, home, ignore_errors=True)
        reaper = OrphanReaper()
        cleanup.callback(reaper.dismiss)
        rabbit = RabbitMQ(home)
        rabbit.prepare()
        with (home / "epmd.log").open("wb") as output:
            mapper = spawn(rabbit.mapper(), output, reaper)
        cleanup.callback(stop, [(rabbit.mapper(), mapper)], reaper, STOP_SECONDS)
        running = Running(rabbit, reaper)
        cleanup.callback(running.stop)
        yield running
