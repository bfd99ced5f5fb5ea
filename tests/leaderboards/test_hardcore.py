"""Boards of a game's hardcore mode: of what was earned in it, beside the casual ones and untouched by them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core.api.auth.callers import Scope
from apps.core.background.outbox import record
from apps.core.background.relay import run_step
from apps.core.background.scheduled_jobs import find_job, run_due
from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.core.redis import client as redis
from apps.games.actions import amend_game
from apps.games.models import Achievement, Game
from apps.leaderboards import subscribers
from apps.leaderboards.boards.modes import Mode, game_of, mode_of, scope_of
from apps.leaderboards.models import FinalPlace, Standing, Window
from apps.leaderboards.repair.rebuild import rebuild_boards
from apps.leaderboards.results import window_closing
from apps.notifications.kinds.rank_overtaken import RankOvertakenKind
from apps.players.actions import edit_player, rulings
from apps.players.events import PlayersMerged
from apps.players.models import Player, Region
from apps.unlocks import archive
from apps.unlocks.actions import record_unlocks
from apps.unlocks.errors import GameWithoutModesError
from apps.unlocks.models import Revocation, Source
from apps.unlocks.reports import Report
from apps.unlocks.revocations import (
    AlreadyRestoredError,
    NothingToRevokeError,
    UnlocksRevokedError,
    restore_revocation,
    revoke_unlocks,
)
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player, turn_on_modes
from tests.journeys.test_trust_history import wrong
from tests.leaderboards.test_reconciling import all_differences, run

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]


@pytest.fixture
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


def earn(player: Player, achievement: Achievement, at: datetime | None = None, *, hardcore: bool = True) -> None:
    report = Report(achievement.game_id, player.id, achievement.id, None, at, is_hardcore=hardcore)
    (outcome,) = record_unlocks(reports=[report])
    assert outcome.exists


def ranking(api: Api, path: str) -> list[tuple[Any, ...]]:
    found = api.get(path).json()
    rows = [(row["rank"], row["player"]["handle"], row["points"], row["unlock_count"]) for row in found["results"]]
    return [found["total_players"], *rows]


def test_a_scope_says_its_game_and_mode(game: Game) -> None:
    hardcore = scope_of(game.id, Mode.HARDCORE)

    assert (game_of(hardcore), mode_of(hardcore)) == (game.id, Mode.HARDCORE)
    assert (game_of(game.id), mode_of(game.id), scope_of(game.id, Mode.CASUAL)) == (game.id, Mode.CASUAL, game.id)
    assert hardcore not in {game.id, game_of(hardcore).int + 1}


def test_a_hardcore_board_ranks_what_was_earned_in_hardcore(
    api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None, settings: Any
) -> None:
    first, second = make_achievement(game, points=10), make_achievement(game, points=30)
    earn(alice, first)
    earn(alice, second, hardcore=False)
    earn(bob, first, hardcore=False)
    earn(bob, second)
    relay()
    earn(bob, first)
    relay()

    casual, hardcore = ranking(api, f"leaderboards/{game.id}"), ranking(api, f"leaderboards/{game.id}?mode=hardcore")

    assert casual == [2, (1, "alice", 40, 2), (2, "bob", 40, 2)]
    assert hardcore == [2, (1, "bob", 40, 2), (2, "alice", 10, 1)]
    assert ranking(api, f"leaderboards/{game.id}?mode=hardcore&window=day&region=EU") == [1, (1, "alice", 10, 1)]
    assert ranking(api, "leaderboards/global") == [2, (1, "alice", 40, 2), (2, "bob", 40, 2)]
    assert all_differences(settings) == []
    redis.client().flushall()
    assert ranking(api, f"leaderboards/{game.id}?mode=hardcore") == hardcore
    rebuild_boards()
    assert all_differences(settings) == []


def test_operations_of_boards_take_the_mode(
    api: Api, alice: Player, game: Game, relay: Relay, boards: None, as_player: Any
) -> None:
    earn(alice, make_achievement(game, points=10), now() - timedelta(days=1, hours=2))
    relay()
    yesterday = (now() - timedelta(days=1, hours=2)).astimezone(UTC).date()
    scope = scope_of(game.id, Mode.HARDCORE)
    for closing in window_closing.closings_of(yesterday, scope):
        with transaction.atomic():
            window_closing.close(closing, now())
    me, path = as_player(alice), f"leaderboards/{game.id}"
    named = {"scope": str(game.id), "mode": "hardcore"}

    def board(answer: Any) -> dict[str, str]:
        assert answer.status_code == 200, answer.content
        return {name: answer.json()["board"].get(name) for name in named}

    assert board(me.get(f"{path}?mode=hardcore")) == named
    assert board(me.get(f"{path}/players/{alice.id}?mode=hardcore")) == named
    assert board(me.get(f"{path}/friends?mode=hardcore")) == named
    assert board(me.get(f"{path}/players/{alice.id}/history?mode=hardcore")) == named
    assert board(me.get(f"{path}/closed/day/{yesterday}?mode=hardcore")) == named
    (closed,) = me.get(f"{path}/closed?mode=hardcore&window=day").json()["results"]
    assert (closed["board"]["mode"], closed["leaders"][0]["points"]) == ("hardcore", 10)
    medals = [item for item in me.get("players/me/medals").json()["results"] if item["board"]["window"] == "day"]
    assert [item["board"]["mode"] for item in medals] == ["hardcore"]
    followed = me.put(f"players/me/followed-boards/{game.id}/all?mode=hardcore")
    assert followed.json() == {"game_id": str(game.id), "window": "all", "mode": "hardcore"}
    assert me.get("players/me/followed-boards").json()["boards"] == [followed.json()]
    assert me.delete(f"players/me/followed-boards/{game.id}/all?mode=hardcore").status_code == 204
    assert me.get("players/me/followed-boards").json()["boards"] == []
    assert "mode" not in me.get(path).json()["board"]


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        *[("get", rest) for rest in ("", "/players/{0}", "/friends", "/closed", "/players/{0}/history")],
        *[("get", "/closed/day/2026-11-01"), ("put", "followed")],
    ],
)
def test_a_game_without_modes_has_no_hardcore_boards(
    alice: Player, bob: Player, game: Game, relay: Relay, boards: None, as_player: Any, method: str, rest: str
) -> None:
    earn(alice, make_achievement(game, points=10))
    relay()
    me = as_player(alice)
    path = f"players/me/followed-boards/{game.id}/all" if rest == "followed" else f"leaderboards/{game.id}{rest}"
    path = path.format(alice.id)
    send = getattr(me, method)
    open_page = me.get(f"leaderboards/{game.id}?mode=hardcore").content

    amend_game(game=game, changes={"has_modes": False})
    relay()
    refused, mistaken, platform = (
        send(f"{path}?mode=hardcore"),
        send(f"{path}?mode=sometimes"),
        send(path.replace(str(game.id), "global") + "?mode=hardcore"),
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "game_without_modes")
    assert [(flaw["pointer"], flaw["code"]) for flaw in mistaken.json()["errors"]] == [("mode", "invalid_choice")]
    assert [(flaw["pointer"], flaw["code"]) for flaw in platform.json()["errors"]] == [("mode", "unknown")]
    assert me.get("players/me/followed-boards").json()["boards"] == []
    # What happens meanwhile is there when they are on again.
    earn(bob, make_achievement(game, points=20), hardcore=False)
    relay()
    amend_game(game=game, changes={"has_modes": True})
    relay()
    assert me.get(f"leaderboards/{game.id}?mode=hardcore").content == open_page


def test_what_is_revoked_while_modes_are_off_is_gone_when_they_are_on(
    api: Api, alice: Player, bob: Player, game: Game, relay: Relay, boards: None, settings: Any
) -> None:
    prize = make_achievement(game, points=10)
    earn(alice, prize)
    earn(bob, prize)
    relay()
    amend_game(game=game, changes={"has_modes": False})

    revoke_unlocks(game=game, player_id=alice.id, achievement_id=None, reason="", revoked_by="key:1")
    rulings.ban_player(player_id=bob.id, decided_by="operator")
    relay()
    amend_game(game=game, changes={"has_modes": True})
    relay()

    assert ranking(api, f"leaderboards/{game.id}?mode=hardcore") == [0]
    assert all_differences(settings) == []
    rulings.unban_player(player_id=bob.id, decided_by="operator")
    relay()
    assert ranking(api, f"leaderboards/{game.id}?mode=hardcore") == [1, (1, "bob", 10, 1)]


def lose_standing(scope: Any, alice: Player) -> None:
    Standing.objects.filter(player_id=alice.id, scope_id=scope, window="week").delete()


def give_points(scope: Any, alice: Player) -> None:
    Standing.objects.filter(player_id=alice.id, scope_id=scope).update(points=77)


def invent_standing(scope: Any, alice: Player) -> None:
    row = Standing.objects.get(player_id=alice.id, scope_id=scope, window="all")
    names = ("points", "unlock_count", "reached_at", "region", "opened_on", "window")
    Standing.objects.create(
        **{name: getattr(row, name) for name in names},
        player_id=alice.id,
        scope_id=scope_of(make_game().id, Mode.HARDCORE),
    )


def lose_entry(scope: Any, alice: Player) -> None:
    (key,) = redis.client().scan_iter(f"board:{scope.hex}:all:*:-")
    redis.client().zrem(key, alice.id.bytes)


def miscount_players(scope: Any, alice: Player) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO scope_player_count_change (scope_id, change) VALUES (%s, -1)", [scope])


@pytest.mark.parametrize("fault", [lose_standing, give_points, invent_standing, lose_entry, miscount_players])
def test_the_nightly_check_repairs_hardcore_boards(
    alice: Player, bob: Player, game: Game, relay: Relay, boards: None, settings: Any, fault: Callable[..., None]
) -> None:
    prize = make_achievement(game, points=10)
    for player in (alice, bob):
        earn(player, prize)
    relay()
    assert all_differences(settings) == []
    fault(scope_of(game.id, Mode.HARDCORE), alice)
    assert all_differences(settings) != []

    run("reconcile_boards")

    assert all_differences(settings) == []


def test_windows_of_hardcore_boards_close_and_trim_like_others(
    alice: Player, game: Game, relay: Relay, boards: None
) -> None:
    earn(alice, make_achievement(game, points=10), now() - timedelta(days=1))
    relay()

    run_due(find_job("close_windows"))
    run_due(find_job("keep_ranks"))

    scopes = {game.id, scope_of(game.id, Mode.HARDCORE)}
    assert scopes <= set(window_closing.scopes())
    placed = FinalPlace.objects.filter(player_id=alice.id, window=Window.DAY).values_list("scope_id", flat=True)
    assert scopes < set(placed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT scope_id FROM rank_history WHERE player_id = %s", [alice.id])
        assert scopes < {scope_id for (scope_id,) in cursor.fetchall()}


def test_a_rival_overtakes_in_the_mode_that_is_followed(
    alice: Player, bob: Player, game: Game, relay: Relay, boards: None, as_player: Any
) -> None:
    prize, other = make_achievement(game, points=10), make_achievement(game, points=20)
    earn(alice, prize)
    relay()
    me = as_player(alice)
    assert me.put(f"players/me/followed-boards/{game.id}/all?mode=hardcore").status_code == 200

    earn(bob, other, hardcore=False)
    relay()
    before = [item["kind"] for item in me.get("players/me/notifications").json()["results"]]
    earn(bob, other)
    relay()

    (notice,) = [
        item for item in me.get("players/me/notifications").json()["results"] if item["kind"] == "rank_overtaken"
    ]
    assert "rank_overtaken" not in before
    assert (notice["data"]["mode"], notice["body"]) == ("hardcore", f"They are number 1 in {game.name}, hardcore.")
    assert RankOvertakenKind.link(notice["data"]) == f"/leaderboards/{game.slug}/?mode=hardcore"


def test_a_step_killed_between_counts_once(
    alice: Player, game: Game, boards: None, settings: Any, monkeypatch: pytest.MonkeyPatch, relay: Relay
) -> None:
    prize = make_achievement(game, points=10)
    earn(alice, prize)
    write = subscribers.standing_changes.add_unlocks

    def killed(*arguments: Any, **names: Any) -> Any:
        write(*arguments, **names)
        if names.get("mode") == Mode.HARDCORE:
            raise InterruptedError
        return []

    for _ in range(2):
        with monkeypatch.context() as patch, suppress(InterruptedError):
            patch.setattr(subscribers.standing_changes, "add_unlocks", killed)
            run_step()
    assert OutboxEntry.objects.count() == 2
    relay()

    assert Standing.objects.get(scope_id=scope_of(game.id, Mode.HARDCORE), window="all").points == 10
    assert all_differences(settings) == []


def statements(act: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        act()
    return [query["sql"] for query in queries]


def test_a_casual_step_runs_no_statement_of_hardcore(
    alice: Player, bob: Player, game: Game, relay: Relay, boards: None
) -> None:
    plain = make_game()
    for place in (plain, game):
        make_achievement(place)
    earn(bob, make_achievement(plain, points=10), hardcore=False)
    relay()
    found = {}
    for place in (plain, game):
        earn(alice, make_achievement(place, points=10), hardcore=False)
        found[place.id] = statements(relay)

    for place in (plain, game):
        assert [sql for sql in found[place.id] if "hardcore_unlock" in sql or "hardcore_ever" in sql] == []
    assert len(found[game.id]) == len(found[plain.id]) > 0


class History:
    """Random acts of everything that moves hardcore standings."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.games = [make_game(has_modes=True), make_game(has_modes=True)]
        self.achievements = [
            make_achievement(game, points=points, setter="client") for game in self.games for points in (0, 5, 10, 20)
        ]
        self.players = [make_player(region=Region.values[number % 3]) for number in range(5)]
        common = [self.casual] * 3 + [self.hardcore] * 6 + [self.revoke] * 3 + [self.restore] * 2
        self.acts = [
            *common,
            self.merge,
            self.rule,
            self.rule,
            self.move,
            self.archive,
            self.switch,
            self.amend,
            self.edit,
        ]

    def act(self) -> None:
        self.random.choice(self.acts)()

    def casual(self, *, is_hardcore: bool = False) -> None:
        reports = [
            Report(
                item.game_id, self.random.choice(self.players).id, item.id, None,
                now() - timedelta(hours=self.random.randrange(200)),
                self.random.choice((Source.SERVER, Source.CLIENT)), is_hardcore=is_hardcore,
            )
            for item in self.random.choices(self.achievements, k=3)
        ]  # fmt: skip
        record_unlocks(reports=reports)

    def hardcore(self) -> None:
        self.casual(is_hardcore=True)

    def revoke(self) -> None:
        item, player = self.random.choice(self.achievements), self.random.choice([None, *self.players])
        with suppress(NothingToRevokeError, GameWithoutModesError):
            revoke_unlocks(
                game=item.game, player_id=player and player.id,
                achievement_id=item.id if player is None or self.random.random() < 0.5 else None,
                reason="", revoked_by="key:1", is_hardcore_only=self.random.random() < 0.5,
            )  # fmt: skip

    def restore(self) -> None:
        if found := list(Revocation.objects.order_by("id")):
            revocation = self.random.choice(found)
            with suppress(AlreadyRestoredError, GameWithoutModesError, UnlocksRevokedError):
                restore_revocation(revocation_id=revocation.id, game=revocation.game, restored_by="key:1")

    def merge(self) -> None:
        found, into = make_player(region="OC"), self.random.choice(self.players)
        for item in self.random.sample(self.achievements, 4):
            at = now() - timedelta(hours=self.random.randrange(200))
            is_hardcore = self.random.random() < 0.7
            record_unlocks(reports=[Report(item.game_id, found.id, item.id, None, at, is_hardcore=is_hardcore)])
        with transaction.atomic():
            Player.objects.filter(pk=found.pk).update(merged_into=into, merged_at=now())
            record([PlayersMerged(found.id, into.id)])

    def rule(self) -> None:
        rule = self.random.choice(
            (rulings.ban_player, rulings.unban_player, rulings.untrack_player, rulings.track_player)
        )
        with suppress(rulings.AlreadyRuledError):
            rule(player_id=self.random.choice(self.players).id, decided_by="operator")

    def move(self) -> None:
        edit_player(player_id=self.random.choice(self.players).id, region=self.random.choice(Region.values[:3]))

    def archive(self) -> None:
        archive.mark_inactive([self.random.choice(self.players).id], now())
        archive.move_settled(now() + 2 * archive.SETTLED_AFTER, players_max=10)

    def switch(self) -> None:
        game = self.random.choice(self.games)
        Game.objects.filter(pk=game.pk).update(has_modes=self.random.random() < 0.8)

    def amend(self) -> None:
        name = self.random.choice(("is_ranking_clients", "is_ranking_members"))
        amend_game(game=self.random.choice(self.games), changes={name: self.random.random() < 0.5})

    def edit(self) -> None:
        """Earned from now on for other points, so that two merged players have different ones."""
        item = self.random.choice(self.achievements)
        Achievement.objects.filter(pk=item.pk).update(points=self.random.choice((0, 5, 15)))


