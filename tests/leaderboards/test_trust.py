"""What counts where: a game's trust, who vouched for an unlock, members of its studio; and how boards follow."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from apps.core.background.relay import run_step, run_steps_until_empty
from apps.core.background.scheduled_jobs import DAY, JobContext, SlotNotReadyError
from apps.core.clock import now
from apps.core.ids import new_id
from apps.core.models import OutboxEntry
from apps.core.redis.client import client
from apps.games.actions import amend_game, delist_game, list_game, publish_game, trust_clients, unpublish_game
from apps.games.actions.trust import AlreadyDecidedError
from apps.games.definitions import studio_players
from apps.games.models import Game, Membership, Trust, TrustDecision, TrustMove
from apps.leaderboards import subscribers
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.models import FinalPlace, Standing, Window
from apps.leaderboards.queries import page_of_board
from apps.leaderboards.results import window_closing
from apps.leaderboards.scheduled import close_windows
from apps.leaderboards.sorted_sets import board_sets, state
from apps.leaderboards.standings import recounting
from apps.players.actions.rulings import track_player, untrack_player
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.models import Source
from apps.unlocks.reports import Report
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_player
from tests.own_database import all_differences

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]


def earn(player: Player, game: Game, points: int, source: Source = Source.SERVER) -> None:
    achievement = make_achievement(game, points=points, setter="client")
    record_unlocks(reports=[Report(game.id, player.id, achievement.id, None, None, source)])


def points_on(scope: Any) -> dict[str, int]:
    page = page_of_board(Board(scope), offset=0, limit=100)
    return {row.player.handle: row.points for row in page.rows if row.player}


def home() -> str:
    return Client().get("/").content.decode()


def test_what_only_a_client_vouched_for_moves_no_platform_board_total_or_home_page(
    game: Game, alice: Player, bob: Player, relay: Relay, boards: None, settings: Any, token_api: Callable[..., Api]
) -> None:
    earn(alice, game, 10)
    earn(bob, game, 1)
    forged = make_achievement(game, points=1000, setter="client", name="Forged in a client")
    relay()
    before = (points_on(PLATFORM_ID), home())

    response = token_api(bob, game).post("achievements/unlock", {"achievement_id": forged.key})
    relay()

    assert response.status_code == 201
    assert (points_on(PLATFORM_ID), home()) == before
    assert points_on(game.id) == {"bob": 1001, "alice": 10}
    assert all_differences(settings) == []


def test_a_self_made_game_moves_no_platform_board_until_it_is_listed(
    game: Game, alice: Player, bob: Player, relay: Relay, boards: None, settings: Any
) -> None:
    own = make_game(trust=Trust.DEVELOPING, name="Points for nothing")
    earn(alice, game, 10)
    relay()
    before = (points_on(PLATFORM_ID), home())
    earn(bob, own, 1000)
    relay()

    assert (points_on(PLATFORM_ID), home()) == before
    list_game(game_id=own.id, decided_by="account:1", reason="Played it")
    relay()

    assert points_on(PLATFORM_ID) == {"bob": 1000, "alice": 10}
    assert "Points for nothing" in home()
    decision = TrustDecision.objects.get()
    assert (decision.trust, decision.decided_by, decision.reason) == ("listed", "account:1", "Played it")
    assert all_differences(settings) == []


Change = Callable[[Game], Any]
CHANGES: dict[str, tuple[Change, Change]] = {
    "delisted": (
        lambda game: delist_game(game_id=game.id, decided_by="rule"),
        lambda game: list_game(game_id=game.id, decided_by="rule"),
    ),
    "clients trusted": (
        lambda game: trust_clients(game_id=game.id, is_trusted=True, decided_by="rule"),
        lambda game: trust_clients(game_id=game.id, is_trusted=False, decided_by="rule"),
    ),
    "clients not ranked": (
        lambda game: amend_game(game=game, changes={"is_ranking_clients": False}),
        lambda game: amend_game(game=game, changes={"is_ranking_clients": True}),
    ),
    "members ranked": (
        lambda game: amend_game(game=game, changes={"is_ranking_members": True}),
        lambda game: amend_game(game=game, changes={"is_ranking_members": False}),
    ),
    "unpublished": (lambda game: unpublish_game(game=game), lambda game: publish_game(game=game)),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("few", [0, 100], ids=["many players", "few players"])
def test_boards_follow_a_change_and_its_reverse_through_kills(
    name: str, few: int, relay: Relay, boards: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounting, "PLAYERS_AT_ONCE", 2)
    monkeypatch.setattr(recounting, "FEW_PLAYERS", few)
    monkeypatch.setattr(recounting, "LOOKED_AT_ONCE", 3)
    game = played_game()
    relay()
    change, reverse = CHANGES[name]
    before = standings()

    change(game)
    seen = follow_with_kills(monkeypatch)
    after = standings()
    differing = all_differences(settings)
    reverse(game)
    follow_with_kills(monkeypatch)

    assert before != after
    # Each player's row is all before or all after, whenever it is looked at.
    assert all(row in {before.get(key), after.get(key)} for rows in seen for key, row in rows.items())
    assert differing == []
    assert standings() == before
    assert all_differences(settings) == []


def test_a_step_takes_as_many_players_as_the_last_would_have_done_in_its_time() -> None:
    size = recounting.ChunkSize()

    sizes = [size.players]
    for seconds in (recounting.STEP_SECONDS / 2, 0.001, recounting.STEP_SECONDS * 4, 60.0):
        size.adapt(seconds)
        sizes.append(size.players)

    # Twice as many at most, and never too few to get on.
    assert sizes == [100, 200, 400, 100, 20]


def test_changes_made_while_boards_follow_come_after_each_other(
    relay: Relay, boards: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounting, "PLAYERS_AT_ONCE", 2)
    game = played_game()
    relay()

    for name in ("delisted", "clients not ranked", "clients trusted"):
        CHANGES[name][0](game)
        run_step()
    CHANGES["delisted"][1](game)
    earn(make_player(), game, 50)
    relay()

    assert TrustMove.objects.count() == 0
    assert all_differences(settings) == []


def test_what_boards_have_to_follow_is_recorded_again_once_its_event_is_lost(
    relay: Relay, boards: None, settings: Any
) -> None:
    game = played_game()
    relay()
    delist_game(game_id=game.id, decided_by="rule")
    Membership.objects.create(studio=game.studio, account=make_player(account=make_account()).account, role="viewer")
    waiting = {"trust_changed", "studio_players_changed"}

    OutboxEntry.objects.filter(kind="trust_changed").delete()
    for _ in range(2):
        subscribers.note_what_to_follow()
    once = OutboxEntry.objects.filter(kind__in=waiting).order_by("kind").values_list("kind", flat=True)
    assert list(once) == sorted(waiting)
    OutboxEntry.objects.update(parked_at=now())
    subscribers.note_what_to_follow()
    # Those that failed wait for a person, and make no others fail.
    assert list(once.all()) == sorted(waiting)
    OutboxEntry.objects.update(parked_at=None)
    relay()

    subscribers.note_what_to_follow()
    assert (TrustMove.objects.count(), OutboxEntry.objects.count()) == (0, 0)
    assert all_differences(settings) == []


def test_closed_windows_stay_as_they_were_and_none_closes_while_boards_follow(
    game: Game, alice: Player, relay: Relay, boards: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    earn(alice, game, 10)
    relay()
    closing = window_closing.Closing(PLATFORM_ID, Window.DAY, now().date())
    with transaction.atomic():
        window_closing.close(closing, now())
    before = list(FinalPlace.objects.values_list())

    delist_game(game_id=game.id, decided_by="rule")
    with pytest.raises(SlotNotReadyError, match="following a change"):
        next(close_windows.work(JobContext(now() - 3 * DAY, now() - 2 * DAY, now(), {})))
    relay()

    assert list(FinalPlace.objects.values_list()) == before
    assert len(before) == 1
    assert points_on(PLATFORM_ID) == {}


def test_a_step_writes_to_boards_nothing_but_what_they_hold_after_it(
    relay: Relay, boards: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    game, player, wrong = played_game(), make_player(), []
    earn(player, game, 20)
    relay()
    rulings = [partial(rule, player_id=player.id, decided_by="rule") for rule in (untrack_player, track_player)]
    written = written_to_boards(monkeypatch)

    for decide in [*rulings, *(partial(act, game) for acts in CHANGES.values() for act in acts)]:
        written.clear()
        decide()
        relay()
        assert written
        wrong += [item for item in written if client().zscore(*item[:2]) != item[2]]

    assert wrong == []


def test_a_change_that_takes_nobody_off_a_board_restarts_no_rebuild(relay: Relay, boards: None) -> None:
    game = played_game()
    relay()
    state.claim_rebuild(new_id())

    CHANGES["members ranked"][0](game)
    relay()

    assert not state.read_state().is_stale


def test_a_decision_that_changes_nothing_is_refused(game: Game) -> None:
    with pytest.raises(AlreadyDecidedError):
        list_game(game_id=game.id, decided_by="rule")

    assert (TrustDecision.objects.count(), TrustMove.objects.count()) == (0, 0)


def played_game() -> Game:
    """A game with five players, one a member of its studio, who earned by servers and by clients, and elsewhere."""
    game, other = make_game(), make_game()
    players = [make_player(account=make_account()) for _ in range(5)]
    Membership.objects.create(studio=game.studio, account=players[0].account, role="viewer")
    studio_players.note_differences()
    run_steps_until_empty()
    for number, player in enumerate(players):
        earn(player, game, 10 * number, Source.SERVER if number % 2 else Source.CLIENT)
        earn(player, game, 5, Source.CLIENT)
        earn(player, game, 3)
        earn(player, other, 7 if number % 2 else 0)
    return game


def written_to_boards(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes, float | None]]:
    """Return what is written from now on: key, member and score, None where it is removed."""
    written: list[tuple[str, bytes, float | None]] = []
    write, remove = board_sets.write_scores, board_sets.remove_members

    def noted_write(pipeline: Any, scores: board_sets.Scores, **options: Any) -> None:
        written.extend((board_sets.key_of(board), *item) for board, items in scores.items() for item in items.items())
        write(pipeline, scores, **options)

    def noted_removal(pipeline: Any, scores: board_sets.Scores) -> None:
        written.extend((board_sets.key_of(board), member, None) for board, items in scores.items() for member in items)
        remove(pipeline, scores)

    monkeypatch.setattr(board_sets, "write_scores", noted_write)
    monkeypatch.setattr(board_sets, "remove_members", noted_removal)
    return written


def standings() -> dict[Any, Any]:
    """The totals of each player on the platform and in the game, by their key."""
    rows = Standing.objects.values_list("player_id", "scope_id", "window", "points", "unlock_count", "reached_at")
    return {row[:3]: row[3:] for row in rows}


def follow_with_kills(monkeypatch: pytest.MonkeyPatch) -> list[dict[Any, Any]]:
    """Run steps one by one, each only after one like it was killed at its end; return what was seen between."""

    def killed(*arguments: object) -> None:
        raise InterruptedError

    seen, show = [standings()], subscribers._show
    while OutboxEntry.objects.exists():
        monkeypatch.setattr(subscribers, "_show", killed)
        with suppress(InterruptedError):
            run_step()
        seen.append(standings())
        monkeypatch.setattr(subscribers, "_show", show)
        run_step()
        seen.append(standings())
    return seen
