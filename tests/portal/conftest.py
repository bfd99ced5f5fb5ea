"""A studio, its people, and browsers that are logged in as them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.games.models import Game, Membership, Studio
from apps.players.models import Account
from tests.factories import make_account, make_game, make_studio


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def owner(db: None) -> Account:
    return make_account(email="owner@example.com")


@pytest.fixture
def studio(owner: Account) -> Studio:
    return make_studio(owner=owner, name="Night Harbour")


@pytest.fixture
def tide(studio: Studio) -> Game:
    return make_game(studio=studio, slug="tide", name="Tide & Ember", is_published=False)


@pytest.fixture
def shown_tide(tide: Game) -> Game:
    """The same game, published: live keys may report."""
    tide.is_published = True
    tide.save()
    return tide


def browser_of(account: Account) -> Client:
    browser = Client()
    browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.fixture
def browser(owner: Account) -> Client:
    """The owner's."""
    return browser_of(owner)


@pytest.fixture
def member(studio: Studio) -> Callable[[str], Client]:
    """The browser of a member with that role."""

    def join(role: str) -> Client:
        account = make_account()
        Membership.objects.create(studio=studio, account=account, role=role)
        return browser_of(account)

    return join


@pytest.fixture
def stranger(db: None) -> Client:
    """The browser of someone with a studio and a game of their own."""
    account = make_account()
    make_game(studio=make_studio(owner=account))
    return browser_of(account)


def text_of(response: Any) -> str:
    return str(response.content.decode())
