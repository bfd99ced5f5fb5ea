"""The page on which a player types in the code that a game shows."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.games.models import Game
from apps.players import link_codes
from apps.players.models import ExternalIdentity, Player
from tests.factories import make_player

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(game: Game) -> Player:
    player = make_player(handle="guest")
    ExternalIdentity.objects.create(game_id=game.id, environment="live", external_id="1", player=player)
    return player


def test_a_code_links_and_leads_to_the_profile(
    as_player: Callable[[Player], object], client: Client, alice: Player, guest: Player
) -> None:
    as_player(alice)
    client.force_login(alice.account)  # type: ignore[arg-type]

    page = client.post("/account/link/", {"code": link_codes.issue(guest.id)}, follow=True)

    assert page.redirect_chain == [("/players/alice/", 302)]
    assert "Linked." in page.content.decode()
    assert Player.objects.get(pk=guest.id).merged_into == alice
    assert client.get("/players/guest/", follow=True).redirect_chain == [("/players/alice/", 301)]
    assert client.get(f"/players/{guest.id}/").url == "/players/alice/"  # type: ignore[attr-defined]


def test_a_wrong_code_is_reported_and_changes_nothing(
    as_player: Callable[[Player], object], client: Client, alice: Player, guest: Player
) -> None:
    as_player(alice)
    client.force_login(alice.account)  # type: ignore[arg-type]

    page = client.post("/account/link/", {"code": "ABCD-2345"})

    assert page.status_code == 422
    assert "mistyped" in page.content.decode()
    assert Player.objects.get(pk=guest.id).merged_into is None


def test_guessing_is_limited_here_too(as_player: Callable[[Player], object], client: Client, alice: Player) -> None:
    as_player(alice)
    client.force_login(alice.account)  # type: ignore[arg-type]

    pages = [client.post("/account/link/", {"code": f"AAAA{number:04}"}) for number in range(40)]

    assert "calls a minute" in pages[-1].content.decode()
    assert (pages[-1].status_code, 0 < int(pages[-1]["Retry-After"]) <= 60) == (429, True)


def test_guessing_with_many_accounts_is_limited_by_address(
    as_player: Callable[[Player], object], alice: Player, bob: Player
) -> None:
    browsers = [Client(), Client()]
    for browser, player in zip(browsers, (alice, bob), strict=True):
        as_player(player)
        browser.force_login(player.account)  # type: ignore[arg-type]

    pages = [browser.post("/account/link/", {"code": "AAAA2222"}) for browser in browsers for _ in range(6)]
    elsewhere = browsers[1].post("/account/link/", {"code": "AAAA2222"}, REMOTE_ADDR="192.0.2.7")

    refused = ["calls a minute" in page.content.decode() for page in [*pages, elsewhere]]
    assert refused == [False] * 10 + [True, True, False]


def test_strangers_log_in_first(client: Client) -> None:
    assert client.get("/account/link/").url.startswith("/accounts/login/")  # type: ignore[attr-defined]
