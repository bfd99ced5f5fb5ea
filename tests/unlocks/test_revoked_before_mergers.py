"""What was revoked of players who are merged, and restored then: of two times the earlier stays."""

from collections.abc import Callable
from datetime import datetime
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection

from apps.core.redis import client as redis
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks import revocations
from apps.unlocks.models import HardcoreUnlock, Revocation, RevokedHardcoreUnlock, Unlock
from tests.conftest import Api
from tests.factories import make_player, turn_on_modes
from tests.recompute import board_differences, boards_of_ledger
from tests.unlocks.mergers import earn, merge, restore, revoke, wrong_events

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


@pytest.fixture
def old() -> Player:
    return make_player()


@pytest.fixture
def new() -> Player:
    return make_player()


def times_of(player: Player) -> tuple[list[datetime], list[datetime]]:
    """Return when a player's unlocks were earned, and their modes."""
    modes = HardcoreUnlock.objects.filter(player_id=player.id).values_list("hardcore_at", flat=True)
    return list(Unlock.objects.filter(player=player).values_list("unlocked_at", flat=True)), list(modes)


def counts(revocation: Revocation) -> tuple[str, int, int]:
    return str(revocation.state), revocation.restored_count, revocation.kept_count


@pytest.mark.parametrize("is_revoked_of_new", [False, True])
@pytest.mark.parametrize("is_hardcore_only", [False, True])
@pytest.mark.parametrize("is_later_revoked_first", [False, True])
def test_the_earlier_time_comes_back(
    achievement: Achievement, old: Player, new: Player,
    *, is_revoked_of_new: bool, is_hardcore_only: bool, is_later_revoked_first: bool,
) -> None:  # fmt: skip
    revoked, other = (new, old) if is_revoked_of_new else (old, new)
    early = earn(revoked, achievement, days=10)
    late = earn(other, achievement, days=1)
    later = revoke(other, achievement, is_hardcore_only=is_hardcore_only) if is_later_revoked_first else None
    revocation = revoke(revoked, achievement, is_hardcore_only=is_hardcore_only)
    merge(old, new)
    if later:
        restore(later)
    assert times_of(new)[1] == [late]

    restored = restore(revocation)

    assert counts(restored) == ("restored", 1, 0)
    assert times_of(new) == ([early], [early])
    assert times_of(old) == ([], [])
    assert wrong_events() == {}


@pytest.mark.parametrize("is_hardcore_only", [False, True])
@pytest.mark.parametrize("days", [(10, 1), (1, 10)])
def test_what_one_revocation_took_of_both_comes_back_once_with_the_earlier_time(
    achievement: Achievement, old: Player, new: Player, days: tuple[int, int], *, is_hardcore_only: bool
) -> None:
    early = min(earn(old, achievement, days=days[0]), earn(new, achievement, days=days[1]))
    revocation = revoke(None, achievement, is_hardcore_only=is_hardcore_only)
    merge(old, new)

    restored = restore(revocation)

    assert counts(restored) == ("restored", 1, 0)
    assert times_of(new) == ([early], [early])
    assert RevokedHardcoreUnlock.objects.count() == 0
    assert wrong_events() == {}


@pytest.mark.parametrize("is_hardcore_only", [False, True])
@pytest.mark.parametrize("is_merged_before", [False, True])
def test_what_was_earned_again_stays(
    achievement: Achievement, old: Player, new: Player, *, is_merged_before: bool, is_hardcore_only: bool
) -> None:
    early = earn(new, achievement, days=10)
    revocation = revoke(new, achievement, is_hardcore_only=is_hardcore_only)
    if is_merged_before:
        merge(old, new)
    again = earn(new, achievement, days=2)
    if not is_merged_before:
        earn(old, achievement, days=1)
        merge(old, new)

    restored = restore(revocation)

    assert counts(restored) == ("restored", 0, 1)
    assert times_of(new) == ([early if is_hardcore_only else again], [again])
    assert wrong_events() == {}


@pytest.mark.parametrize("is_hardcore", [False, True])
def test_a_mode_of_its_own_time_stays_with_the_unlock_that_comes_back(
    achievement: Achievement, old: Player, new: Player, *, is_hardcore: bool
) -> None:
    early = earn(new, achievement, days=10, is_hardcore=False)
    revocation = revoke(new, achievement)
    late = earn(old, achievement, days=1, is_hardcore=is_hardcore)
    merge(old, new)
    if not is_hardcore:
        late = earn(new, achievement, days=1)

    restore(revocation)

    assert times_of(new) == ([early], [late])
    assert wrong_events() == {}


@pytest.mark.parametrize("is_hardcore_only", [False, True])
def test_a_later_time_does_not_come_back(
    achievement: Achievement, old: Player, new: Player, *, is_hardcore_only: bool
) -> None:
    earn(new, achievement, days=1)
    revocation = revoke(new, achievement, is_hardcore_only=is_hardcore_only)
    early = earn(old, achievement, days=10)
    merge(old, new)

    restored = restore(revocation)

    assert counts(restored) == ("restored", 0, 1)
    assert times_of(new) == ([early], [early])
    assert wrong_events() == {}


@pytest.mark.parametrize("hardcore", [False, True])
def test_boards_and_repeats_follow(
    api: Api, achievement: Achievement, old: Player, new: Player, relay: Callable[[], int], boards: None,
    *, hardcore: bool,
) -> None:  # fmt: skip
    early = earn(new, achievement, days=10)
    late = earn(old, achievement, days=1)
    revocation = revoke(new, achievement, is_hardcore_only=hardcore)
    merge(old, new)
    relay()
    member = "hardcore_at" if hardcore else "unlocked_at"
    before = api.unlock(new, achievement, hardcore=hardcore).json()[member]

    restore(revocation)
    after = api.unlock(new, achievement, hardcore=hardcore).json()[member]
    relay()

    assert [datetime.fromisoformat(text) for text in (before, after)] == [late, early]
    assert board_differences(boards_of_ledger(connection.connection), settings.REDIS_URL) == []


def test_without_redis_nothing_is_replaced(achievement: Achievement, old: Player, new: Player) -> None:
    earn(new, achievement, days=10)
    late = earn(old, achievement, days=1)
    revocation = revoke(new, achievement)
    merge(old, new)

    down = patch.object(revocations.replay_cache, "run_with_breaker", side_effect=redis.RedisUnavailableError)
    with down, pytest.raises(revocations.RevocationUnavailableError):
        restore(revocation)

    assert times_of(new) == ([late], [late])
    assert Revocation.objects.get().state == "revoked"
