"""What every page shows of who is logged in, read by one query."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.notifications.models import Inbox
from apps.players.models import Player
from tests.factories import make_account, make_studio

pytestmark = pytest.mark.django_db


def test_the_account_and_the_header_are_one_query(alice: Player) -> None:
    browser = browser_of(alice)
    browser.get("/docs/")

    with CaptureQueriesContext(connection) as queries:
        page = browser.get("/docs/")

    assert page.status_code == 200
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]


@pytest.mark.parametrize("is_member", [False, True])
@pytest.mark.parametrize("has_player", [False, True])
def test_the_header_knows_player_bell_and_portal(alice: Player, *, is_member: bool, has_player: bool) -> None:
    browser = browser_of(alice) if has_player else Client()
    account = alice.account if has_player else make_account()
    assert account is not None
    if not has_player:
        browser.force_login(account)
    Inbox.objects.create(player_id=alice.id, last_seq=7, read_seq=3)
    if is_member:
        make_studio(owner=account)

    text = browser.get("/docs/").content.decode()

    assert (f'data-player="{alice.id}"' in text, 'data-bell="4" data-bell-seq="7"' in text) == (has_player, has_player)
    assert ("Create a studio" in text, 'class="is-portal"' in text) == (not is_member, is_member)


def browser_of(player: Player) -> Client:
    browser = Client()
    player.account = make_account()
    player.save()
    browser.force_login(player.account)
    return browser
