"""Every route for somebody whose session can't be read, as Redis is frozen: nobody is sent to log in again."""

from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.games.models import Game
from apps.players.models import Player
from tests.api.test_auth_matrix import MATRIX, filled
from tests.conftest import Api
from tests.factories import make_account
from tests.redis_trouble import Trouble, trouble_ahead
from tests.stacks import SiteClient, paths

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "Your session can't be read, because Redis is not responding. Nothing was changed. Try again shortly."
VISITORS_REASON = "Your log-in can't be read or stored at the moment. Nothing was changed. Try again shortly."
# Health checks wait for Redis, each for as long as it may.
NOT_PAGES = ("/api/", "/media/", "/health/", "/readyz", "/livez", "/metrics")
Calls = dict[tuple[str, str], Any]


@pytest.fixture
def freeze(settings: Any) -> Iterator[Trouble]:
    # More calls come from one address than anyone is allowed.
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 0)
    with trouble_ahead("frozen", settings) as freeze:
        yield freeze


@pytest.fixture
def person(alice: Player) -> Client:
    client, alice.account = SiteClient(), make_account()
    alice.save()
    client.force_login(alice.account)
    return client


def calls() -> Iterator[tuple[str, str, str]]:
    """Yield the route, method and callers of every operation, and of those that may name oneself as `me` again."""
    for route, methods in MATRIX.items():
        for method, (let_in, _) in methods.items():
            yield from ((one, method, let_in) for one in {route, route.replace("{player}", "me")})


def call_api(client: Client, game: Game, player: Player) -> Calls:
    responses = {
        (route, method): Api(client=client).request(method, filled(route, game.id, player.id))
        for route, method, _ in calls()
    }
    return {
        call: (response.status_code, _code(response), response.get("Retry-After"))
        for call, response in responses.items()
    }


def _code(response: Any) -> str:
    return str(response.json()["code"]) if response.status_code >= 400 else ""


def visit_pages(client: Client, game: Game, player: Player) -> Calls:
    pages = [path for path in paths(game, player) if not path.startswith(NOT_PAGES)]
    return {(path, method): client.generic(method, path) for path in pages for method in ("GET", "POST")}


def leads_to_log_in(path: str, response: Any) -> bool:
    return parse_qs(urlsplit(response.get("Location", "")).query).get("next") == [path]


def writes(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_calls_that_need_a_log_in_are_503_and_public_ones_go_on(
    freeze: Trouble, person: Client, game: Game, alice: Player, caplog: pytest.LogCaptureFixture
) -> None:
    freeze()

    anonymous = call_api(SiteClient(), game, alice)
    with CaptureQueriesContext(connection) as queries:
        found = call_api(person, game, alice)

    unavailable = (503, "sessions_unavailable", "2")
    needs_log_in = {
        (route, method)
        for route, method, let_in in calls()
        if "S" in let_in and anonymous[route, method][1] == "not_authenticated"
    }
    assert len(needs_log_in) > 60
    assert found == anonymous | dict.fromkeys(needs_log_in, unavailable)
    assert writes(queries) == []
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_refused_call_says_that_it_may_be_repeated(freeze: Trouble, person: Client, alice: Player) -> None:
    freeze()

    response = Api(client=person).patch("players/me", {"display_name": "Changed"})

    problem = response.json()
    assert (response.status_code, problem["retryable"], problem["retry_after_seconds"]) == (503, True, 2)
    assert (problem["code"], problem["detail"]) == ("sessions_unavailable", REASON)
    assert "WWW-Authenticate" not in response
    alice.refresh_from_db()
    assert alice.display_name == "Alice"


def test_pages_that_need_a_log_in_are_503_and_public_ones_go_on(
    freeze: Trouble, person: Client, game: Game, alice: Player, caplog: pytest.LogCaptureFixture
) -> None:
    strangers = visit_pages(SiteClient(), game, alice)
    needs_log_in = {call for call, response in strangers.items() if leads_to_log_in(call[0], response)}
    key = person.cookies["sessionid"].value
    freeze()

    with CaptureQueriesContext(connection) as queries:
        found = visit_pages(person, game, alice)

    # A log-out that ends nothing is none.
    needs_log_in |= {("/accounts/logout/", method) for method in ("GET", "POST")}
    refused = {call: response for call, response in found.items() if call in needs_log_in}
    assert {("/portal/", "GET"), ("/notifications/read/", "POST"), ("/admin/", "GET")} < needs_log_in
    assert {(response.status_code, response["Retry-After"]) for response in refused.values()} == {(503, "2")}
    pages = [unescape(response.content.decode()) for response in refused.values()]
    assert all(VISITORS_REASON in page for page in pages)
    assert not [page for page in pages if "Redis" in page]
    assert {call: response.status_code for call, response in found.items() if call not in refused} == {
        call: response.status_code for call, response in strangers.items() if call not in refused
    }
    assert writes(queries) == []
    assert [record.getMessage() for record in caplog.records if record.exc_info or record.levelname == "ERROR"] == []
    renewed = {response.cookies["sessionid"].value for response in found.values() if "sessionid" in response.cookies}
    assert renewed == {person.cookies["sessionid"].value} == {key}


def test_a_503_is_one_warning_in_the_log_without_a_traceback(
    freeze: Trouble, person: Client, caplog: pytest.LogCaptureFixture
) -> None:
    freeze()
    person.get("/portal/")
    caplog.clear()
    paths = ("/portal/", "/admin/", "/accounts/logout/", "/api/v1/players/me")

    statuses = [person.get(path).status_code for path in paths]

    assert statuses == [503] * 4
    assert [(record.levelname, record.getMessage(), record.exc_info) for record in caplog.records] == [
        ("WARNING", f"Service Unavailable: {path} (sessions_unavailable)", None) for path in paths
    ]
