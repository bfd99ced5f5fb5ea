"""Commands for people leave the SQL of slow statements to files."""

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import management
from django.core.management import get_commands
from django.db import connection

import manage
from achievements_site.env import BASE_DIR
from apps.core.database import slow_statements


@pytest.mark.django_db
@pytest.mark.parametrize("is_terminal", [True, False])
def test_no_command_but_the_servers_shows_sql_at_a_terminal(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def run(arguments: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    monkeypatch.setattr(management, "execute_from_command_line", run)
    monkeypatch.setattr(slow_statements, "SLOW_SECONDS", -1)
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal, raising=False)
    said = set()
    for command in get_commands():
        caplog.clear()
        monkeypatch.setattr("sys.argv", ["manage.py", command])
        manage.main()
        said |= {command} if caplog.records else set()

    assert said == ({"web", "relay"} if is_terminal else set(get_commands()))
    assert {"import_unlocks", "rule_player", "migrate"} < set(get_commands())
    assert logging.getLogger(slow_statements.__name__).level == logging.NOTSET


def test_help_needs_no_server_and_a_command_without_one_says_where_it_looked(tmp_path: Path) -> None:
    named = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
    environment = {name: value for name, value in os.environ.items() if name not in named}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", "import_unlocks", *arguments]
        home = environment | {"LAUREL_HOME": str(tmp_path)}
        return subprocess.run(command, cwd=BASE_DIR, env=home, capture_output=True, text=True, check=False)

    helped, left = run("--help"), list(tmp_path.iterdir())
    failed = run("ember-hollow", "past.csv")

    assert (helped.returncode, helped.stderr, left) == (0, "", [])
    assert "--expect COUNT" in helped.stdout
    assert failed.returncode == 1
    assert failed.stderr == (
        f"DATABASE_URL is not set and no embedded server is running in {tmp_path}. Start Laurel with `make run`, set "
        "LAUREL_HOME to where it runs, or set DATABASE_URL.\n"
    )


@pytest.mark.parametrize("arguments", [["run", b"\xff"], ["rule_player", "ban", b"\xff\xfe", "--reason", "Bots"]])
def test_an_argument_of_broken_bytes_is_refused(arguments: list[Any]) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=BASE_DIR, capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.endswith(" is not UTF-8. Nothing was done.\n")
    assert ended.stderr.startswith("'\\udcff")


def test_ctrl_c_ends_a_command_without_a_traceback() -> None:
    # As at a terminal: who is started in the background ignores it, and so does what they start.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    shell = ["shell", "--no-imports", "-c", f"{heed}; print('begun', flush=True); input()"]
    command = [sys.executable, "manage.py", *shell]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=BASE_DIR, text=True, **pipes) as running:
        assert running.stdout
        assert running.stdout.readline() == "begun\n"
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=20)

    assert (running.returncode, said) == (130, "\nStopped.\n")
