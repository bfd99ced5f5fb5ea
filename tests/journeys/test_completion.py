"""Completion is of published achievements on both sides, wherever it is shown."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from apps.analytics.counters import game_totals
from apps.core.background.scheduled_jobs import find_job, run_due
from apps.core.redis.client import client as redis_client
from apps.games.actions import archive_achievement
from apps.games.models import Game
from apps.notifications.models import Notification
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_player

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]


@pytest.fixture
def three_of_four(api: Api, alice: Player, game: Game, relay: Relay, boards: None) -> Game:
    """Alice earned T0, T1 and T2; T2 was archived, T8 and T9 published; she earned T8."""
    old = [make_achievement(game, key=f"ACH_T{number}", points=10) for number in range(3)]
    for achievement in old:
        api.unlock(alice, achievement)
    archive_achievement(achievement=old[2])
    new = [make_achievement(game, key=f"ACH_T{number}", points=10) for number in (8, 9)]
    api.unlock(alice, new[0])
    relay()
    game_totals.refresh()
    redis_client().flushdb()
    return game


def test_the_dashboard_says_three_of_four(api: Api, alice: Player, three_of_four: Game) -> None:
    body = api.get(f"players/{alice.id}/dashboard").json()

    (game,) = body["games"]
    assert (game["achievement_count"], game["total_achievements"], game["completion_percentage"]) == (3, 4, 75.0)
    assert (body["totals"]["achievement_count"], body["totals"]["completed_count"]) == (3, 0)
    assert body["totals"]["unlock_count"] == 4


@pytest.mark.parametrize("is_filled", [False, True])
def test_statistics_say_three_of_four(api: Api, alice: Player, three_of_four: Game, is_filled: bool) -> None:
    if is_filled:
        run_due(find_job("fill_player_statistics"))

    body = api.get(f"players/{alice.id}/statistics?game={three_of_four.id}").json()

    last = body["results"][-1]
    assert (last["unlock_count"], last["achievement_count"], last["completion_percentage"]) == (4, 3, 75.0)


def test_a_comparison_says_three_of_four(api: Api, alice: Player, bob: Player, three_of_four: Game) -> None:
    body = api.get(f"compare?players={alice.id},{bob.id}").json()

    (game,) = body["games"]
    assert (game["sides"][0]["achievement_count"], game["total_achievements"]) == (3, 4)
    assert body["totals"][0]["achievement_count"] == 3


def test_the_profile_says_three_of_four(client: Client, alice: Player, three_of_four: Game) -> None:
    page = client.get(f"/players/{alice.handle}/").content.decode()

    assert "3 of 4 achievements and 1 other, 40 points" in page
    assert "<dt>achievements</dt><dd>4</dd>" in page
    assert "75%" in page
    assert "100%" not in page


def test_the_games_page_says_three_of_four(client: Client, alice: Player, three_of_four: Game) -> None:
    alice.account = make_account()
    alice.save()
    client.force_login(alice.account)

    page = client.get(f"/games/{three_of_four.slug}/").content.decode()

    assert "3 of 4 earned" in page
    assert "30 of 40 points" in re.sub(r"\s+", " ", page)


def completions(player: Player) -> list[int]:
    notifications = Notification.objects.filter(player=player, kind="game_completed").order_by("seq")
    return [payload["achievement_count"] for payload in notifications.values_list("payload", flat=True)]


@pytest.mark.parametrize("count", [1, 2])
def test_who_lacked_only_what_was_archived_has_completed_the_game(
    api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None, count: int
) -> None:
    stayed, gone = [make_achievement(game) for _ in range(2)], [make_achievement(game) for _ in range(count)]
    carol = make_player()
    for player, earned in ((alice, stayed), (bob, [*stayed, *gone]), (carol, stayed[:1])):
        for achievement in earned:
            api.unlock(player, achievement)
    relay()

    for achievement in gone:
        archive_achievement(achievement=achievement)
    relay()

    assert completions(alice) == [2]
    assert completions(bob) == [2 + count]
    assert completions(carol) == []