def test_one_games_boards_are_rebuilt_in_both_modes(
    alice: Player, game: Game, relay: Relay, boards: None, settings: Any
) -> None:
    earn(alice, make_achievement(game, points=10))
    relay()
    for scope in (game.id, scope_of(game.id, Mode.HARDCORE)):
        redis.client().delete(*redis.client().scan_iter(f"board:{scope.hex}:*"))
    assert len(all_differences(settings)) > 0

    call_command("rebuild_boards", game=game.slug, stdout=StringIO())

    assert all_differences(settings) == []


def test_a_hardcore_page_takes_the_queries_of_a_casual_one(
    alice: Player, game: Game, relay: Relay, boards: None
) -> None:
    earn(alice, make_achievement(game, points=10))
    relay()
    paths = [
        f"leaderboards/{game.id}{rest}" for rest in ("", f"/players/{alice.id}", "/closed", "/closed/day/2026-01-01")
    ]

    for path in paths:
        counts = [len(statements(partial(Api().get, f"{path}{mode}"))) for mode in ("", "?mode=hardcore")]
        assert counts[0] == counts[1], path


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_hardcore_boards_follow_from_the_ledger(
    relay: Relay, boards: None, settings: Any, seed: int
) -> None:
    random = Random(seed)
    history = History(random)
    relay()
    rebuild_boards()

    for _ in range(40):
        history.act()
        if random.random() < 0.5:
            relay()
            assert wrong(settings) == []
    relay()

    assert wrong(settings) == []
    assert Standing.objects.filter(scope_id=scope_of(history.games[0].id, Mode.HARDCORE)).exists()


