"""Whole numbers in queries and headers are read as those of bodies are: 3.0 is 3."""

from typing import Any

import pytest

from apps.core.parsing.values import read_count
from tests.input.bodies import World
from tests.input.described import operations
from tests.input.test_queries import send
from tests.notifications.conftest import Open, TicketPath, open_socket, own_rounds, ticket_path

__all__ = ["open_socket", "own_rounds", "ticket_path"]

STREAM = "players/me/notifications/stream"
NUMBERS = [
    (method, path, item["in"], item["name"])
    for method, path, operation in operations()
    for item in operation.get("parameters", ())
    if item["schema"].get("type") == "integer"
    and item["in"] in {"query", "header"}
    # There is no such webhook; its lists are as all others.
    and "{webhook_id}" not in path
]
NO_NUMBERS = ("1.5", "1e400", "\u0661", "\uff11", "+1", "-1", "-0", "1.", ".0", "1e", "1_0", " 1", "", "9" * 5000)
TOO_LARGE = "99999999999999999999"


def answer(world: World, method: str, path: str, place: str, name: str, value: str) -> tuple[int, list[str], str]:
    """Return status, pointers and words of a request with this value."""
    if place == "header":
        response: Any = world.person.get(path, headers={name: value})
    else:
        response = send(world, method, path, f"{name}={value.replace('+', '%2B')}")
    body = response.json() if response.content else {}
    return response.status_code, [error["pointer"] for error in body.get("errors", ())], body.get("detail", "")


def test_a_whole_number_is_one_however_it_is_written(world: World) -> None:
    for number in NUMBERS:
        answers = [answer(world, *number, written) for written in ("1", "1.0", "1.000", "1e0", "10e-1")]

        assert answers == [answers[0]] * 5, number
        assert number[-1] not in answers[0][1], number


def test_what_is_no_whole_number_is_refused_by_its_name(world: World) -> None:
    for method, path, place, name in NUMBERS:
        written = [text for text in (*NO_NUMBERS, TOO_LARGE) if place == "query" or text.isascii()]
        answers = {text: answer(world, method, path, place, name, text) for text in written}

        assert {text[:9]: found for text, found in answers.items() if found[:2] != (400, [name])} == {}, path
        assert f"{name} must be a whole number from " in answers[TOO_LARGE][2]


def test_the_parameters_with_numbers_are_found() -> None:
    assert {name for *_, name in NUMBERS} >= {"page", "page_size", "around", "days", "since", "Last-Event-ID"}


@pytest.mark.parametrize(
    ("text", "number"),
    [("007", 7), ("3.0e2", 300), ("2.50e1", 25), ("1e17", 10**17), ("1e18", None), ("1e-1", None), ("0e999", 0)],
)
def test_numbers_in_text_keep_within_a_bigint(text: str, number: int | None) -> None:
    assert read_count(text) == number


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("since", ["0.0", "0e0", "0.000"])
async def test_a_socket_begins_after_a_number_however_it_is_written(
    open_socket: Open, ticket_path: TicketPath, alice: Any, game: Any, since: str
) -> None:
    peer = await open_socket(await ticket_path(alice, game, since=since))

    assert (await peer.receive_json_from())["type"] == "hello"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("since", ["1.5", "1e400", "%D9%A1", "-1", "%2B1"])
async def test_a_socket_refuses_what_is_no_whole_number(
    open_socket: Open, ticket_path: TicketPath, alice: Any, game: Any, since: str
) -> None:
    peer = await open_socket(await ticket_path(alice, game, since=since))

    assert (await peer.receive_json_from(), await peer.receive_close()) == (
        {
            "type": "error",
            "code": "bad_frame",
            "detail": "since must be a whole number from 0 to 999,999,999,999,999,999.",
        },
        4400,
    )
