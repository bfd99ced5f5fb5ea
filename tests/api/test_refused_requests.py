"""Whatever programs read refuses other methods, unknown addresses and names of other servers with a problem."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.converters import get_converters

from apps.core.http.problems import is_for_programs
from apps.core.http.security import is_our_name
from tests.api.test_auth_matrix import routes
from tests.stacks import SiteClient

pytestmark = pytest.mark.django_db

# Of each kind of parameter one has a value that fits it.
VALUES = ("01a20ad2-38e6-72cd-813a-f74946f8058f", "2026-01-01", "day", "1", "x")


def an_address(route: str) -> str:
    """Return an address of a route; nothing has to be there."""

    def value(parameter: re.Match[str]) -> str:
        rule = get_converters()[parameter[1] or "str"].regex
        return next(text for text in VALUES if re.fullmatch(rule, text))

    return "/" + re.sub(r"<(?:(\w+):)?\w+>", value, route)


ADDRESSES = sorted(
    {an_address(route) for route, _ in routes(get_resolver().url_patterns) if is_for_programs(f"/{route}")}
)


def problem_of(response: Any) -> tuple[int, str, str]:
    return response.status_code, response["Content-Type"], response.json()["code"]


def test_every_address_for_programs_refuses_an_unknown_method_with_a_problem() -> None:
    client = Client()

    responses = {path: client.generic("TRACE", path) for path in ADDRESSES}

    problem = (405, "application/problem+json", "method_not_allowed")
    assert {path: problem_of(response) for path, response in responses.items() if problem_of(response) != problem} == {}
    assert [path for path, response in responses.items() if "OPTIONS" not in response["Allow"]] == []
    assert {"/livez", "/metrics", "/api/v1/ping", "/api/v1/asyncapi.json"} < {*ADDRESSES}
    assert any(path.startswith("/media/") for path in ADDRESSES)
    assert len(ADDRESSES) > 90


def test_no_address_of_the_api_answers_under_another_servers_name_without_a_key() -> None:
    client = SiteClient(HTTP_HOST="evil.example")
    paths = [path for path in ADDRESSES if path.startswith("/api/")]

    responses = {path: client.get(path) for path in paths}
    with_key = client.get("/api/v1/games", headers={"Authorization": "Bearer lk_live_none"})

    refused = (400, "application/problem+json", "bad_request")
    assert {path: problem_of(response) for path, response in responses.items() if problem_of(response) != refused} == {}
    assert {response.get("X-Content-Type-Options") for response in responses.values()} == {"nosniff"}
    assert "name in Host" in responses["/api/v1/games"].json()["detail"]
    assert problem_of(with_key)[0] == 401
    assert [client.get(path).status_code for path in ("/livez", "/games/")] == [200, 400]


@pytest.mark.parametrize("port", ["65536", "99999", "0"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer lk_live_none"}])
def test_a_host_whose_port_can_not_be_is_none_of_ours(port: str, headers: dict[str, str]) -> None:
    refused, answered = [
        SiteClient(HTTP_HOST=f"testserver:{number}").get("/api/v1/games", headers=headers) for number in (port, "65535")
    ]

    assert problem_of(refused) == (400, "application/problem+json", "bad_request")
    assert answered.status_code == (401 if headers else 200)
    assert (is_our_name(f"testserver:{port}".encode()), is_our_name(b"testserver:65535")) == (False, True)


@pytest.mark.parametrize(
    "path",
    [
        *("/api", "/api/", "/api/v1", "/api/v2/games", "/api/v1/nothing"),
        *("/media", "/media/", "/media/games/icons/nothing.png", "/livez/x"),
    ],
)
def test_an_address_for_programs_without_anything_is_a_problem(path: str) -> None:
    assert problem_of(Client().get(path)) == (404, "application/problem+json", "not_found")
