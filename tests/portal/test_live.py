"""The live view of a game's unlocks."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.core.clock import now
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.portal.queries.live import TAIL_LENGTH, tail_of
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player
from tests.portal.conftest import text_of

pytestmark = pytest.mark.django_db

ROWS = "/portal/games/tide/live/rows/"


def test_an_empty_tail_says_what_comes_here(browser: Client, tide: Game) -> None:
    page = text_of(browser.get("/portal/games/tide/live/"))

    assert "No unlocks yet" in page
    assert f'data-live-socket="/ws/portal/games/{tide.id}/unlocks/"' in page
    assert f'data-live-url="{ROWS}"' in page


def test_unlocks_stand_in_order_and_test_ones_are_marked(
    browser: Client, shown_tide: Game, alice: Player, bob: Player
) -> None:
    first = make_achievement(shown_tide, name="First", points=15)
    draft = make_achievement(shown_tide, name="Draft", state="draft")
    live, test = Api(make_key(shown_tide)), Api(make_key(shown_tide, "test"))
    live.unlock(alice, first, unlocked_at=(now() - timedelta(minutes=3)).isoformat())
    test.unlock(alice, draft, unlocked_at=(now() - timedelta(minutes=2)).isoformat())
    live.unlock(bob, first, unlocked_at=(now() - timedelta(minutes=1)).isoformat())

    rows = tail_of(shown_tide)
    page = text_of(browser.get(ROWS))

    assert [(row.player_name, row.achievement_name, row.points, row.is_test) for row in rows] == [
        ("Bob", "First", 15, False),
        ("Alice", "Draft", 10, True),
        ("Alice", "First", 15, False),
    ]
    assert page.count("data-row=") == 3
    assert page.count(">Test</span>") == 1
    assert "<html" not in page
    assert len({row.id for row in rows}) == 3


def test_a_live_and_a_test_unlock_of_the_same_are_two_rows(shown_tide: Game, alice: Player) -> None:
    achievement = make_achievement(shown_tide)
    for environment in ("live", "test"):
        Api(make_key(shown_tide, environment)).unlock(alice, achievement)  # type: ignore[arg-type]

    assert len({row.id for row in tail_of(shown_tide)}) == 2


def test_other_games_unlocks_are_not_shown(tide: Game, alice: Player) -> None:
    other = make_game()
    for environment in ("live", "test"):
        Api(make_key(other, environment)).unlock(alice, make_achievement(other))  # type: ignore[arg-type]

    assert tail_of(tide) == []


def test_a_draft_deleted_since_is_left_out(tide: Game, alice: Player) -> None:
    draft = make_achievement(tide, state="draft")
    Api(make_key(tide, "test")).unlock(alice, draft)
    Achievement.objects.all().delete()

    assert tail_of(tide) == []


@pytest.mark.parametrize("count", [1, 60])
def test_the_tail_is_bounded_and_takes_four_queries(
    shown_tide: Game, count: int, django_assert_num_queries: Any
) -> None:
    achievement = make_achievement(shown_tide)
    players = [make_player() for _ in range(count)]
    for environment in ("live", "test"):
        api = Api(make_key(shown_tide, environment))  # type: ignore[arg-type]
        items = [{"player_id": str(player.id), "achievement_id": achievement.key} for player in players]
        api.post("achievements/unlock/batch", {"unlocks": items})

    with django_assert_num_queries(4):
        rows = tail_of(shown_tide)

    assert len(rows) == min(2 * count, TAIL_LENGTH)


def test_what_was_earned_in_hardcore_is_marked_and_later_a_row_of_its_own(
    browser: Client, shown_tide: Game, alice: Player, bob: Player, django_assert_num_queries: Any
) -> None:
    Game.objects.filter(pk=shown_tide.pk).update(has_modes=True)
    shown_tide.refresh_from_db()
    first = make_achievement(shown_tide, name="First", points=15)
    live, test = Api(make_key(shown_tide)), Api(make_key(shown_tide, "test"))
    ago = {minutes: (now() - timedelta(minutes=minutes)).isoformat() for minutes in (4, 3, 2, 1)}
    live.unlock(alice, first, unlocked_at=ago[4])
    live.unlock(bob, first, unlocked_at=ago[3], hardcore=True)
    test.unlock(bob, first, unlocked_at=ago[2], hardcore=True)
    live.unlock(alice, first, unlocked_at=ago[1], hardcore=True)

    with django_assert_num_queries(7):
        rows = tail_of(shown_tide)
    page = text_of(browser.get(ROWS))

    assert [(row.player_name, row.points, row.is_test, row.is_hardcore) for row in rows] == [
        ("Alice", 15, False, True),
        ("Bob", 15, True, True),
        ("Bob", 15, False, True),
        ("Alice", 15, False, False),
    ]
    assert page.count('class="hardcore"') == 3
    assert len({row.id for row in rows}) == 4