def test_a_mode_has_the_points_that_merging_gives_its_unlock(
    alice: Player, bob: Player, game: Game, relay: Relay, boards: None, settings: Any
) -> None:
    prize = make_achievement(game, points=5)
    earn(bob, prize, now() - timedelta(days=5), hardcore=False)
    Achievement.objects.filter(pk=prize.pk).update(points=20)
    earn(alice, prize)
    relay()
    with transaction.atomic():
        Player.objects.filter(pk=bob.pk).update(merged_into=alice, merged_at=now())
        record([PlayersMerged(bob.id, alice.id)])

    relay()

    standing = Standing.objects.get(scope_id=scope_of(game.id, Mode.HARDCORE), window="all")
    assert (standing.player_id, standing.points, standing.unlock_count) == (alice.id, 5, 1)
    assert wrong(settings) == []


def test_keys_report_revoke_and_restore_on_hardcore_boards(
    game: Game, alice: Player, relay: Relay, boards: None, settings: Any
) -> None:
    studio = Api(make_key(game, scopes=[Scope.UNLOCKS_REVOKE, Scope.READ, Scope.UNLOCKS_WRITE]))
    prize = make_achievement(game, points=10, kind="incremental", target=3)
    step = {"player_id": str(alice.id), "achievement_id": prize.key, "verb": "set_at_least", "steps": 3}
    assert studio.post("achievements/progress", {**step, "hardcore": True}).json()["hardcore"] is True
    relay()
    path, place = f"leaderboards/{game.id}?mode=hardcore", f"manage/games/{game.id}/revocations"
    assert ranking(studio, path) == [1, (1, "alice", 10, 1)]

    revoked = studio.post(place, {"player_id": str(alice.id), "hardcore_only": True, "reason": "A cheat"}).json()
    relay()
    assert (ranking(studio, path), ranking(studio, f"leaderboards/{game.id}")) == ([0], [1, (1, "alice", 10, 1)])
    studio.post(f"{place}/{revoked['id']}/restore")
    relay()
    assert ranking(studio, path) == [1, (1, "alice", 10, 1)]
    assert all_differences(settings) == []
