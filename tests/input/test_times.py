"""Times are RFC 3339's, all of it and nothing else, whatever brings them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from apps.core.clock import now
from apps.core.parsing.values import read_date, read_moment
from tests.input.bodies import World
from tests.input.described import Member, body_members, operations

TIMES = [member for member in body_members() if member.format == "date-time"]
QUERIES = {
    (path, parameter["name"]): parameter["schema"]["format"]
    for _, path, operation in operations()
    for parameter in operation.get("parameters", ())
    if parameter["in"] == "query" and parameter["schema"].get("format") in {"date", "date-time"}
}
NOT_TIMES = [
    "2026-11-24",
    "2026-11-24T18:04:05",
    "2026-11-24T18:04Z",
    "2026-11-24 18:04:05Z",
    "2026-W48-2T18:04:05Z",
    "20261124T180405Z",
    "2026-328T18:04:05Z",
    "2026-11-24T18:04:05+0100",
    "2026-11-24T18:04:05+01",
    "2026-11-24T18:04:05+25:00",
    "2026-11-24T18:04:05,5Z",
    "2026-11-24T18:04:05.Z",
    "2026-11-24T24:00:00Z",
    "2026-02-30T18:04:05Z",
    "2026-11-24T18:04:60Z",
    "2026-11-24T23:59:61Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-24T18:04:05Z ",
    "2026-11-24T18:04:05Z\0",
    "\u0662\u0660\u0662\u0666-11-24T18:04:05Z",
    f"2026-11-24T18:04:05.{'1' * 400}Z",
    "1" * 400,
    "1764007445",
    "",
    "now",
]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T18:04:05Z", datetime(2026, 11, 24, 18, 4, 5, tzinfo=UTC)),
        ("2026-11-24t18:04:05z", datetime(2026, 11, 24, 18, 4, 5, tzinfo=UTC)),
        ("2026-11-24T18:04:05.25+01:00", datetime(2026, 11, 24, 17, 4, 5, 250_000, tzinfo=UTC)),
        ("2026-11-24T18:04:05.123456789Z", datetime(2026, 11, 24, 18, 4, 5, 123_456, tzinfo=UTC)),
        ("2026-11-24T18:04:05-00:00", datetime(2026, 11, 24, 18, 4, 5, tzinfo=UTC)),
        ("1990-12-31T23:59:60Z", datetime(1991, 1, 1, tzinfo=UTC)),
        ("1990-12-31T15:59:60-08:00", datetime(1991, 1, 1, tzinfo=UTC)),
        ("2016-12-31t23:59:60.5z", datetime(2017, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_all_that_the_standard_writes_is_a_time(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize("text", NOT_TIMES)
def test_nothing_else_is_a_time(text: str) -> None:
    assert read_moment(text) is None


@pytest.mark.parametrize("value", [None, True, 5, 1.5, b"2026-11-24T18:04:05Z", ["2026-11-24T18:04:05Z"]])
def test_only_text_is_a_time(value: Any) -> None:
    assert read_moment(value) is None


@pytest.mark.parametrize(
    "text", ["20261124", "2026-W48-2", "2026-328", "2026-13-01", "2026-1-1", "2026-11-24T00:00:00Z", "\u0662026-11-24"]
)
def test_only_a_full_date_is_a_day(text: str) -> None:
    assert read_date(text) is None
    assert read_date("2026-11-24") is not None


@pytest.mark.parametrize("member", TIMES, ids=str)
def test_every_body_takes_times_as_the_standard_writes_them(world: World, member: Member) -> None:
    # Reports are of what was, publications of what is to come.
    hours = 1 if member.pointer == "/publish_at" else -1
    moment = (now() + timedelta(hours=hours)).strftime("%Y-%m-%dt%H:%M:%S.123456789z")

    response = world.send(member, f'"{moment}"')

    assert response.status_code in {200, 201}, response.content
    assert all("error" not in item for item in response.json().get("results", ()))


@pytest.mark.parametrize("member", TIMES, ids=str)
def test_every_body_refuses_what_is_no_time(world: World, member: Member) -> None:
    for text in NOT_TIMES:
        response = world.send(member, '"' + text.replace("\0", "\\u0000") + '"')

        body = response.json()
        codes = [item["status"] for item in body.get("results", ())] or [response.status_code]
        assert codes == [400], (text, body)


@pytest.mark.parametrize(("path", "name"), QUERIES, ids=" ".join)
def test_every_query_refuses_what_is_no_time_or_day(world: World, path: str, name: str) -> None:
    caller = world.caller_of(path)
    is_day = QUERIES[path, name] == "date"

    for text in [*NOT_TIMES[3 if is_day else 0 :], "20261124", "2026-W48-2", "2026-W48"]:
        response = caller.get(world.filled(path), QUERY_STRING=urlencode({name: text}))

        assert (response.status_code, response.json()["errors"][0]["pointer"].strip("/")) == (400, name), text
