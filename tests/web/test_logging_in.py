"""Doors that take a password: one way in, guesses counted, and owners not shut out by strangers."""

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client

from apps.players.models import Account
from tests.factories import make_account

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
TOO_MANY = "Too many failed log-ins. Try again in "
STRANGER, OWNER = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def owner() -> Account:
    return make_account(email="owner@example.com", password=PASSWORD, is_staff=True, is_superuser=True)


def log_in(client: Client, account: Account, password: str = PASSWORD, *, address: str = OWNER) -> Any:
    return client.post("/accounts/login/", {"login": account.email, "password": password}, REMOTE_ADDR=address)


def guess(account: Account, times: int, *, address: str = STRANGER) -> list[bool]:
    """Return of each guess whether it was refused unlooked-at."""
    stranger = Client()
    return [
        TOO_MANY in log_in(stranger, account, "wrong guess", address=address).content.decode() for _ in range(times)
    ]


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/players/account/"])
def test_the_admin_is_entered_by_the_sites_own_log_in(owner: Account, path: str) -> None:
    client = Client()

    page = client.get(path, follow=True)

    assert page.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    log_in(client, owner)
    assert client.get("/admin/").status_code == 200


def test_the_admins_own_form_lets_nobody_in_and_looks_at_no_password(owner: Account) -> None:
    client = Client()

    for password in [*["wrong"] * 25, PASSWORD]:
        response = client.post("/admin/login/?next=/admin/", {"username": owner.email, "password": password})
        assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")

    assert not is_in(client)
    owner.refresh_from_db()
    assert owner.last_login is None


def test_the_admin_is_not_for_everyone() -> None:
    client = Client()
    client.force_login(make_account())

    assert client.get("/admin/login/").status_code == 403


def test_a_password_is_changed_at_one_place_alone(owner: Account) -> None:
    client = Client()
    client.force_login(owner)

    response = client.post("/admin/password_change/", {"old_password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/accounts/password/change/")


def test_the_sixth_guess_from_one_address_is_not_looked_at(owner: Account) -> None:
    assert guess(owner, 6) == [False] * 5 + [True]
    stranger = Client()
    assert TOO_MANY in log_in(stranger, owner, address=STRANGER).content.decode()
    assert not is_in(stranger)


def test_a_strangers_guesses_do_not_shut_the_owner_out(owner: Account) -> None:
    guess(owner, 6)
    client = Client()

    log_in(client, owner)

    assert is_in(client)


def test_a_device_the_owner_has_used_gets_in_from_the_strangers_own_address(owner: Account) -> None:
    known = Client()
    log_in(known, owner, address=STRANGER)
    known.cookies.pop("sessionid")
    guess(owner, 12)

    log_in(known, owner, address=STRANGER)

    assert is_in(known)


def test_guesses_from_many_addresses_end_too_and_a_known_device_gets_in_all_the_same(
    owner: Account, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed_anywhere": "20/h/key"}
    known, new = Client(), Client()
    log_in(known, owner)
    known.cookies.pop("sessionid")

    refused = [guess(owner, 1, address=f"198.51.100.{number}") for number in range(21)]
    log_in(new, owner)
    log_in(known, owner)

    assert refused == [[False]] * 20 + [[True]]
    assert (is_in(new), is_in(known)) == (False, True)


def test_a_known_device_may_guess_five_times_too(owner: Account) -> None:
    client = Client()
    log_in(client, owner)
    client.cookies.pop("sessionid")

    responses = [TOO_MANY in log_in(client, owner, "wrong").content.decode() for _ in range(6)]

    assert responses == [False] * 5 + [True]


def test_a_device_known_to_one_account_is_a_stranger_to_others(owner: Account) -> None:
    client, other = Client(), make_account(email="other@example.com", password=PASSWORD)
    log_in(client, other, address=STRANGER)
    client.cookies.pop("sessionid")
    guess(owner, 5)

    response = log_in(client, owner, address=STRANGER)

    assert TOO_MANY in response.content.decode()
    assert not is_in(client)


def test_a_device_that_two_people_use_is_known_to_both(owner: Account) -> None:
    client, other = Client(), make_account(email="other@example.com", password=PASSWORD)
    for account in (owner, other):
        log_in(client, account)
        client.cookies.pop("sessionid")
    guess(owner, 10, address=OWNER)

    for account in (owner, other):
        log_in(client, account)
        assert is_in(client)
        client.cookies.pop("sessionid")


def test_a_made_up_device_is_not_known(owner: Account) -> None:
    client = Client()
    log_in(client, owner)
    cookie = client.cookies["laurel_device"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        "/accounts/", True, "Lax", 365 * 24 * 3600,
    )  # fmt: skip
    assert owner.email not in cookie.value
    forger = Client()
    forger.cookies["laurel_device"] = cookie.value[:-2] + "xx"

    guess(owner, 5)

    assert TOO_MANY in log_in(forger, owner, address=STRANGER).content.decode()


def test_who_resets_the_password_is_let_in_where_guesses_were_made(owner: Account) -> None:
    guess(owner, 6)
    client = Client(REMOTE_ADDR=STRANGER)
    client.post("/accounts/password/reset/", {"email": owner.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    form = client.get(link.partition("testserver")[2])["Location"]
    client.post(form, {"password1": "another horse battery", "password2": "another horse battery"})

    log_in(client, owner, "another horse battery", address=STRANGER)

    assert is_in(client)


@pytest.mark.parametrize(
    ("path", "field"),
    [("/accounts/reauthenticate/", "password"), ("/accounts/password/change/", "oldpassword")],
)
def test_confirming_the_password_is_counted_too(owner: Account, path: str, field: str) -> None:
    client = Client()
    client.force_login(owner)
    form = {field: "wrong", "password1": "another horse battery", "password2": "another horse battery"}

    responses = [client.post(path, form) for _ in range(6)]
    last = client.post(path, {**form, field: PASSWORD})

    assert [TOO_MANY in one.content.decode() or one.status_code == 429 for one in responses] == [False] * 5 + [True]
    assert last.status_code == 429 or TOO_MANY in last.content.decode()
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
