"""Windows that close: who won stays, what made them up goes; and ranks day by day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from apps.core.background.scheduled_jobs import find_job, run_due
from apps.core.clock import now
from apps.core.database.partitions import existing_partitions
from apps.core.database.sql import fetch_column
from apps.core.models import JobSlot, OutboxEntry
from apps.core.redis import client as redis
from apps.games.actions import delist_game, unpublish_game
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.models import ClosedWindow, FinalPlace, Standing
from apps.leaderboards.results.final_places import medal_of
from apps.leaderboards.results.window_closing import closings_of, scopes
from apps.leaderboards.standings.rank_history import RANK_HISTORY
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("months")]

# A Sunday that is the last day of its month as well: everything closes at once.
SUNDAY = datetime(2027, 1, 31, 18, 0, tzinfo=UTC)
Relay = Callable[[], int]
FILL_BOARD = """
INSERT INTO standing (player_id, scope_id, reached_at, opened_on, points, unlock_count, "window", region)
SELECT gen_random_uuid(), %s, '2027-01-31 12:00+00', '2027-01-31', 2001 - n, 1, 'day', 'EU'
FROM generate_series(1, 1005) n
"""


def run(name: str, moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        assert run_due(find_job("make_partitions"), moment=moment)
        assert run_due(find_job(name), moment=moment)


def earn(api: Api, moment: datetime, *pairs: tuple[Player, Achievement]) -> None:
    with time_machine.travel(moment, tick=False):
        for number, (player, achievement) in enumerate(pairs):
            at = moment - timedelta(seconds=len(pairs) - number)
            assert api.unlock(player, achievement, unlocked_at=at.isoformat()).status_code == 201


def test_the_windows_that_end_with_a_day(game: Game) -> None:
    def ending(day: date) -> list[tuple[str, date]]:
        return [(item.window.value, item.opened_on) for item in closings_of(day, PLATFORM_ID)]

    assert ending(date(2027, 1, 31)) == [
        ("day", date(2027, 1, 31)),
        ("week", date(2027, 1, 25)),
        ("month", date(2027, 1, 1)),
    ]
    assert ending(date(2027, 1, 30)) == [("day", date(2027, 1, 30))]
    assert [item.scope_id for item in closings_of(date(2027, 1, 30), game.id)] == [game.id]
    assert scopes() == [PLATFORM_ID, game.id]


def test_a_closed_window_keeps_its_places_and_late_unlocks_win_no_medals(
    api: Api, anonymous: Api, alice: Player, bob: Player, charlie: Player, game: Game, relay: Relay, boards: None
) -> None:
    small, large = make_achievement(game, points=10), make_achievement(game, points=40)
    earn(api, SUNDAY, (alice, large), (bob, small), (charlie, small))
    relay()
    monday = SUNDAY.replace(hour=0) + timedelta(days=1)

    run("close_windows", monday + timedelta(minutes=59))
    assert not FinalPlace.objects.filter(opened_on=SUNDAY.date()).exists()
    run("close_windows", monday + timedelta(minutes=61))
    with time_machine.travel(monday + timedelta(hours=2), tick=False):
        api.unlock(bob, large, unlocked_at=SUNDAY.isoformat())
    relay()
    run("close_windows", monday + timedelta(hours=3))

    body = anonymous.get(f"leaderboards/{game.id}/closed/day/2027-01-31").json()
    assert [(row["rank"], row["player"]["handle"], row["points"]) for row in body["results"]] == [
        (1, "alice", 40),
        (2, "bob", 10),
        (3, "charlie", 10),
    ]
    assert (body["total_players"], body["pages"], body["board"]["opened_on"]) == (3, 1, "2027-01-31")
    (listed,) = anonymous.get(f"leaderboards/{game.id}/closed?window=month").json()["results"]
    assert [row["player"]["handle"] for row in listed["leaders"]] == ["alice", "bob", "charlie"]
    medals = anonymous.get(f"players/{bob.id}/medals").json()["results"]
    assert {(item["board"]["scope"], item["board"]["window"], item["medal"]) for item in medals} == {
        (scope, window, "silver") for scope in ("global", str(game.id)) for window in ("day", "week", "month")
    }
    second = anonymous.get("leaderboards/global/closed/week/2027-01-25?page=2&page_size=2").json()
    assert [row["player"]["handle"] for row in second["results"]] == ["charlie"]


def test_no_window_closes_before_the_relay_has_counted_what_was_reported_in_time(
    api: Api, alice: Player, achievement: Achievement, relay: Relay, boards: None
) -> None:
    earn(api, SUNDAY, (alice, achievement))
    OutboxEntry.objects.update(created_at=SUNDAY)

    run("close_windows", SUNDAY + timedelta(days=1))
    slot = JobSlot.objects.get(job="close_windows", slot=SUNDAY.replace(hour=0))
    assert (slot.state, FinalPlace.objects.exists()) == ("due", False)
    for options in ([], ["--dry-run"]):
        with pytest.raises(CommandError, match="close_windows waits: The relay has yet to count"):
            call_command("run_jobs", "close_windows", "--slot", "2027-01-31", *options)
    assert JobSlot.objects.get(job="close_windows", slot=SUNDAY.replace(hour=0)).state == "due"
    relay()
    run("close_windows", SUNDAY + timedelta(days=1))

    assert FinalPlace.objects.filter(player_id=alice.id, rank=1).count() == 6


def test_windows_missed_for_a_month_close_all_the_same(
    api: Api, anonymous: Api, alice: Player, achievement: Achievement, relay: Relay, boards: None
) -> None:
    earn(api, SUNDAY, (alice, achievement))
    relay()

    run("close_windows", SUNDAY + timedelta(days=30))

    assert {row.window for row in FinalPlace.objects.all()} == {"day", "week", "month"}


def test_medals_of_who_was_merged_are_the_players(
    api: Api, anonymous: Api, alice: Player, bob: Player, achievement: Achievement, relay: Relay, boards: None
) -> None:
    earn(api, SUNDAY, (alice, achievement))
    relay()
    run("close_windows", SUNDAY + timedelta(days=1))
    Player.objects.filter(pk=alice.pk).update(merged_into=bob)

    medals = anonymous.get(f"players/{bob.id}/medals").json()["results"]

    assert len(medals) == 6
    board = anonymous.get("leaderboards/global/closed/day/2027-01-31").json()
    assert [row["player"]["handle"] for row in board["results"]] == ["bob"]


def test_what_a_hidden_game_left_behind_is_hidden_with_it(
    api: Api, anonymous: Api, client: Client, alice: Player, achievement: Achievement, relay: Relay, boards: None
) -> None:
    earn(api, SUNDAY, (alice, achievement))
    relay()
    run("close_windows", SUNDAY + timedelta(days=1))
    unpublish_game(game=achievement.game)

    responses = [
        anonymous.get(f"leaderboards/{achievement.game_id}/{path}")
        for path in ("closed?window=day", "closed/day/2027-01-31")
    ]
    medals = anonymous.get(f"players/{alice.id}/medals").json()["results"]

    assert [response.json()["code"] for response in responses] == ["game_not_found"] * 2
    assert {item["board"]["scope"] for item in medals} == {"global"}
    assert achievement.game.name not in client.get("/players/alice/").content.decode()


def test_a_closed_window_keeps_a_thousand_places(game: Game) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL_BOARD, [game.id])

    run("close_windows", SUNDAY + timedelta(days=1))

    places = FinalPlace.objects.filter(scope_id=game.id, window="day").order_by("rank")
    assert [(row.rank, row.points) for row in places] == [(rank, 2_001 - rank) for rank in range(1, 1_001)]
    assert ClosedWindow.objects.get(scope_id=game.id, window="day").player_count == 1_005


@pytest.mark.parametrize(
    ("rank", "medal"),
    [(1, "gold"), (2, "silver"), (3, "bronze"), (4, "top_10"), (11, "top_100"), (100, "top_100"), (101, "top_1000")],
)
def test_medals_go_by_rank(rank: int, medal: str) -> None:
    assert medal_of(rank) == medal


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("closed/day/2027-01-31", 404, "window_not_closed"),
        ("closed/all/2027-01-31", 400, "invalid"),
        ("closed/day/2027-02-31", 404, "not_found"),
        ("closed?window=all", 400, "invalid"),
    ],
)
def test_what_never_closed_is_a_clear_error(anonymous: Api, game: Game, path: str, status: int, code: str) -> None:
    response = anonymous.get(f"leaderboards/{game.id}/{path}")

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert anonymous.get(f"leaderboards/{PLATFORM_ID}1/closed").status_code == 404


def test_standings_and_boards_of_old_windows_go_and_the_others_stay(
    api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    first, second = make_achievement(game), make_achievement(game)
    earn(api, SUNDAY, (alice, first))
    relay()
    run("trim_standings", SUNDAY + timedelta(days=35))
    assert Standing.objects.filter(player_id=alice.id, scope_id=game.id).count() == 4
    later = SUNDAY + timedelta(days=37)
    earn(api, later, (bob, second))
    relay()

    run("trim_standings", later)

    left = {(row.player_id, row.window) for row in Standing.objects.all()}
    assert left == {(alice.id, "all"), *((bob.id, window) for window in ("all", "month", "week", "day"))}
    expiry: Any = redis.client().expiretime(f"board:{game.id.hex}:day:20270131:-")
    assert datetime.fromtimestamp(expiry, UTC) == datetime(2027, 3, 8, tzinfo=UTC)


def test_ranks_are_stored_day_by_day(
    api: Api, anonymous: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    small, large = make_achievement(game, points=10), make_achievement(game, points=40)
    earn(api, SUNDAY, (alice, small))
    relay()
    run("keep_ranks", SUNDAY + timedelta(days=1))
    earn(api, SUNDAY + timedelta(days=1), (bob, large))
    relay()
    run("keep_ranks", SUNDAY + timedelta(days=2))
    run("keep_ranks", SUNDAY + timedelta(days=2, hours=3))

    with time_machine.travel(SUNDAY + timedelta(days=2), tick=False):
        body = anonymous.get(f"leaderboards/{game.id}/players/{alice.id}/history").json()
        recent = anonymous.get(f"leaderboards/global/players/{alice.id}/history?days=1").json()

    assert body["results"] == [{"day": "2027-01-31", "rank": 1}, {"day": "2027-02-01", "rank": 2}]
    assert recent["results"] == [{"day": "2027-02-01", "rank": 2}]
    assert anonymous.get(f"leaderboards/{game.id}/players/{make_player().id}/history").json()["results"] == []


def test_while_boards_follow_a_change_of_a_game_only_its_own_and_the_platforms_wait(
    api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    other, monday = make_game(), SUNDAY + timedelta(days=1)
    names = ("close_windows", "keep_ranks")
    earn(api, SUNDAY, (alice, make_achievement(game)))
    earn(Api(make_key(other)), SUNDAY, (bob, make_achievement(other)))
    relay()
    delist_game(game_id=game.id, decided_by="rule")
    OutboxEntry.objects.update(parked_at=now())

    for name in names:
        run(name, monday + timedelta(hours=2))
    waiting = placed_and_ranked(alice, bob), set(JobSlot.objects.values_list("job", "state"))
    OutboxEntry.objects.update(parked_at=None)
    relay()
    for name in names:
        run(name, monday + timedelta(hours=3))

    due = {(name, "due") for name in names}
    assert waiting == (([other.id] * 3, [other.id]), due | {("make_partitions", "done")})
    every = sorted([PLATFORM_ID, game.id, other.id])
    assert placed_and_ranked(alice, bob) == (sorted(every * 3), every)
    done = JobSlot.objects.filter(slot=SUNDAY.replace(hour=0), state="done", job__in=names).order_by("job")
    assert list(done.values_list("job", "counts")) == [
        ("close_windows", {"windows": 9, "places": 9}),
        ("keep_ranks", {"ranks": 3}),
    ]


def placed_and_ranked(*players: Player) -> tuple[list[UUID], list[UUID]]:
    """The scopes of players' final places, and of their stored ranks."""
    ids = [player.id for player in players]
    ranked = fetch_column("SELECT scope_id FROM rank_history WHERE player_id = ANY (%s) ORDER BY 1", [ids])
    return list(FinalPlace.objects.order_by("scope_id").values_list("scope_id", flat=True)), ranked


def test_rank_history_leaves_out_who_stopped_and_drops_its_old_months(
    api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    first, second = make_achievement(game), make_achievement(game)
    earn(api, SUNDAY, (alice, first))
    later = SUNDAY + timedelta(days=120)
    earn(api, later, (bob, second))
    relay()

    run("keep_ranks", later + timedelta(days=1))
    run("drop_partitions", later + timedelta(days=2))

    with time_machine.travel(later + timedelta(days=1), tick=False):
        history = api.get(f"leaderboards/{game.id}/players/{bob.id}/history").json()["results"]
        assert [item["rank"] for item in history] == [2]
        assert api.get(f"leaderboards/{game.id}/players/{alice.id}/history").json()["results"] == []
    assert min(existing_partitions(RANK_HISTORY)) >= "rank_history_2027_03"
