"""Play time, dashboards, statistics and comparisons over HTTP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from apps.analytics.models import PlaySession, PlayTime
from apps.core.clock import now
from apps.games.actions import amend_game
from apps.games.models import Achievement, Game
from apps.players.models import Player
from tests.conftest import Api
from tests.core.test_response_cache import empty_cache, get, wait_for_writes
from tests.factories import make_achievement, make_game, make_key, make_player
from tests.live import wait_until

__all__ = ["empty_cache"]

AsPlayer = Callable[[Player], Api]


def play(api: Api, player: Player, session: str = "s1", seconds: int = 600, **fields: Any) -> Any:
    return api.post(f"players/{player.id}/playtime", {"session_id": session, "seconds": seconds, **fields})


def test_a_session_counts_once_and_grows(api: Api, alice: Player, game: Game) -> None:
    responses = [play(api, alice, seconds=seconds) for seconds in (600, 600, 900, 700)]
    other = play(api, alice, "s2", 100)

    assert [response.status_code for response in responses] == [201, 200, 201, 200]
    assert [response.json()["total_seconds"] for response in responses] == [600, 600, 900, 900]
    assert other.json() == {
        "player_id": str(alice.id),
        "game_id": str(game.id),
        "session_id": "s2",
        "seconds": 100,
        "recorded": True,
        "total_seconds": 1000,
    }
    assert PlayTime.objects.get(player=alice).session_count == 2


@pytest.mark.django_db(transaction=True)
def test_reports_of_one_session_at_once_add_up_to_the_longest() -> None:
    game = make_game()
    token, player, start = make_key(game), make_player(), Barrier(6)

    def report(seconds: int) -> int:
        start.wait()
        try:
            return int(play(Api(token), player, seconds=seconds).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(report, [100, 200, 300, 300, 200, 100]))

    assert set(statuses) <= {200, 201}
    assert (PlayTime.objects.get().seconds, PlayTime.objects.get().session_count) == (300, 1)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"seconds": 0}, "/seconds"),
        ({"seconds": "600"}, "/seconds"),
        ({"seconds": True}, "/seconds"),
        ({"session": "two words"}, "/session_id"),
        ({"ended_at": "yesterday"}, "/ended_at"),
        ({"ended_at": (now() - timedelta(days=15)).isoformat()}, "/ended_at"),
        ({"ended_at": (now() + timedelta(days=1)).isoformat()}, "/ended_at"),
        ({"hours": 1}, "/hours"),
    ],
)
def test_a_wrong_report_counts_nothing(api: Api, alice: Player, fields: dict[str, Any], pointer: str) -> None:
    response = play(api, alice, **fields)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not PlaySession.objects.exists()
    assert not PlayTime.objects.exists()


def test_a_client_reports_its_own_play_time_alone(
    token_api: Callable[..., Api], test_api: Api, alice: Player, bob: Player, game: Game
) -> None:
    client = token_api(alice, game)

    assert client.post("players/me/playtime", {"session_id": "a", "seconds": 5}).status_code == 201
    assert play(client, bob).json()["code"] == "player_not_found"
    assert play(test_api, alice).json()["code"] == "live_key_needed"


def test_an_unpublished_game_counts_no_play_time(
    api: Api, token_api: Callable[..., Api], alice: Player, game: Game
) -> None:
    play(api, alice, seconds=60)
    Game.objects.filter(pk=game.id).update(is_published=False)

    responses = [play(api, alice, seconds=90), play(api, alice, "s2"), play(token_api(alice, game), alice, "s3")]

    assert [(response.status_code, response.json()["code"]) for response in responses] == [
        (409, "game_not_published")
    ] * 3
    assert list(PlaySession.objects.values_list("session_id", "seconds")) == [("s1", 60)]
    assert PlayTime.objects.get().seconds == 60


def test_a_dashboard_shows_what_was_played_and_earned(
    api: Api, anonymous: Api, alice: Player, game: Game, boards: None, relay: Callable[[], int]
) -> None:
    first, _ = make_achievement(game, points=10), make_achievement(game, points=30)
    unplayed = make_game()
    play(api, alice, seconds=5400)
    api.unlock(alice, first)
    relay()

    body = anonymous.get(f"players/{alice.id}/dashboard").json()

    (shown,) = body["games"]
    assert unplayed.slug != shown["slug"] == game.slug
    assert (shown["playtime_hours"], shown["completion_percentage"], shown["points"]) == (1.5, 50.0, 10)
    assert (shown["achievement_count"], shown["total_achievements"], shown["total_points"]) == (1, 2, 40)
    assert body["totals"] == {
        "points": 10,
        "achievement_count": 1,
        "unlock_count": 1,
        "playtime_seconds": 5400,
        "game_count": 1,
        "completed_count": 0,
    }
    assert body["rank"] == {"rank": 1, "total_players": 1, "percentile": 100.0}
    assert [item["achievement"]["id"] for item in body["latest_unlocks"]] == [str(first.id)]


# What is cached is dropped once it is committed.
@pytest.mark.django_db(transaction=True)
def test_a_cached_dashboard_is_dropped_by_what_changes_it(
    api: Api, alice: Player, achievement: Achievement, boards: None, relay: Callable[[], int]
) -> None:
    def totals() -> dict[str, int]:
        return dict(cached_dashboard(alice)["totals"])

    assert totals()["game_count"] == 0
    play(api, alice)
    wait_until(lambda: totals()["playtime_seconds"] == 600, "play time to show")
    api.unlock(alice, achievement)
    relay()

    assert totals()["points"] == 10


# What is cached is dropped once it is committed.
@pytest.mark.django_db(transaction=True)
def test_a_cached_dashboard_says_what_a_game_says_now(
    api: Api, alice: Player, achievement: Achievement, boards: None, relay: Callable[[], int]
) -> None:
    api.unlock(alice, achievement)
    relay()

    def names() -> set[str]:
        body = cached_dashboard(alice)
        return {body["games"][0]["name"], body["latest_unlocks"][0]["game"]["name"]}

    assert names() == {achievement.game.name}
    amend_game(game=achievement.game, changes={"name": "Renamed"})
    relay()
    wait_for_writes()
    assert names() == {"Renamed"}


def cached_dashboard(player: Player) -> Any:
    """Read until the response is stored, and return it."""
    return [get(f"/api/v1/players/{player.id}/dashboard") for _ in range(3)][2].json()


@pytest.mark.parametrize("count", [1, 60])
def test_a_dashboard_costs_the_same_however_many_games(
    anonymous: Api,
    alice: Player,
    boards: None,
    relay: Callable[[], int],
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        game = make_game()
        achievement = make_achievement(game)
        server = Api(make_key(game))
        server.unlock(alice, achievement)
        play(server, alice)
    relay()

    # With the definitions of the latest unlocks, which are cached from then on.
    with django_assert_num_queries(4):
        body = anonymous.get(f"players/{alice.id}/dashboard").json()

    assert len(body["games"]) == count


def test_hidden_achievements_stay_hidden_on_dashboards(
    api: Api, anonymous: Api, as_player: AsPlayer, alice: Player, bob: Player, game: Game, relay: Callable[[], int]
) -> None:
    hidden = make_achievement(game, is_hidden=True, name="The butler")
    api.unlock(alice, hidden)
    relay()
    path = f"players/{alice.id}/dashboard"

    names = [
        caller.get(path).json()["latest_unlocks"][0]["achievement"]["name"]
        for caller in (anonymous, as_player(bob), as_player(alice), anonymous)
    ]

    assert names == [None, None, "The butler", None]


def test_a_private_dashboard_is_nobodys_business(anonymous: Api, as_player: AsPlayer, alice: Player) -> None:
    alice.visibility = "private"
    alice.save()

    for name in ("dashboard", "statistics"):
        assert anonymous.get(f"players/{alice.id}/{name}").status_code == 404
        assert as_player(alice).get(f"players/me/{name}").status_code == 200
        assert anonymous.get(f"players/me/{name}").json()["code"] == "not_authenticated"


def test_statistics_add_up_by_day_and_hour(
    api: Api, anonymous: Api, alice: Player, game: Game, relay: Callable[[], int]
) -> None:
    first, second = make_achievement(game, points=10), make_achievement(game, points=20)
    make_achievement(game)
    yesterday = (now() - timedelta(days=1)).replace(hour=10, minute=20, second=0, microsecond=0)
    api.unlock(alice, first, unlocked_at=(yesterday - timedelta(days=2)).isoformat())
    api.unlock(alice, second, unlocked_at=yesterday.isoformat())
    play(api, alice, seconds=1800, ended_at=(yesterday + timedelta(hours=2)).isoformat())
    day = yesterday.date().isoformat()
    relay()

    by_day = anonymous.get(f"players/{alice.id}/statistics?game={game.id}&start_date={day}&end_date={day}").json()
    by_hour = anonymous.get(f"players/{alice.id}/statistics?interval=hour").json()

    assert by_day["results"] == [
        {
            "recorded_at": f"{day}T00:00:00Z",
            "playtime_hours": 0.5,
            "unlock_count": 1,
            "points": 20,
            "achievement_count": 2,
            "completion_percentage": 66.67,
        }
    ]
    assert [slot["recorded_at"][11:13] for slot in by_hour["results"]] == ["10", "10", "12"]
    assert [slot["achievement_count"] for slot in by_hour["results"]] == [1, 2, 2]
    assert {slot["completion_percentage"] for slot in by_hour["results"]} == {None}


@pytest.mark.parametrize(
    "question",
    [
        "start_date=2026-01-02&end_date=2026-01-01",
        "start_date=2020-01-01&end_date=2026-01-01",
        "interval=hour&start_date=2026-01-01&end_date=2026-03-01",
        "interval=year",
        "game=nothing",
        "end_date=0001-01-01",
        "start_date=tomorrow",
        "end_date=9999-12-31&start_date=9999-12-31",
    ],
)
def test_statistics_are_never_unbounded(anonymous: Api, alice: Player, question: str) -> None:
    response = anonymous.get(f"players/{alice.id}/statistics?{question}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_players_beside_each_other(
    api: Api, anonymous: Api, alice: Player, bob: Player, charlie: Player, game: Game, relay: Callable[[], int]
) -> None:
    first, second = make_achievement(game, points=10), make_achievement(game, points=20)
    for achievement in (first, second):
        api.unlock(alice, achievement)
    api.unlock(bob, second)
    relay()

    body = anonymous.get(f"compare?players={bob.id},{alice.id},{charlie.id}").json()

    assert [player["handle"] for player in body["players"]] == ["bob", "alice", "charlie"]
    assert [side["points"] for side in body["totals"]] == [20, 30, 0]
    (shown,) = body["games"]
    assert (shown["slug"], shown["total_achievements"]) == (game.slug, 2)
    assert [side["achievement_count"] for side in shown["sides"]] == [1, 2, 0]
    assert anonymous.get(f"compare?players={bob.id},{alice.id}&game={game.id}").json()["totals"][0]["points"] == 20


def test_a_comparison_needs_two_to_five_players_that_may_be_seen(anonymous: Api, alice: Player, bob: Player) -> None:
    Player.objects.filter(pk=bob.pk).update(visibility="private")

    assert anonymous.get("compare").status_code == 400
    assert anonymous.get(f"compare?players={alice.id}").json()["errors"][0]["pointer"] == "players"
    assert anonymous.get("compare?players=a,b").status_code == 400
    assert anonymous.get(f"compare?players={alice.id},{bob.id}").json()["code"] == "player_not_found"
