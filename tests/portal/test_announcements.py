"""The page of a game's announcements."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from apps.core.ids import NIL
from apps.games.models import ApiKey, Game
from apps.leaderboards.models import Standing
from apps.notifications.announcements import fan_out
from apps.notifications.announcements.actions import send_announcement
from apps.notifications.models import Announcement
from apps.players.models import Account, Player
from tests.factories import make_key, make_player
from tests.portal.conftest import text_of

pytestmark = pytest.mark.django_db

PAGE = "/portal/games/tide/announcements/"
WORDS = {"title": "The <winter> update", "text": "Six new\r\nachievements.", "link": "https://tide.example/winter"}
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def published(tide: Game) -> Game:
    tide.is_published = True
    tide.save()
    return tide


def joins(game: Game, *players: Player) -> None:
    for player in players:
        Standing.objects.create(
            player_id=player.id, scope_id=game.id, window="all", opened_on="1970-01-01", region="EU", points=10,
            unlock_count=1, reached_at=NOON,
        )  # fmt: skip


def words_of(response: Any) -> str:
    """What a page says, with its tags but for those that keep names apart."""
    return " ".join(html.unescape(re.sub("</?bdi>", "", text_of(response))).split())


def test_an_announcement_is_looked_at_and_then_sent(
    browser: Client, published: Game, owner: Account, alice: Player, bob: Player
) -> None:
    joins(published, alice, bob)

    empty = words_of(browser.get(PAGE))
    preview = browser.post(PAGE, {**WORDS, "step": "preview"})
    before = Announcement.objects.count()
    sent = browser.post(PAGE, {**WORDS, "step": "send"})

    assert "No announcements yet" in empty
    assert "Tide & Ember: currently 2 players" in empty
    assert preview.status_code == 200
    shown = text_of(preview)
    assert "The &lt;winter&gt; update" in shown
    assert "<p>Six new<br>achievements.</p>" in shown
    assert "Send to 2 players" in shown
    assert before == 0
    assert (sent.status_code, sent["Location"]) == (302, PAGE)
    row = Announcement.objects.get()
    assert (row.title, row.text, row.link) == ("The <winter> update", "Six new\nachievements.", WORDS["link"])
    assert (row.created_by, row.audience_count) == (f"account:{owner.id}", 2)


def test_what_was_looked_at_can_be_changed(browser: Client, published: Game) -> None:
    page = text_of(browser.post(PAGE, {**WORDS, "step": "edit"}))

    assert 'value="The &lt;winter&gt; update"' in page
    assert 'value="preview"' in page
    assert Announcement.objects.count() == 0


@pytest.mark.parametrize("step", ["preview", "send"])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "x" * 81}, "at most 80 characters"),
        ({"text": "x" * 501}, "500 characters at most; these are 501"),
        ({"link": "http://tide.example"}, "starts with https://"),
    ],
)
def test_wrong_words_are_reported_beside_their_field(
    browser: Client, published: Game, wrong: dict[str, str], message: str, step: str
) -> None:
    response = browser.post(PAGE, {**WORDS, **wrong, "step": step})

    assert response.status_code == 422
    assert text_of(response).count("field__error") == 1
    assert message in words_of(response)
    assert Announcement.objects.count() == 0


def test_500_characters_fit_with_the_line_ends_of_browsers(browser: Client, published: Game) -> None:
    browser.post(PAGE, {**WORDS, "text": "x" * 249 + "\r\n" + "x" * 250, "step": "send"})

    assert len(Announcement.objects.get().text) == 500


def test_a_fourth_is_refused_in_words(browser: Client, published: Game) -> None:
    for number in range(3):
        browser.post(PAGE, {**WORDS, "title": str(number), "step": "send"})

    response = browser.post(PAGE, {**WORDS, "step": "send"})

    assert response.status_code == 422
    assert "You have sent 3 announcements in 24 hours" in words_of(response)
    assert 'value="The &lt;winter&gt; update"' in text_of(response)
    assert Announcement.objects.count() == 3


def test_a_game_that_is_not_published_has_no_form(browser: Client, tide: Game) -> None:
    page = words_of(browser.get(PAGE))
    response = browser.post(PAGE, {**WORDS, "step": "send"})

    assert "Publish the game to send announcements" in page
    assert response.status_code == 422
    assert Announcement.objects.count() == 0


def test_the_list_says_how_far_each_has_come(
    browser: Client, published: Game, owner: Account, monkeypatch: Any
) -> None:
    monkeypatch.setattr(fan_out, "PLAYERS_AT_ONCE", 2)
    joins(published, *(make_player() for _ in range(3)))
    make_key(published)
    key = ApiKey.objects.get()
    by = f"account:{owner.id}"
    Announcement.objects.create(game=published, title="Old", text="Old", created_by=f"key:{key.id}", audience_count=9,
        passed_count=9, notified_count=8, created_at=NOON)  # fmt: skip
    send_announcement(game=published, title="New", text="New", created_by=by)
    fan_out.announce.work()

    page = words_of(browser.get(PAGE))

    assert "2 of 3 players notified." in page
    assert "by owner@example.com" in page
    assert '<progress class="progress" value="2" max="3"' in page
    assert "8 players notified. 1 has turned announcements off." in page
    assert "by the key Tests" in page
    assert page.index(">New<") < page.index(">Old<")


def test_withdrawing_stops_it_and_says_who_did(
    browser: Client, member: Callable[[str], Client], published: Game, owner: Account
) -> None:
    made = send_announcement(game=published, title="Oops", text="Wrong.", created_by=f"account:{NIL}")

    page = words_of(browser.post(f"{PAGE}{made.id}/withdraw/", follow=True))

    made.refresh_from_db()
    assert (made.state, made.withdrawn_by) == ("withdrawn", f"account:{owner.id}")
    assert "Withdrawn. No one else will be notified" in page
    assert "by owner@example.com" in page.partition("<p>Withdrawn ")[2]
    assert "/withdraw/" not in page


@pytest.mark.parametrize("count", [1, 40])
def test_the_page_takes_as_many_queries_whatever_was_announced(
    browser: Client, published: Game, owner: Account, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        Announcement.objects.create(
            game=published, title="News", text="News", created_by=f"account:{owner.id}", audience_count=1,
            created_at=NOON - timedelta(days=number),
        )  # fmt: skip

    with django_assert_num_queries(5):
        browser.get(PAGE)
