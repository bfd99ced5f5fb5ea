"""A session's account is read with its header, and refused as Django refuses it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import auth
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.players.models import Account, Player
from tests.factories import make_account

pytestmark = pytest.mark.django_db
PAGE = "/account/link/"


@pytest.fixture
def account(alice: Player) -> Account:
    alice.account = make_account()
    alice.save()
    return alice.account


@pytest.fixture
def browser(account: Account) -> Client:
    browser = Client()
    browser.force_login(account)
    return browser


def change_password(browser: Client, account: Account) -> None:
    account.set_password("another, and longer")
    account.save()


def deactivate(browser: Client, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(is_active=False)


def delete_without_player(browser: Client, account: Account) -> None:
    Player.objects.filter(account=account).update(account=None)
    account.delete()


def drop_hash(browser: Client, account: Account) -> None:
    session = browser.session
    del session[auth.HASH_SESSION_KEY]
    session.save()


def change_back_end(browser: Client, account: Account) -> None:
    session = browser.session
    session[auth.BACKEND_SESSION_KEY] = "somewhere.else.BackEnd"
    session.save()


def spoil_id(browser: Client, account: Account) -> None:
    session = browser.session
    session[auth.SESSION_KEY] = "7"
    session.save()


@pytest.mark.parametrize(
    "end",
    [change_password, deactivate, delete_without_player, drop_hash, change_back_end, spoil_id],
)
def test_a_session_that_has_ended_has_to_log_in(
    browser: Client, account: Account, end: Callable[[Client, Account], None]
) -> None:
    before = browser.get(PAGE).status_code

    end(browser, account)

    assert (before, browser.get(PAGE).status_code) == (200, 302)
    assert "Log in" in browser.get("/docs/").content.decode()


def test_a_session_of_the_secret_before_goes_on(browser: Client, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another, and longer than the one before"

    assert browser.get(PAGE).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert browser.get(PAGE).status_code == 200


def test_the_account_the_header_and_the_player_are_one_query(browser: Client) -> None:
    browser.get(PAGE)

    with CaptureQueriesContext(connection) as queries:
        page = browser.get(PAGE)

    assert (page.status_code, len(queries)) == (200, 1)
