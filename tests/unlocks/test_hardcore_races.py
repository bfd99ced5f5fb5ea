"""Hardcore reports and revocations at the same moment, with two connections."""

from datetime import datetime, timedelta

import pytest

from apps.core.clock import now
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks.actions import record_progress, record_unlocks
from apps.unlocks.models import HardcoreUnlock, Revocation, RevokedHardcoreUnlock, Unlock
from apps.unlocks.reports import ProgressOutcome, ProgressReport, Report, ReportOutcome, Verb
from apps.unlocks.revocations import restore_revocation, revoke_unlocks
from tests.factories import make_player, turn_on_modes
from tests.unlocks.rivals import beside

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


def earn(
    player: Player, achievement: Achievement, *, is_hardcore: bool = True, at: datetime | None = None
) -> ReportOutcome:
    report = Report(achievement.game_id, player.id, achievement.id, None, at, is_hardcore=is_hardcore)
    return record_unlocks(reports=[report])[0]


def progress(player: Player, achievement: Achievement) -> ProgressOutcome:
    lit = ProgressReport(
        achievement.game_id, player.id, achievement.id, None, None, verb=Verb.SET_AT_LEAST, steps=1, is_hardcore=True
    )
    return record_progress(reports=[lit])[0]


def revoke(achievement: Achievement, *, is_hardcore_only: bool = False) -> Revocation:
    return revoke_unlocks(
        game=achievement.game,
        player_id=None,
        achievement_id=achievement.id,
        is_hardcore_only=is_hardcore_only,
        reason="A cheat",
        revoked_by="studio",
    )


def test_a_repeat_in_hardcore_during_a_revocation_leaves_no_mode_behind(alice: Player, lamps: Achievement) -> None:
    earn(alice, lamps)

    # A repeat of progress reads the unlock without waiting for its revocation.
    _, repeat = beside(lambda: revoke(lamps), lambda: progress(alice, lamps))

    assert (repeat.outcome, repeat.hardcore_at) == ("repeated", None)
    assert (Unlock.objects.count(), HardcoreUnlock.objects.count()) == (0, 0)
    assert RevokedHardcoreUnlock.objects.count() == 1


def test_a_revocation_waits_for_a_report_in_hardcore_and_takes_its_mode(
    alice: Player, achievement: Achievement
) -> None:
    earn(alice, achievement, is_hardcore=False)

    first, _ = beside(lambda: earn(alice, achievement), lambda: revoke(achievement))

    assert (first.outcome, first.is_first_hardcore) == ("repeated", True)
    assert (Unlock.objects.count(), HardcoreUnlock.objects.count()) == (0, 0)
    assert RevokedHardcoreUnlock.objects.count() == 1


def test_a_revocation_waits_for_one_that_is_restored_and_takes_the_mode_that_came_back(
    alice: Player, achievement: Achievement
) -> None:
    earn(alice, achievement)
    alone = revoke(achievement, is_hardcore_only=True)

    beside(
        lambda: restore_revocation(revocation_id=alone.id, game=achievement.game, restored_by="studio"),
        lambda: revoke(achievement),
    )

    assert (Unlock.objects.count(), HardcoreUnlock.objects.count()) == (0, 0)
    assert RevokedHardcoreUnlock.objects.count() == 1


def test_a_batch_in_hardcore_and_a_revocation_that_cross_each_other_both_end(
    achievement: Achievement,
) -> None:
    first, second = sorted((make_player(), make_player()), key=lambda player: player.id)
    # Taken from the latest unlock on, the revocation would hold the second and wait for the first.
    earn(first, achievement, is_hardcore=False, at=now() - timedelta(days=1))
    earn(second, achievement, is_hardcore=False)

    beside(
        lambda: earn(first, achievement),
        lambda: revoke(achievement),
        then=lambda: earn(second, achievement),
    )

    assert (Unlock.objects.count(), HardcoreUnlock.objects.count()) == (0, 0)
    assert RevokedHardcoreUnlock.objects.count() == 2
