"""Following a board from its page, without scripts."""

from typing import Any

import pytest
from django.test import Client

from apps.games.models import Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.models import BoardFollow, Window
from apps.leaderboards.rivalry.board_follows import follows_board
from apps.players.models import Player
from tests.factories import make_account, make_game

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(alice: Player) -> Client:
    alice.account = make_account()
    alice.save()
    client = Client()
    client.force_login(alice.account)
    return client


@pytest.fixture
def tide(db: None) -> Game:
    return make_game(slug="tide", name="Tide & Ember")


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_a_board_is_followed_and_left_from_its_page(browser: Client, alice: Player, tide: Game) -> None:
    before = text_of(browser.get("/leaderboards/tide/?window=week&region=EU"))
    followed = browser.post("/leaderboards/tide/follow/", {"window": "week", "region": "EU", "follow": "yes"})
    page = text_of(browser.get(followed["Location"]))
    other = text_of(browser.get("/leaderboards/tide/"))
    is_followed = follows_board(player_id=alice.id, scope_id=tide.id, window=Window.WEEK)
    left = browser.post("/leaderboards/tide/follow/", {"window": "week", "region": "", "follow": "no"})

    assert "Get notified when someone from any region overtakes you here." in before
    assert followed["Location"] == "/leaderboards/tide/?window=week&region=EU"
    assert "You will be notified when someone near you overtakes you on this leaderboard." in page
    assert "Following<span" in page
    assert "Get notified when someone overtakes you here." in other
    assert is_followed
    assert left["Location"] == "/leaderboards/tide/?window=week"
    assert BoardFollow.objects.count() == 0


def test_the_board_of_all_games_is_followed_too(browser: Client, alice: Player) -> None:
    browser.post("/leaderboards/global/follow/", {"window": "all", "follow": "yes"})

    assert follows_board(player_id=alice.id, scope_id=PLATFORM_ID, window=Window.ALL)


def test_ones_own_profile_lists_the_boards_one_follows(browser: Client, alice: Player, tide: Game) -> None:
    hidden = make_game(is_published=False)
    for scope_id, window in ((tide.id, "day"), (tide.id, "all"), (PLATFORM_ID, "month"), (hidden.id, "all")):
        BoardFollow.objects.create(player=alice, scope_id=scope_id, window=window)

    own = text_of(browser.get("/players/alice/"))
    others = text_of(Client().get("/players/alice/"))

    links = ["/leaderboards/global/?window=month", "/leaderboards/tide/", "/leaderboards/tide/?window=day"]
    places = [own.index(f'<li><a href="{link}">') for link in links]
    assert places == sorted(places)
    assert own.partition('class="boards-followed"')[2].partition("</ul>")[0].count("<li>") == 3
    assert "Leaderboards you follow" not in others


def test_whoever_has_no_player_is_offered_nothing(tide: Game, db: None) -> None:
    without_player = Client()
    without_player.force_login(make_account())

    assert "board-follow" not in text_of(Client().get("/leaderboards/tide/"))
    assert "board-follow" not in text_of(without_player.get("/leaderboards/tide/"))
    assert without_player.post("/leaderboards/tide/follow/", {"window": "all"}).status_code == 404
    answer = Client().post("/leaderboards/tide/follow/", {"window": "all"})
    assert answer["Location"].startswith("/accounts/login/?next=")
    assert BoardFollow.objects.count() == 0


@pytest.mark.parametrize(("slug", "window"), [("nowhere", "all"), ("tide", "year"), ("tide", ""), ("hidden", "all")])
def test_a_board_that_is_not_there_is_not_followed(browser: Client, tide: Game, slug: str, window: str) -> None:
    make_game(slug="hidden", is_published=False)

    assert browser.post(f"/leaderboards/{slug}/follow/", {"window": window}).status_code == 404
    assert BoardFollow.objects.count() == 0


def test_links_and_forms_of_others_follow_nothing(alice: Player, browser: Client, tide: Game) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies

    assert strict.post("/leaderboards/tide/follow/", {"window": "all"}).status_code == 403
    assert browser.get("/leaderboards/tide/follow/").status_code == 405
    assert BoardFollow.objects.count() == 0


def test_a_board_too_many_is_refused_in_words(browser: Client, alice: Player, tide: Game, monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.leaderboards.rivalry.board_follows.FOLLOWED_MAX", 0)

    page = text_of(browser.post("/leaderboards/tide/follow/", {"window": "all"}, follow=True))

    assert "which is the most" in page
    assert BoardFollow.objects.count() == 0
