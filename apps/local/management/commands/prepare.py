"""`manage.py prepare`: everything required before Laurel serves; does only what is missing."""

import hashlib
from contextlib import AbstractContextManager, nullcontext
from io import StringIO
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from apps.core.database.checks import check_squashes
from apps.core.database.durability import UnsafeDurabilityError, refuse_unsafe_durability
from apps.demo.pictures import Drawn, drawn_aside
from apps.local.supervisor.console import Console, ConsoleStep

# Other viewers of the API's description, bundled with Swagger UI: compressing them took longer than all other files.
# The pages of Django REST framework are not used.
UNSERVED = ["rest_framework", "redoc", "swagger-ui-standalone-preset*", "oauth2-redirect*"]


class Lines(StringIO):
    """Shows a command's output, its latest line beside the step; remembers the last one."""

    def __init__(self, step: ConsoleStep) -> None:
        super().__init__()
        self._step = step
        self._open_line = ""
        self.last = ""

    def write(self, text: str) -> int:
        written = self._open_line + text
        self._open_line = written.rpartition("\n")[2]
        if lines := [line.strip() for line in written.splitlines() if line.strip()]:
            self.last = lines[-1]
            self._step.detail(self.last)
        return len(text)


class Command(BaseCommand):
    help = "Check PostgreSQL, migrate, make demo data and collect static files, as far as any of it is needed."
    # They check the tables that this command creates.
    requires_system_checks: list[str] = []

    def handle(self, *_args: object, **_options: object) -> None:
        console = Console()
        collecting = begin_to_collect()
        try:
            refuse_unsafe_durability()
        except UnsafeDurabilityError as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            raise CommandError(f"PostgreSQL can't be used: {error}") from None
        with begin_to_draw() as drawn:
            prepare_data(console, drawn)
        with console.step("Static files") as step:
            step.note = finish_collecting(collecting)


def prepare_data(console: Console, drawn: Drawn | None) -> None:
    """Create tables and demo data."""
    with console.step("Tables") as step:
        step.note = migrate(step)
    with console.step("Demo data") as step:
        step.note = seed(step, drawn)


def migrate(step: ConsoleStep) -> str:
    """Apply the migrations that are missing; return a note of how many there were. Raises: CommandError."""
    for problem in check_squashes(["default"]):
        raise CommandError(f"{problem.msg} {problem.hint}")
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return "up to date"
    # The first time as a whole, so that a start that is killed leaves no half of it.
    with nullcontext() if executor.loader.applied_migrations else transaction.atomic():
        call_command("migrate", interactive=False, no_color=True, stdout=Lines(step))
    return f"{len(plan)} migrations"


def begin_to_draw() -> AbstractContextManager[Drawn | None]:
    """Draw the demo's pictures while tables are created, on a first start."""
    return nullcontext() if (settings.LAUREL_HOME / "demo.json").exists() else drawn_aside()


def seed(step: ConsoleStep, drawn: Drawn | None) -> str:
    """Create the demo data unless it exists; return the command's last line."""
    lines = Lines(step)
    call_command("seed_demo", stdout=lines, drawn=drawn)
    return lines.last


def begin_to_collect() -> ForkProcess | None:
    """Collect and compress in the background when a source file has changed since the last run.

    Forked before this process has threads or connections: a new interpreter would take three seconds to start.
    """
    stamp, sources = Path(settings.STATIC_ROOT) / ".sources", _fingerprint()
    if stamp.exists() and stamp.read_text() == sources:
        return None
    process = get_context("fork").Process(target=_collect, args=[stamp, sources], daemon=True)
    process.start()
    return process


def finish_collecting(process: ForkProcess | None) -> str:
    """Wait for collection to finish; return a note of the result. Raises: CommandError."""
    if process is None:
        return "up to date"
    process.join()
    if process.exitcode:
        raise CommandError(f"Static files could not be collected (status {process.exitcode}); the reason is above.")
    return "collected"


def _collect(stamp: Path, sources: str) -> None:
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNSERVED)
    stamp.write_text(sources)


def _fingerprint() -> str:
    """Return a digest of every source file's path, size and modification time."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
