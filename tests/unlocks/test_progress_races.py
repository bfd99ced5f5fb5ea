"""Progress that is reported at the same moment, with two connections."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.models import OutboxEntry
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks import actions
from apps.unlocks.models import (
    Progress,
    Unlock,
)
from apps.unlocks.reports import ProgressReport, Report, Verb
from tests.conftest import Api
from tests.factories import make_achievement
from tests.unlocks.progress_calls import LIVE, TARGET, counts, send
from tests.unlocks.rivals import at_once, beside

pytestmark = pytest.mark.django_db(transaction=True)


def add(player: Player, achievement: Achievement, steps: int, request_id: str = "last") -> ProgressReport:
    return ProgressReport(
        achievement.game_id,
        player.id,
        achievement.id,
        None,
        None,
        verb=Verb.INCREMENT,
        steps=steps,
        request_id=request_id,
    )


def test_raced_increments_are_each_applied_once(api: Api, alice: Player, lamps: Achievement) -> None:
    def twice(number: int) -> Callable[[], Any]:
        return lambda: send(api, alice, lamps, "increment", steps=10, request_id=f"match-{number % 4}").json()["steps"]

    responses = at_once(*[twice(number) for number in range(8)])

    assert Progress.objects.get().steps == 40
    assert max(responses) == 40


def test_a_rival_waits_for_the_commit_and_then_learns_that_it_was_applied(
    api: Api, alice: Player, lamps: Achievement
) -> None:
    (mine,), rival = beside(
        lambda: actions.record_progress(reports=[add(alice, lamps, TARGET)]),
        lambda: send(api, alice, lamps, "increment", steps=TARGET, request_id="last").json(),
    )

    assert (mine.outcome, mine.steps) == ("unlocked", TARGET)
    assert (rival["unlocked"], rival["steps"]) == (False, TARGET)
    assert counts(LIVE) == [1, 1, 1, 1]


def test_who_reaches_the_target_while_another_unlocks_it_learns_the_first_time(
    api: Api, alice: Player, lamps: Achievement
) -> None:
    (mine,), rival = beside(
        lambda: actions.record_unlocks(reports=[Report(lamps.game_id, alice.id, lamps.id, None, None)]),
        lambda: send(api, alice, lamps, "set_at_least", steps=TARGET).json(),
    )

    assert (mine.outcome, rival["unlocked"], rival["steps"]) == ("unlocked", False, TARGET)
    assert rival["unlocked_at"] == mine.unlocked_at.isoformat().replace("+00:00", "Z")
    assert counts((Unlock, OutboxEntry)) == [1, 1]


def test_racing_for_the_target_unlocks_once(api: Api, alice: Player, lamps: Achievement) -> None:
    def work(number: int) -> Callable[[], Any]:
        return lambda: send(api, alice, lamps, "increment", steps=50, request_id=f"{number}").status_code

    responses = at_once(*[work(number) for number in range(6)])

    assert sorted(responses) == [200] * 5 + [201]
    assert counts((Unlock, OutboxEntry)) == [1, 1]


def test_batches_that_cross_each_other_both_end(api: Api, alice: Player, lamps: Achievement, game: Game) -> None:
    later = make_achievement(game, kind="incremental", target=TARGET)
    first, second = sorted((lamps, later), key=lambda item: item.id)

    # The rival's batch names the second first; taken in that order, each would wait for the other.
    _, rival = beside(
        lambda: actions.record_progress(reports=[add(alice, first, 10, "mine")]),
        lambda: actions.record_progress(reports=[add(alice, second, 10, "b"), add(alice, first, 10, "a")]),
        then=lambda: actions.record_progress(reports=[add(alice, second, 10, "mine")]),
    )

    assert [outcome.steps for outcome in rival] == [20, 20]
    assert list(Progress.objects.values_list("steps", flat=True)) == [20, 20]
