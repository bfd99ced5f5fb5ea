"""Forms that come without their token."""

import pytest
from django.test import Client

from apps.players.models import Account
from tests.factories import make_account

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}])
def test_a_form_without_its_token_is_refused_in_our_look(headers: dict[str, str]) -> None:
    account = make_account(email="mira@example.com", password=PASSWORD)
    client = Client(enforce_csrf_checks=True)

    response = client.post("/accounts/login/", {"login": account.email, "password": PASSWORD}, headers=headers)

    text = response.content.decode()
    assert response.status_code == 403
    assert "<h1>This form has expired</h1>" in text
    assert "Go back, reload the page and send the form again." in text
    assert "site-header" in text
    assert Account.objects.get().last_login is None


def test_below_the_api_it_is_a_problem() -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/api/v1/nothing")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        *((path, "GET, HEAD, OPTIONS") for path in ("/", "/games/", "/docs/", "/health/")),
        ("/notifications/read/", "POST, OPTIONS"),
        ("/account/profile/", "GET, HEAD, POST, OPTIONS"),
    ],
)
def test_options_of_a_page_lists_its_methods_and_carries_none_out(path: str, methods: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_account())

    response = client.options(path)

    assert (response.status_code, response["Allow"], response.content) == (204, methods, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/games/", "/docs/", "/health/", "/metrics", "/livez", "/api/v1/ping"])
def test_what_can_only_be_read_refuses_other_methods_with_and_without_a_token(path: str, method: str) -> None:
    response = Client(enforce_csrf_checks=True).generic(method, path)

    assert (response.status_code, set(response["Allow"].split(", ")) - {"OPTIONS"}) == (405, {"GET", "HEAD"})
