"""Commands for people leave the SQL of slow statements to files."""

import logging
from typing import Any

import pytest
from django.core import management
from django.core.management import get_commands
from django.db import connection

import manage
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
