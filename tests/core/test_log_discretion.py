"""No personal value and no secret in any log, whatever goes wrong; each readable by its owner alone."""

import io
import logging
import smtplib
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
import requests
import structlog
from celery.app.log import Logging
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, connection
from django.test import Client

from achievements_site.celery import app as celery
from tests.factories import make_player
from tests.live import wait_until
from tests.supervised import Stack

MARK = "quillfeather"
_AGAIN = """
INSERT INTO account_emailaddress (user_id, email, verified, "primary")
SELECT user_id, email, verified, "primary" FROM account_emailaddress WHERE email LIKE %s
"""


class Log:
    """What our formatter makes of records."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    """The log of this process, as files have it."""
    log, root = Log(), logging.getLogger()
    handler = logging.StreamHandler(log.stream)
    ours = (one.formatter for one in root.handlers if isinstance(one.formatter, structlog.stdlib.ProcessorFormatter))
    handler.setFormatter(next(ours))
    root.addHandler(handler)
    yield log
    root.removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize("logger", [logging.getLogger("apps.any"), structlog.get_logger("apps.any")])
def test_an_error_of_the_database_is_logged_without_the_row(log: Log, logger: Any) -> None:
    make_player(handle=MARK)

    try:
        make_player(handle=MARK)
    except IntegrityError:
        logger.exception("it.failed")

    (line,) = log.lines
    assert MARK not in log.text
    assert line["event"] == "it.failed"
    assert "UniqueViolation: [its words may quote people]" in line["exception"]
    assert "tests/factories.py" in line["exception"]


def test_an_error_quoted_by_hand_loses_addresses_and_details(log: Log) -> None:
    error = smtplib.SMTPRecipientsRefused({f"{MARK}@example.com": (550, b"no such user")})

    logger = structlog.get_logger("apps.any")
    logger.warning("mail.not_sent", error=str(error))
    logger.warning("it.failed", error=f"duplicate key\nDETAIL:  Key (handle)=({MARK}) exists.")
    logger.warning("it.failed", error=f"postgres://laurel:{MARK}@127.0.0.1/laurel is down")

    assert MARK not in log.text
    assert "550" in log.lines[0]["error"]
    assert log.lines[1]["error"] == "duplicate key"
    assert log.lines[2]["error"].endswith("[address]/laurel is down")


@pytest.mark.django_db
def test_a_page_that_breaks_is_logged_by_its_route(log: Log, monkeypatch: Any) -> None:
    def break_down(*_: Any) -> None:
        raise ValueError(MARK)

    monkeypatch.setattr("apps.web.views.pages.player_page", break_down)

    assert Client(raise_request_exception=False).get(f"/players/{MARK}/").status_code == 500

    (line,) = log.lines
    assert MARK not in log.text
    assert line["event"] == "Internal Server Error: /players/<handle:handle>/"
    assert "ValueError: [its words may quote people]" in line["exception"]


@pytest.mark.django_db
def test_a_form_without_its_token_is_logged_by_its_route(log: Log) -> None:
    Client(enforce_csrf_checks=True).post(f"/accounts/password/reset/key/1-{MARK}/")

    assert MARK not in log.text
    assert log.lines[0]["event"].startswith("Forbidden (CSRF cookie not set.): /accounts/password/reset/key/")


@pytest.mark.django_db
def test_what_another_site_says_of_itself_is_not_logged(log: Log) -> None:
    client = Client(enforce_csrf_checks=True)

    for header, secure in (("Origin", False), ("Referer", True)):
        answer = client.post("/accounts/login/", headers={header: f"https://{MARK}.example"}, secure=secure)
        assert answer.status_code == 403

    assert MARK not in log.text
    assert [line["event"] for line in log.lines] == [
        "Forbidden (Origin checking failed - [its value] does not match any trusted origins.): /accounts/login/",
        "Forbidden (Referer checking failed - [its value] does not match any trusted origins.): /accounts/login/",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/api/v1/games"])
def test_a_name_that_is_not_this_servers_is_a_warning_that_does_not_quote_it(log: Log, path: str) -> None:
    answer = Client().get(path, headers={"Host": f"lk_live_{MARK}"})

    (line,) = log.lines
    assert answer.status_code == 400
    assert MARK not in log.text
    assert (line["level"], line["event"]) == (
        "warning",
        f"Refused (DisallowedHost): {'/' if path == '/' else '[no route]'}",
    )
    assert "exception" not in line


@pytest.mark.django_db
@pytest.mark.parametrize("kind", SuspiciousOperation.__subclasses__())
def test_whatever_django_refuses_is_one_line_by_its_route(log: Log, monkeypatch: Any, kind: type[Exception]) -> None:
    def refuse(*_: Any) -> None:
        raise kind(MARK)

    monkeypatch.setattr("apps.web.views.pages.player_page", refuse)

    assert Client().get(f"/players/{MARK}/").status_code == 400

    (line,) = log.lines
    assert MARK not in log.text
    assert (line["level"], line["event"]) == ("warning", f"Refused ({kind.__name__}): /players/<handle:handle>/")
    assert "exception" not in line


def test_a_task_that_fails_is_logged_without_its_arguments(log: Log) -> None:
    context = {"name": "a.task", "id": "1", "description": "raised", "exc": f"ValueError('{MARK}')", "kwargs": MARK}

    try:
        raise ValueError(MARK)
    except ValueError as error:
        text = "Task %(name)s[%(id)s] %(description)s: %(exc)s %(kwargs)s"
        logging.getLogger("celery.app.trace").log(logging.ERROR, text, context, exc_info=error)

    assert MARK not in log.text
    assert log.lines[0]["event"] == "Task a.task[1] raised: ValueError "


def test_worker_and_beat_log_as_the_others_do(log: Log, monkeypatch: Any) -> None:
    monkeypatch.setattr(Logging, "_setup", False)
    before = logging.getLogger().handlers[:]

    celery.log.setup(loglevel="WARNING", redirect_stdouts=True)
    logging.getLogger("celery.worker").warning("a line of Celery's")

    assert logging.getLogger().handlers == before
    assert [(line["event"], line["level"]) for line in log.lines] == [("a line of Celery's", "warning")]


@pytest.mark.django_db
def test_a_slow_statement_is_logged_with_placeholders(log: Log, monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.core.database.slow_statements.SLOW_SECONDS", 0)

    with connection.cursor() as cursor:
        cursor.execute("SELECT %s,\n    %s", [MARK, 1])

    assert MARK not in log.text
    assert (log.lines[0]["event"], log.lines[0]["statement"]) == ("database.slow", "SELECT %s, %s")


def test_no_log_of_a_running_laurel_holds_what_people_typed(live_stack: Stack) -> None:
    """Signed up, logged in wrongly and rightly, reset; then slow, refused and broken statements."""
    mark = f"quill{uuid.uuid4().hex[:8]}"
    email, secret = f"{mark}@example.com", f"secret-{mark}-battery"

    _type_everywhere(live_stack, mark, email, secret)
    _trouble_the_database(live_stack, mark)

    logs = [*live_stack.home.glob("*.log"), _log_of_the_database(live_stack)]
    assert sorted(path.name for path in logs) == ["postgres.log", "relay.log", "valkey.log", "web.log"]
    assert {path.stat().st_mode & 0o777 for path in logs} == {0o600}
    assert [path.name for path in logs if mark in path.read_text(errors="replace")] == []
    mails = list((live_stack.home / "mail").glob("*.eml"))
    assert (live_stack.home / "mail").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in mails} == {0o600}
    assert sum(mark in path.read_text() for path in mails) == 2


def test_every_line_of_a_log_is_json_even_of_what_is_no_request(live_stack: Stack) -> None:
    host, port = live_stack.base_url.removeprefix("http://").split(":")
    log = live_stack.home / "web.log"
    before = log.stat().st_size

    with socket.create_connection((host, int(port))) as wire:
        wire.sendall(b"\x16\x03\x01\x02\x00\r\n\r\n")
        wait_until(lambda: b"Invalid HTTP request" in log.read_bytes()[before:], "the line in the log")

    lines = log.read_text().splitlines()
    assert [line for line in lines if not line.startswith("{")] == []
    assert [orjson.loads(line)["logger"] for line in lines if "Invalid HTTP request" in line] == ["uvicorn.error"]


def _type_everywhere(stack: Stack, mark: str, email: str, secret: str) -> None:
    session = requests.Session()

    def send(path: str, **form: str) -> None:
        session.get(f"{stack.base_url}{path}", timeout=20)
        token = session.cookies["csrftoken"]
        response = session.post(f"{stack.base_url}{path}", data={**form, "csrfmiddlewaretoken": token}, timeout=20)
        assert response.status_code == 200

    send("/accounts/signup/", email=email, handle=mark, display_name=mark, region="EU", password1=secret)
    send("/accounts/login/", login=email, password=f"wrong {secret}")
    send("/accounts/login/", login=email, password=secret)
    send("/accounts/password/reset/", email=email)
    requests.get(f"{stack.base_url}/players/{mark}/", timeout=20)
    requests.post(f"{stack.base_url}/accounts/login/", data={"login": email}, timeout=20)


def _trouble_the_database(stack: Stack, mark: str) -> None:
    with psycopg.connect(stack.database_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as database:
        database.execute("SELECT pg_sleep(0.15), %s", [mark])
        for statement in ("SELECT %s::uuid", "SELECT nothing FROM %s", "DO $$ BEGIN RAISE WARNING %s; END $$"):
            try:
                database.execute(statement, [mark])
            except psycopg.Error as error:
                assert error.sqlstate  # noqa: PT017 - whatever it is, the server has met the value
        try:
            database.execute(_AGAIN, [f"{mark}%"])
        except psycopg.Error as error:
            assert error.sqlstate == "23505"  # noqa: PT017 - and its detail holds the address


def _log_of_the_database(stack: Stack) -> Path:
    with psycopg.connect(stack.database_url, autocommit=True) as database:
        row = database.execute("SHOW data_directory").fetchone()
    assert row is not None
    log = Path(row[0]).parent.parent / "postgres.log"
    wait_until(log.exists, "PostgreSQL has a log")
    return log
