"""The players' pages as they answer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.games.models import Achievement, Game
from apps.notifications.announcements.actions import send_announcement, withdraw_announcement
from apps.players.models import Account, Follow, Player
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_player

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.fixture
def as_alice(alice: Player) -> Client:
    alice.account = make_account(email="alice@example.com")
    alice.save()
    client = Client()
    client.force_login(alice.account)
    return client


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_every_page_answers_on_an_empty_installation(visitor: Client, db: None) -> None:
    for path in ("/", "/games/", "/leaderboards/global/", "/accounts/login/", "/accounts/signup/"):
        assert visitor.get(path).status_code == 200, path


def test_home_offers_each_visitor_what_they_can_do_next(as_alice: Client, game: Game) -> None:
    member, newcomer = make_account(), make_account()
    game.studio.memberships.create(account=member, role="owner")
    browsers = {"anyone": Client(), "player": as_alice, "member": Client(), "newcomer": Client()}
    browsers["member"].force_login(member)
    browsers["newcomer"].force_login(newcomer)

    offers = {}
    for name, browser in browsers.items():
        page = text_of(browser.get("/")).partition("<main")[2]
        offers[name] = [path for path, _ in re.findall(r'<a class="button[^"]*" href="([^"]+)">([^<]+)</a>', page)]
        assert [browser.get(path).status_code for path in offers[name]] == [200] * len(offers[name]), name

    assert offers == {
        "anyone": ["/accounts/signup/", "/games/", "/accounts/login/?next=/portal/"],
        "player": ["/players/alice/", "/leaderboards/global/", "/portal/games/new/"],
        "member": ["/portal/", "/account/profile/", "/portal/"],
        "newcomer": ["/account/profile/", "/games/", "/portal/games/new/"],
    }


def test_an_unlock_shows_on_home_game_profile_and_board(
    visitor: Client, api: Api, alice: Player, game: Game, relay: Relay, boards: None
) -> None:
    achievement = make_achievement(game, name="Night Ferry", points=35)
    api.unlock(alice, achievement)
    relay()

    for path in ("/", f"/games/{game.slug}/", "/players/alice/"):
        assert "Night Ferry" in text_of(visitor.get(path)), path
    board = text_of(visitor.get(f"/leaderboards/{game.slug}/"))
    assert "Alice" in board
    assert "35" in board


def test_a_hidden_achievement_reveals_nothing_to_who_has_not_earned_it(
    visitor: Client, as_alice: Client, api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    secret = make_achievement(game, name="The Butler", description="It was him.", key="ACH_BUTLER", is_hidden=True)
    api.unlock(bob, secret)
    relay()
    paths = ("/", f"/games/{game.slug}/", "/players/bob/")

    for path in paths:
        for client in (visitor, as_alice):
            page = text_of(client.get(path))
            # The front page hangs pictures, so it leaves hidden ones out.
            assert ("Hidden achievement" in page) == (path != "/"), path
            assert not any(word in page for word in ("The Butler", "It was him", "ACH_BUTLER")), path

    api.unlock(alice, secret)
    relay()
    assert "The Butler" in text_of(as_alice.get(f"/games/{game.slug}/"))


@pytest.mark.parametrize(("visibility", "is_open"), [("public", True), ("followers", False), ("private", False)])
def test_profiles_open_as_their_player_set(
    visitor: Client, api: Api, bob: Player, achievement: Achievement, relay: Relay, boards: None,
    visibility: str, is_open: bool,
) -> None:  # fmt: skip
    Player.objects.filter(pk=bob.pk).update(visibility=visibility)
    api.unlock(bob, achievement)
    relay()

    assert visitor.get("/players/bob/").status_code == (200 if is_open else 404)
    assert visitor.get(f"/players/{bob.id}/").status_code == (302 if is_open else 404)


def test_a_followers_profile_opens_to_those_its_player_follows(
    as_alice: Client, api: Api, alice: Player, bob: Player, achievement: Achievement, relay: Relay, boards: None
) -> None:
    Player.objects.filter(pk=bob.pk).update(visibility="followers")
    api.unlock(bob, achievement)
    relay()
    assert as_alice.get("/players/bob/").status_code == 404

    Follow.objects.create(follower=bob, followed=alice)

    assert achievement.name in text_of(as_alice.get("/players/bob/"))


def test_handles_find_their_player_in_any_case_and_by_id(visitor: Client, alice: Player) -> None:
    assert visitor.get("/players/ALICE/").headers["Location"] == "/players/alice/"
    assert visitor.get(f"/players/{alice.id}/").headers["Location"] == "/players/alice/"
    assert visitor.get("/players/nobody/").status_code == 404


def test_unpublished_games_are_not_found(visitor: Client, db: None) -> None:
    game = make_game(is_published=False)

    for path in (f"/games/{game.slug}/", f"/leaderboards/{game.slug}/"):
        assert visitor.get(path).status_code == 404
    assert game.name not in text_of(visitor.get("/games/"))


@pytest.mark.parametrize("path", ["/", "/games/", "/games/{slug}/", "/leaderboards/{slug}/", "/players/alice/"])
def test_pages_query_the_database_as_much_for_one_as_for_many(
    as_alice: Client, api: Api, alice: Player, game: Game, relay: Relay, boards: None, path: str,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    url = path.format(slug=game.slug)
    api.unlock(alice, make_achievement(game))
    relay()
    as_alice.get(url)
    with django_assert_max_num_queries(30) as queries:
        as_alice.get(url)
        few = len(queries.captured_queries)
    for _ in range(10):
        other = make_game()
        make_achievement(other)
        api.unlock(alice, make_achievement(game))
        api.unlock(make_player(), make_achievement(game))
    relay()

    with django_assert_max_num_queries(few):
        as_alice.get(url)


@pytest.mark.parametrize(
    ("field", "value"), [("handle", "ALICE"), ("handle", "a b"), ("region", "XX"), ("password1", "x")]
)
def test_a_refused_sign_up_makes_nothing(visitor: Client, alice: Player, field: str, value: str) -> None:
    form = {"email": "new@example.com", "handle": "Newcomer", "region": "OC", "password1": "correct horse battery"}

    response = visitor.post("/accounts/signup/", {**form, field: value})

    assert response.status_code == 200
    assert Account.objects.count() == 0
    assert Player.objects.count() == 1


def test_a_games_colours_are_a_stylesheet(visitor: Client, db: None) -> None:
    game = make_game(slug="tide", palette={"accent": "#123456", "accent_dark": "red; } body { display: none"})

    response = visitor.get("/games/tide/palette.css")

    assert response.headers["Content-Type"] == "text/css"
    assert response.content.decode() == (
        '[data-game="tide"] { --game-accent-light: #123456; --game-accent-dark: #123456; }\n'
    )
    assert game.slug == "tide"


def test_a_board_answers_a_fragment_to_htmx(visitor: Client, alice: Player, boards: None) -> None:
    page = text_of(visitor.get("/leaderboards/global/"))
    fragment = text_of(visitor.get("/leaderboards/global/", headers={"HX-Request": "true"}))

    assert "<html" in page
    assert "<html" not in fragment


def test_a_games_page_shows_what_its_studio_announced_last(visitor: Client, game: Game) -> None:
    before = text_of(visitor.get(f"/games/{game.slug}/"))
    words = {"title": "The <winter> update", "text": "One\nTwo", "link": "https://tide.example/?a=1&b=2"}
    sent = send_announcement(game=game, created_by="account:1", **words)

    page = text_of(visitor.get(f"/games/{game.slug}/"))
    withdraw_announcement(game=game, announcement_id=sent.id, withdrawn_by="account:1")
    after = text_of(visitor.get(f"/games/{game.slug}/"))

    assert "announcement" not in before
    assert "The &lt;winter&gt; update" in page
    assert "<p>One<br>Two</p>" in page
    assert 'href="https://tide.example/?a=1&amp;b=2" rel="nofollow noopener ugc"' in page
    assert "announcement" not in after
