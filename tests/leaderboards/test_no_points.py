"""An achievement without points counts as an unlock, makes its player one of the game's, and moves no board."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from apps.analytics.counters.completion_rates import refresh_completion_rates
from apps.core.api.auth.callers import Scope
from apps.core.clock import now
from apps.core.redis import client as redis
from apps.games.models import Achievement, AchievementCompletion, Game
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.models import ClosedWindow, FinalPlace, Standing, Window
from apps.leaderboards.repair import rebuild
from apps.leaderboards.results import window_closing
from apps.leaderboards.results.window_closing import Closing
from apps.leaderboards.rivalry.board_follows import follow_board
from apps.leaderboards.sorted_sets import board_sets
from apps.leaderboards.standings import rank_history
from apps.leaderboards.standings.standing_rows import page_of_entries
from apps.notifications.models import Notification
from apps.players.actions import edit_player
from apps.players.models import Player, Region
from apps.unlocks import archive
from apps.unlocks.actions import record_unlocks
from apps.unlocks.models import Revocation
from apps.unlocks.reports import Report
from apps.unlocks.revocations import AlreadyRestoredError, NothingToRevokeError, restore_revocation, revoke_unlocks
from apps.web.queries.games import game_page, home
from apps.web.queries.players import player_page
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player
from tests.leaderboards.test_reconciling import all_differences, run

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]


@pytest.fixture
def prize(game: Game) -> Achievement:
    return make_achievement(game, points=10)


@pytest.fixture
def token(game: Game) -> Achievement:
    """Gives no points."""
    return make_achievement(game, points=0)


def earn(player: Player, achievement: Achievement, at: datetime | None = None) -> None:
    report = Report(achievement.game_id, player.id, achievement.id, None, at)
    assert [outcome.outcome for outcome in record_unlocks(reports=[report])] == ["unlocked"]


def ranking(api: Api, path: str) -> list[tuple[Any, ...]]:
    found = api.get(path).json()
    rows = [(row["rank"], row["player"]["handle"], row["points"], row["unlock_count"]) for row in found["results"]]
    return [found["total_players"], *rows]


def players_of(game: Game) -> int:
    page = game_page(game.slug, None)
    assert page is not None
    return page.game.player_count


def test_no_points_are_given_wherever_points_are_authored(game: Game) -> None:
    tool = Api(make_key(game, scopes=[Scope.DEFINITIONS_WRITE]))
    path = f"manage/games/{game.id}"

    made = tool.post(f"{path}/achievements", {"key": "one", "name": "One", "points": 0})
    changed = tool.patch(f"{path}/achievements/one", {"points": 5})
    back = tool.patch(f"{path}/achievements/one", {"points": 0})
    listed = [{"key": "one", "name": "One", "points": 0}, {"key": "two", "name": "Two", "points": 0}]
    document = {"format": "laurel.achievements", "version": 1, "achievements": listed}
    imported = tool.put(f"{path}/definitions", document)
    too_few = tool.post(f"{path}/achievements", {"key": "three", "name": "Three", "points": -1})

    assert [answer.status_code for answer in (made, changed, back, imported, too_few)] == [201, 200, 200, 200, 400]
    assert (made.json()["points"], back.json()["points"], imported.json()["points_after"]) == (0, 0, 0)
    assert [item["points"] for item in tool.get(f"{path}/definitions").json()["achievements"]] == [0, 0]


def test_who_has_no_points_is_a_player_of_the_game_and_on_no_board(
    api: Api, alice: Player, bob: Player, game: Game, prize: Achievement, token: Achievement, relay: Relay, boards: None
) -> None:
    earn(alice, prize)
    earn(alice, token)
    earn(bob, token)
    relay()

    paths = [f"leaderboards/{scope}{rest}" for scope in (game.id, "global") for rest in ("", "?window=day")]
    for path in paths:
        assert ranking(api, path) == [1, (1, "alice", 10, 2)]
    assert ranking(api, f"leaderboards/{game.id}?region=NA") == [0]
    assert ranking(api, f"leaderboards/{game.id}?region=NA&region=EU") == [1, (1, "alice", 10, 2)]
    not_ranked = api.get(f"leaderboards/{game.id}/players/{bob.id}")
    assert (not_ranked.status_code, not_ranked.json()["code"]) == (404, "player_not_ranked")
    redis.client().flushall()
    for path in paths:
        assert ranking(api, path) == [1, (1, "alice", 10, 2)]
    assert api.get(f"leaderboards/{game.id}/players/{bob.id}").json()["code"] == "player_not_ranked"
    assert players_of(game) == 2
    assert home(None).stats.player_count == 2
    assert [card.player_count for card in home(None).games] == [2]


def test_pages_of_who_has_no_points_count_their_unlocks(
    bob: Player, game: Game, prize: Achievement, token: Achievement, relay: Relay, boards: None, as_player: Any
) -> None:
    at = now() - timedelta(minutes=5)
    earn(bob, token, at)
    relay()

    dashboard = as_player(bob).get(f"players/{bob.id}/dashboard").json()
    (shown,) = dashboard["games"]
    friends = as_player(bob).get(f"leaderboards/{game.id}/friends").json()["results"]
    page = player_page("bob", None)

    assert (dashboard["rank"], dashboard["totals"]["points"], dashboard["totals"]["achievement_count"]) == (None, 0, 1)
    assert (shown["achievement_count"], shown["completion_percentage"], shown["points"]) == (1, 50.0, 0)
    assert shown["last_played_at"] == at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    assert [item["points"] for item in dashboard["latest_unlocks"]] == [0]
    assert [(row["rank"], row["points"], row["unlock_count"], row["reached_at"]) for row in friends] == [
        (None, 0, 1, None)
    ]
    assert page is not None
    assert (page.profile.points, page.profile.achievement_count, page.profile.rank) == (0, 1, None)
    assert [(item.unlocked, item.points, item.last_unlocked_at) for item in page.games] == [(1, 0, at)]
    assert Client().get("/players/bob/").status_code == 200


def test_points_and_their_time_stay_and_the_last_game_moves(
    api: Api, alice: Player, game: Game, prize: Achievement, token: Achievement, relay: Relay, boards: None
) -> None:
    other = make_achievement(make_game(), points=10)
    first, between, last = [now() - timedelta(minutes=minutes) for minutes in (30, 20, 10)]
    earn(alice, prize, first)
    earn(alice, other, between)
    relay()
    before = api.get(f"leaderboards/{game.id}").json()["results"]

    earn(alice, token, last)
    relay()

    after = api.get(f"leaderboards/{game.id}").json()["results"]
    assert after == [{**before[0], "unlock_count": 2}]
    games = Api().get(f"players/{alice.id}/dashboard").json()["games"]
    assert [item["id"] for item in games] == [str(game.id), str(other.game_id)]


def test_points_count_from_when_they_were_reached_though_others_came_without(
    alice: Player, game: Game, prize: Achievement, token: Achievement, relay: Relay, boards: None, settings: Any
) -> None:
    earlier, later = now() - timedelta(days=1), now() - timedelta(minutes=1)
    earn(alice, token, later)
    relay()
    alone = Standing.objects.get(player_id=alice.id, scope_id=game.id, window=Window.ALL)

    earn(alice, prize, earlier)
    relay()

    both = Standing.objects.get(player_id=alice.id, scope_id=game.id, window=Window.ALL)
    assert (alone.points, alone.unlock_count, alone.reached_at) == (0, 1, later.replace(microsecond=0))
    assert (both.points, both.unlock_count, both.reached_at) == (10, 2, earlier.replace(microsecond=0))
    assert all_differences(settings) == []


def test_revoking_the_points_takes_their_player_off_the_boards_and_out_of_no_game(
    api: Api, alice: Player, game: Game, prize: Achievement, token: Achievement, relay: Relay, boards: None,
    settings: Any
) -> None:  # fmt: skip
    earn(alice, prize)
    earn(alice, token)
    relay()

    def revoke(achievement: Achievement) -> Revocation:
        return revoke_unlocks(
            game=game, player_id=None, achievement_id=achievement.id, reason="A mistake.", revoked_by="key:1"
        )

    revocation = revoke(prize)
    relay()
    assert (ranking(api, f"leaderboards/{game.id}"), players_of(game)) == ([0], 1)
    assert all_differences(settings) == []
    restore_revocation(revocation_id=revocation.id, game=game, restored_by="key:1")
    relay()
    assert (ranking(api, f"leaderboards/{game.id}"), players_of(game)) == ([1, (1, "alice", 10, 2)], 1)
    assert all_differences(settings) == []
    revoke(prize)
    revoke(token)
    relay()
    assert (ranking(api, f"leaderboards/{game.id}"), players_of(game)) == ([0], 0)
    assert not Standing.objects.exists()
    assert all_differences(settings) == []


def test_rarity_counts_every_player_and_is_never_over_one(
    game: Game, prize: Achievement, token: Achievement, relay: Relay, boards: None
) -> None:
    players = [make_player() for _ in range(25)]
    for number, player in enumerate(players):
        earn(player, token)
        if number < 5:
            earn(player, prize)
    relay()

    refresh_completion_rates()

    rows = AchievementCompletion.objects.values_list("achievement_id", "unlock_count", "player_count", "share")
    assert set(rows) == {(token.id, 25, 25, 1.0), (prize.id, 5, 25, 0.2)}
    assert Api().get(f"games/{game.id}").json()["player_count"] == 25
    assert players_of(game) == 25


def test_a_window_closes_without_those_who_have_no_points(
    alice: Player, bob: Player, game: Game, prize: Achievement, token: Achievement, relay: Relay, boards: None
) -> None:
    earn(alice, prize)
    earn(bob, token)
    elsewhere = make_achievement(make_game(), points=0)
    earn(bob, elsewhere)
    relay()
    day = now().astimezone(UTC).date()

    for scope_id in (game.id, elsewhere.game_id, PLATFORM_ID):
        with transaction.atomic():
            window_closing.close(Closing(scope_id, Window.DAY, day), now())
        rank_history.store_ranks(scope_id, day)

    assert set(FinalPlace.objects.values_list("player_id", "scope_id", "rank", "unlock_count")) == {
        (alice.id, game.id, 1, 1),
        (alice.id, PLATFORM_ID, 1, 1),
    }
    assert set(ClosedWindow.objects.values_list("scope_id", "player_count")) == {(game.id, 1), (PLATFORM_ID, 1)}
    ranked = {player.handle: len(rank_history.ranks_of(player.id, game.id)) for player in (alice, bob)}
    assert ranked == {"alice": 1, "bob": 0}


def test_an_unlock_without_points_overtakes_nobody(
    alice: Player, bob: Player, game: Game, prize: Achievement, token: Achievement, relay: Relay, boards: None
) -> None:
    make_achievement(game)
    earn(alice, prize, now() - timedelta(minutes=2))
    earn(bob, prize, now() - timedelta(minutes=1))
    relay()
    for player in (alice, bob):
        follow_board(player_id=player.id, scope_id=game.id, window=Window.ALL)

    for player in (bob, alice, make_player()):
        earn(player, token)
        relay()

    assert not Notification.objects.filter(kind="rank_overtaken").exists()


def test_who_had_no_points_overtakes_with_the_first_as_a_newcomer(
    alice: Player, bob: Player, game: Game, prize: Achievement, token: Achievement, relay: Relay, boards: None
) -> None:
    large = make_achievement(game, points=50)
    make_achievement(game)
    earn(alice, prize)
    earn(bob, token)
    relay()
    follow_board(player_id=alice.id, scope_id=game.id, window=Window.ALL)

    earn(bob, large)
    relay()

    assert [row.player_id for row in Notification.objects.filter(kind="rank_overtaken")] == [alice.id]


def miscount_players(game: Game, bob: Player) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO scope_player_count_change (scope_id, change) VALUES (%s, -1)", [game.id])


def give_points(game: Game, bob: Player) -> None:
    Standing.objects.filter(player_id=bob.id, scope_id=game.id).update(points=4)


def lose_standings(game: Game, bob: Player) -> None:
    Standing.objects.filter(player_id=bob.id).delete()


@pytest.mark.parametrize("fault", [miscount_players, give_points, lose_standings])
def test_the_nightly_check_repairs_what_concerns_players_without_points(
    alice: Player, bob: Player, game: Game, prize: Achievement, token: Achievement, relay: Relay, boards: None,
    settings: Any, fault: Callable[[Game, Player], None]
) -> None:  # fmt: skip
    earn(alice, prize)
    earn(bob, token)
    relay()
    assert all_differences(settings) == []
    fault(game, bob)
    assert all_differences(settings) != []

    run("reconcile_boards")

    assert all_differences(settings) == []


class History:
    """Random acts of everything that moves standings; about half of the achievements give no points."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.games = [make_game(), make_game()]
        self.achievements = [make_achievement(game, points=points) for game in self.games for points in (0, 0, 5, 10)]
        self.players = [make_player(region=Region.values[number % 3]) for number in range(6)]

    def act(self) -> None:
        acts = [self.unlock] * 8 + [self.revoke] * 3 + [self.restore, self.move, self.archive, self.lose_boards]
        self.random.choice(acts)()

    def unlock(self) -> None:
        chosen = [(self.random.choice(self.players), self.random.choice(self.achievements)) for _ in range(3)]
        at = [now() - timedelta(hours=self.random.randrange(200)) for _ in chosen]
        record_unlocks(
            reports=[Report(item.game_id, player.id, item.id, None, moment)
                     for (player, item), moment in zip(chosen, at, strict=True)]
        )  # fmt: skip

    def revoke(self) -> None:
        achievement, player = self.random.choice(self.achievements), self.random.choice([None, *self.players])
        try:
            revoke_unlocks(
                game=achievement.game, player_id=None if player is None else player.id,
                achievement_id=achievement.id if player is None or self.random.random() < 0.5 else None,
                reason="", revoked_by="key:1",
            )  # fmt: skip
        except NothingToRevokeError:
            return

    def restore(self) -> None:
        found = list(Revocation.objects.order_by("id"))
        if found:
            revocation = self.random.choice(found)
            try:
                restore_revocation(revocation_id=revocation.id, game=revocation.game, restored_by="key:1")
            except AlreadyRestoredError:
                return

    def move(self) -> None:
        edit_player(player_id=self.random.choice(self.players).id, region=self.random.choice(Region.values[:3]))

    def archive(self) -> None:
        archive.mark_inactive([self.random.choice(self.players).id], now())
        archive.move_settled(now() + 2 * archive.SETTLED_AFTER, players_max=100)

    def lose_boards(self) -> None:
        redis.client().flushall()
        rebuild.rebuild_boards()


@pytest.mark.parametrize("seed", range(4))
def test_random_histories_equal_the_plain_recomputation(boards: None, relay: Relay, settings: Any, seed: int) -> None:
    history = History(Random(seed))
    for number in range(60):
        history.act()
        # Also several acts in one step of the relay.
        if history.random.random() < 0.6 or number == 59:
            relay()
            assert all_differences(settings) == [], number
            refresh_completion_rates()
            assert not AchievementCompletion.objects.filter(share__gt=1).exists()
    for scope_id in (PLATFORM_ID, *(game.id for game in history.games)):
        for region in (None, *Region.values[:3]):
            board = Board(scope_id, region=region)
            assert board_sets.page(redis.client(), board, offset=0, limit=50) == page_of_entries(
                board, offset=0, limit=50
            )
