"""Whichever form a limit refuses, its page is a 429 that says when to come back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account import app_settings
from django.test import Client

from apps.players.models import Account
from tests.factories import make_account

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
WRONG = {"password": "wrong", "oldpassword": "wrong", "password1": PASSWORD[::-1], "password2": PASSWORD[::-1]}
SIGN_UP = {"email": "new@example.com", "handle": "new", "display_name": "", "region": "OC", "password1": PASSWORD}
Send = Callable[[Client, Account], Any]


def form(path: str, fields: dict[str, str]) -> Send:
    return lambda client, account: client.post(path, fields)


def log_in(client: Client, account: Account, password: str = "wrong") -> Any:
    client.cookies.pop("sessionid", None)
    return client.post("/accounts/login/", {"login": account.email, "password": password})


def log_in_on_a_known_device(client: Client, account: Account) -> Any:
    log_in(client, account, PASSWORD)
    return log_in(client, account)


# A request that counts towards each of allauth's limits.
FORMS: dict[str, Send] = {
    "change_password": form("/accounts/password/change/", WRONG),
    "login": log_in,
    "login_failed": log_in,
    "login_failed_anywhere": log_in,
    "login_failed_on_known_device": log_in_on_a_known_device,
    "manage_email": form("/accounts/email/", {"email": "not an address", "action_add": ""}),
    "reauthenticate": form("/accounts/reauthenticate/", WRONG),
    "reset_password": form("/accounts/password/reset/", {"email": "known@example.com"}),
    "reset_password_from_key": form("/accounts/password/reset/key/1-set-password/", WRONG),
    "signup": form("/accounts/signup/", SIGN_UP),
}
# Of what this site has no form for; and an email too many, which is not sent, as the last one has the same link.
WITHOUT_A_FORM = {"request_login_code", "change_phone", "verify_phone", "confirm_email"}


def test_every_limit_of_forms_is_here() -> None:
    assert {action for action, rates in app_settings.RATE_LIMITS.items() if rates} == {*FORMS} | WITHOUT_A_FORM


@pytest.mark.parametrize("action", FORMS)
def test_a_throttled_form_says_when_to_come_back(action: str, settings: Any) -> None:
    account = make_account(email="known@example.com", password=PASSWORD)
    is_by_key = action.startswith("login_failed")
    client = Client()
    if action not in {"signup", "reset_password", "reset_password_from_key"}:
        client.force_login(account)
    settings.ACCOUNT_RATE_LIMITS = {
        **settings.ACCOUNT_RATE_LIMITS,
        action: f"1/5h/{'key' if is_by_key else 'ip'},9/m/ip",
    }

    responses = [FORMS[action](client, account) for _ in range(2)]

    assert [response.status_code == 429 for response in responses] == [False, True]
    assert 5 * 3600 - 20 <= int(responses[1]["Retry-After"]) <= 5 * 3600
    assert re.search(r"Try again in 5 hours\.", responses[1].content.decode())
