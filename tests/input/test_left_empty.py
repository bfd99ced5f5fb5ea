"""What is empty, unknown or said twice is refused on every connection, as it is on every list."""

from typing import Any

import pytest

from apps.core.models import IdempotencyRecord
from apps.core.realtime.threads import in_thread
from apps.games.models import Achievement, Game
from tests.factories import make_account, make_studio
from tests.input.bodies import World
from tests.input.test_queries import OPERATIONS, send
from tests.notifications.conftest import Open, TicketPath, cookie_of, open_socket, own_rounds, ticket_path
from tests.whole import send as send_whole

__all__ = ["open_socket", "own_rounds", "ticket_path"]

STREAM = ("GET", "players/me/notifications/stream")
PARAMETERS = [(*key, name) for key, names in OPERATIONS.items() for name in names if "{webhook_id}" not in key[1]]
NO_PARAMETERS = "There is no such parameter here; this address takes none."
# What is wrong with a query, on the socket of notifications and on the others.
QUERIES = {
    "window=day": ("window: There is no such parameter here. Allowed: since, ticket.", f"window: {NO_PARAMETERS}"),
    "tiket=a": (
        "tiket: There is no such parameter here. Did you mean ticket? Allowed: since, ticket.",
        f"tiket: {NO_PARAMETERS}",
    ),
    "since=": ("since: Give it a value, or leave it out.", f"since: {NO_PARAMETERS}"),
    "since=1&since=2": ("since is given 2 times. Send it once.", f"since: {NO_PARAMETERS}"),
    "x": ("x: There is no such parameter here. Allowed: since, ticket.", f"x: {NO_PARAMETERS}"),
    "x" * 200: (
        f"{'x' * 64}: There is no such parameter here. Allowed: since, ticket.",
        f"{'x' * 64}: {NO_PARAMETERS}",
    ),
}


def test_an_empty_parameter_is_refused_by_its_name(world: World) -> None:
    taken = {}
    for method, path, name in [*PARAMETERS, (*STREAM, "since")]:
        response = send(world, method, path, f"{name}=")
        if name not in [error["pointer"] for error in response.json().get("errors", ())]:
            taken[method, path, name] = response.status_code

    assert taken == {}


def test_an_empty_last_event_id_is_refused_by_its_name(world: World) -> None:
    response = world.person.get(STREAM[1], headers={"Last-Event-ID": ""})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "Last-Event-ID")


@pytest.mark.parametrize("keys", [("one", "two"), ("one", "one"), ("one", "")])
def test_two_idempotency_keys_are_refused(world: World, keys: tuple[str, str]) -> None:
    address = f"/api/v1/manage/games/{world.game.id}/achievements"
    body = b'{"key": "ACH_TWICE", "name": "Twice", "points": 1}'
    headers = [*world.server.headers.items(), *(("Idempotency-Key", key) for key in keys)]

    response = send_whole("POST", address, [*headers, ("Content-Type", "application/json")], body)

    [error] = response.json()["errors"]
    assert (response.status, error["pointer"], error["code"]) == (400, "Idempotency-Key", "invalid")
    assert not Achievement.objects.filter(key="ACH_TWICE").exists()
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", QUERIES)
async def test_every_socket_refuses_parameters_that_it_does_not_know_by_their_names(
    open_socket: Open, ticket_path: TicketPath, alice: Any, game: Game, query: str
) -> None:
    ticket = await ticket_path(alice, game)
    member = await in_thread(lambda: cookie_of(member_of(game)))
    ways: list[tuple[str, dict[str, str]]] = [
        (f"{ticket}&{query}", {}),
        (f"/ws/boards/global/?{query}", {}),
        (f"/ws/boards/{game.id}/?{query}", {}),
        (f"/ws/portal/games/{game.id}/unlocks/?{query}", {"cookie": member, "origin": "http://testserver"}),
    ]

    peers = [await open_socket(path, **headers) for path, headers in ways]

    answers = [(await peer.receive_json_from(), await peer.receive_output()) for peer in peers]
    of_notifications, of_others = map(refused_for, QUERIES[query])
    assert answers == [of_notifications, of_others, of_others, of_others]


@pytest.mark.django_db(transaction=True)
async def test_an_empty_ticket_is_refused_for_good(open_socket: Open) -> None:
    peer = await open_socket("/ws/notifications/?ticket=")

    assert (await peer.receive_json_from(), await peer.receive_output()) == refused_for(
        "ticket: Give it a value, or leave it out."
    )


def refused_for(detail: str) -> tuple[dict[str, str], dict[str, object]]:
    """Return the error frame and the close; a close frame holds 123 bytes of the reason."""
    error = {"type": "error", "code": "bad_frame", "detail": detail}
    return error, {"type": "websocket.close", "code": 4400, "reason": detail[:123]}


def member_of(game: Game) -> Any:
    account = make_account()
    game.studio = make_studio(owner=account)
    game.save()
    return account
