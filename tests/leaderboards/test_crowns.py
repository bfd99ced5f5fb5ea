"""A crown is recorded once, and rests on the unlocks that made it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from apps.core.api.auth.callers import Scope
from apps.core.background.outbox import record
from apps.games.actions import amend_achievement, archive_achievement, publish_achievement
from apps.games.models import Achievement, AchievementSet, Game
from apps.leaderboards.models import Crown
from apps.leaderboards.standings.crowns import SET_ASIDE_MAX, record_crowns
from apps.notifications.models import Notification
from apps.players.events import PlayersMerged
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_set

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
Relay = Callable[[], int]
At = Callable[[datetime], None]


@pytest.fixture
def at(time_machine: Any) -> At:
    return lambda moment: time_machine.move_to(moment, tick=False)


@pytest.fixture
def two(game: Game, at: At) -> list[Achievement]:
    at(NOON)
    return [make_achievement(game, published_at=NOON) for _ in range(2)]


@pytest.fixture
def earn(relay: Relay, boards: None) -> Callable[..., None]:
    def at_once(player: Player, *achievements: Achievement, unlocked_at: datetime | None = None) -> None:
        record_unlocks(reports=[Report(item.game_id, player.id, item.id, None, unlocked_at) for item in achievements])
        relay()

    return at_once


class Studio:
    """A game's key that revokes and restores, with all that follows."""

    def __init__(self, game: Game, relay: Relay) -> None:
        self.path, self.relay = f"manage/games/{game.id}/revocations", relay
        self.api = Api(make_key(game, scopes=[Scope.UNLOCKS_REVOKE]))

    def revoke(self, player: Player, achievement: Achievement) -> str:
        body = {"player_id": str(player.id), "achievement_id": str(achievement.id), "reason": "A mistake"}
        answer = self.api.post(self.path, body)
        assert answer.status_code == 201
        self.relay()
        return str(answer.json()["id"])

    def restore(self, revocation: str) -> None:
        assert self.api.post(f"{self.path}/{revocation}/restore").status_code == 200
        self.relay()


@pytest.fixture
def studio(game: Game, relay: Relay) -> Studio:
    return Studio(game, relay)


def crown_of(player: Player) -> datetime | None:
    """Return the time of the player's one crown as the API says it."""
    games = Api().get(f"players/{player.id}/dashboard").json()["games"]
    crowns = [game["crown"]["completed_at"] for game in games if game["crown"] is not None]
    return datetime.fromisoformat(crowns[0]) if crowns else None


def notices(player: Player) -> list[int]:
    found = Notification.objects.filter(player=player, kind="game_completed").order_by("seq")
    return [payload["achievement_count"] for payload in found.values_list("payload", flat=True)]


def test_the_last_unlock_of_the_base_set_crowns_with_its_time(
    alice: Player, game: Game, two: list[Achievement], earn: Any, at: At
) -> None:
    make_achievement(game, achievement_set=make_set(game))
    earn(alice, two[0])
    before = crown_of(alice)
    at(NOON + HOUR)

    earn(alice, two[1], unlocked_at=NOON + HOUR / 2)

    assert before is None
    assert crown_of(alice) == NOON + HOUR / 2
    assert notices(alice) == [2]


def test_other_sets_give_no_crown(alice: Player, game: Game, two: list[Achievement], earn: Any) -> None:
    earn(alice, two[0], make_achievement(game, achievement_set=make_set(game)))

    assert crown_of(alice) is None
    assert notices(alice) == []


def test_who_lacked_only_what_was_archived_is_crowned_with_that_time(
    alice: Player, two: list[Achievement], earn: Any, at: At, relay: Relay
) -> None:
    earn(alice, two[0])
    at(NOON + HOUR)

    archive_achievement(achievement=two[1])
    relay()

    assert crown_of(alice) == NOON + HOUR
    assert notices(alice) == [1]


def test_who_lacked_only_what_was_moved_to_another_set_is_crowned_with_that_time(
    alice: Player, game: Game, two: list[Achievement], earn: Any, at: At, relay: Relay
) -> None:
    dlc = make_set(game)
    earn(alice, two[0])
    at(NOON + HOUR)

    amend_achievement(achievement=two[1], changes={"set": dlc.key})
    publish_achievement(achievement=two[1])
    relay()

    assert crown_of(alice) == NOON + HOUR
    assert notices(alice) == [1]


def test_adding_moving_archiving_and_retiring_remove_no_crown(
    alice: Player, game: Game, two: list[Achievement], earn: Any, at: At, relay: Relay
) -> None:
    dlc = make_set(game)
    earn(alice, *two)
    at(NOON + HOUR)

    added = make_achievement(game, state="draft")
    publish_achievement(achievement=added)
    amend_achievement(achievement=two[0], changes={"set": dlc.key})
    publish_achievement(achievement=two[0])
    AchievementSet.objects.filter(pk=dlc.pk).update(kind="retired")
    archive_achievement(achievement=two[1])
    relay()
    earn(alice, added)

    assert crown_of(alice) == NOON
    assert notices(alice) == [2]


def test_revoking_what_it_rests_on_withdraws_it_and_restoring_brings_the_first_date_back(
    alice: Player, two: list[Achievement], earn: Any, at: At, studio: Studio
) -> None:
    earn(alice, *two)
    at(NOON + HOUR)

    revocation = studio.revoke(alice, two[0])
    without = crown_of(alice)
    at(NOON + 2 * HOUR)
    studio.restore(revocation)

    assert without is None
    assert crown_of(alice) == NOON
    assert notices(alice) == [2]


def test_restoring_brings_the_first_date_back_whatever_came_in_between(
    alice: Player, two: list[Achievement], earn: Any, at: At, studio: Studio, relay: Relay
) -> None:
    earn(alice, *two)
    revocation = studio.revoke(alice, two[0])
    at(NOON + HOUR)
    archive_achievement(achievement=two[0])
    relay()
    between = crown_of(alice)

    at(NOON + 2 * HOUR)
    studio.restore(revocation)
    restored = crown_of(alice)
    at(NOON + 3 * HOUR)
    studio.revoke(alice, two[0])

    assert (between, restored, crown_of(alice)) == (NOON + HOUR, NOON, NOON + HOUR)
    assert notices(alice) == [2]


def test_of_three_crowns_the_earliest_that_has_all_its_unlocks_stands(
    alice: Player, game: Game, two: list[Achievement], earn: Any, at: At, studio: Studio, relay: Relay
) -> None:
    items = [*two, make_achievement(game, published_at=NOON)]
    earn(alice, *items)
    revocations = {}
    for hours, item in enumerate(two, start=1):
        at(NOON + hours * HOUR)
        revocations[item] = studio.revoke(alice, item)
        archive_achievement(achievement=item)
        relay()
    found = [crown_of(alice)]

    for hours, item in enumerate([*reversed(two), *items, *reversed(items)], start=3):
        at(NOON + hours * HOUR)
        if item in revocations:
            studio.restore(revocations.pop(item))
        else:
            revocations[item] = studio.revoke(alice, item)
        found.append(crown_of(alice))

    first, second, third = (NOON + hours * HOUR for hours in range(3))
    assert found == [third, second, first, second, third, None, third, second, first]
    assert notices(alice) == [3]


def test_the_first_date_does_not_come_back_until_what_was_earned_again_is_revoked_too(
    alice: Player, two: list[Achievement], earn: Any, at: At, studio: Studio
) -> None:
    earn(alice, *two)
    first = studio.revoke(alice, two[0])
    at(NOON + HOUR)
    earn(alice, two[0])
    again = crown_of(alice)

    at(NOON + 2 * HOUR)
    studio.revoke(alice, two[0])
    without = crown_of(alice)
    at(NOON + 3 * HOUR)
    studio.restore(first)

    assert (again, without, crown_of(alice)) == (NOON + HOUR, None, NOON)


def test_no_more_than_a_few_crowns_are_set_aside_and_the_first_stays(
    alice: Player, game: Game, two: list[Achievement], earn: Any, at: At, studio: Studio
) -> None:
    earn(alice, *two)
    revocation = studio.revoke(alice, two[0])
    later = {"completed_at": (NOON + HOUR).isoformat(), "achievement_ids": [str(item.id) for item in two]}
    first = {**later, "completed_at": NOON.isoformat()}
    Crown.objects.update(completed_at=NOON + HOUR, set_aside=[first, *[later] * (SET_ASIDE_MAX - 1)])

    at(NOON + 2 * HOUR)
    earn(alice, two[0])
    again, set_aside = crown_of(alice), Crown.objects.get().set_aside
    at(NOON + 3 * HOUR)
    studio.revoke(alice, two[0])
    studio.restore(revocation)

    assert (again, set_aside) == (NOON + 2 * HOUR, [first, *[later] * (SET_ASIDE_MAX - 1)])
    assert crown_of(alice) == NOON


def test_revoking_what_it_does_not_rest_on_leaves_it(
    alice: Player, game: Game, two: list[Achievement], earn: Any, studio: Studio
) -> None:
    extra = make_achievement(game, achievement_set=make_set(game))
    earn(alice, *two, extra)

    studio.revoke(alice, extra)

    assert crown_of(alice) == NOON


def test_who_earns_it_again_after_a_revocation_gets_a_new_date_and_no_new_notice(
    alice: Player, two: list[Achievement], earn: Any, at: At, studio: Studio
) -> None:
    earn(alice, *two)
    studio.revoke(alice, two[0])
    at(NOON + HOUR)

    earn(alice, two[0])

    assert crown_of(alice) == NOON + HOUR
    assert notices(alice) == [2]


def test_an_unlock_earned_again_brings_back_no_crown_that_the_game_has_outgrown(
    alice: Player, game: Game, two: list[Achievement], earn: Any, at: At, studio: Studio, relay: Relay
) -> None:
    extra = make_achievement(game, achievement_set=make_set(game))
    earn(alice, *two, extra)
    studio.revoke(alice, two[0])
    make_achievement(game)
    at(NOON + HOUR)

    earn(alice, two[0])
    studio.restore(studio.revoke(alice, extra))

    assert crown_of(alice) is None


def test_carried_out_twice_it_is_recorded_and_notified_once(
    alice: Player, game: Game, two: list[Achievement], earn: Any
) -> None:
    earn(alice, *two)

    assert record_crowns([(alice.id, game.id)]) == []
    assert Crown.objects.count() == 1


@pytest.mark.parametrize("is_late", [False, True])
def test_of_two_merged_players_the_earlier_crown_stays(
    alice: Player, bob: Player, two: list[Achievement], earn: Any, at: At, relay: Relay, is_late: bool
) -> None:
    first, second = (bob, alice) if is_late else (alice, bob)
    earn(first, *two)
    at(NOON + HOUR)
    earn(second, *two)

    merge(alice, bob, relay)

    assert crown_of(bob) == NOON
    assert list(Crown.objects.values_list("player_id", "withdrawn_at")) == [(bob.id, None)]
    assert notices(bob) == [2]


def test_a_merged_players_crowns_that_were_set_aside_come_along(
    alice: Player, bob: Player, two: list[Achievement], earn: Any, at: At, studio: Studio, relay: Relay
) -> None:
    earn(alice, *two)
    revocation = studio.revoke(alice, two[0])
    at(NOON + HOUR)
    archive_achievement(achievement=two[0])
    at(NOON + 2 * HOUR)
    earn(bob, two[1])
    before = (crown_of(alice), crown_of(bob))

    at(NOON + 3 * HOUR)
    merge(alice, bob, relay)
    merged = crown_of(bob)
    at(NOON + 4 * HOUR)
    studio.restore(revocation)

    assert before == (NOON + HOUR, NOON + 2 * HOUR)
    assert (merged, crown_of(bob)) == (NOON + HOUR, NOON)
    # Bob's, too, dates from the archiving: alice had the rest by then.
    assert [item["completed_at"] for item in Crown.objects.get().set_aside] == [(NOON + HOUR).isoformat()] * 2


def test_who_completes_a_game_by_a_merge_is_crowned(
    alice: Player, bob: Player, two: list[Achievement], earn: Any, at: At, relay: Relay
) -> None:
    earn(alice, two[0])
    at(NOON + HOUR)
    earn(bob, two[1])

    merge(alice, bob, relay)

    assert crown_of(bob) == NOON + HOUR
    assert notices(bob) == [2]


@pytest.mark.parametrize("is_revoked", [False, True])
def test_a_crown_moves_to_the_earlier_times_that_a_merge_brings(
    alice: Player,
    bob: Player,
    two: list[Achievement],
    earn: Any,
    at: At,
    studio: Studio,
    relay: Relay,
    is_revoked: bool,
) -> None:
    earn(alice, two[0])
    revocation = studio.revoke(alice, two[0]) if is_revoked else None
    at(NOON + HOUR)
    earn(bob, two[1])
    at(NOON + 2 * HOUR)
    earn(bob, two[0])

    merge(alice, bob, relay)
    merged = crown_of(bob)
    if revocation:
        studio.restore(revocation)

    assert (merged, crown_of(bob)) == (NOON + (2 if is_revoked else 1) * HOUR, NOON + HOUR)
    assert notices(bob) == [2]


def test_a_merged_players_crown_moves_to_the_times_of_who_they_became(
    alice: Player, bob: Player, two: list[Achievement], earn: Any, at: At, relay: Relay
) -> None:
    earn(alice, two[0])
    at(NOON + HOUR)
    earn(bob, two[1])
    at(NOON + 2 * HOUR)
    earn(alice, two[1])

    merge(alice, bob, relay)

    assert crown_of(bob) == NOON + HOUR


def test_a_crown_that_is_set_aside_moves_as_well(
    alice: Player, bob: Player, two: list[Achievement], earn: Any, at: At, studio: Studio, relay: Relay
) -> None:
    at(NOON + HOUR)
    earn(bob, *two)
    revocation = studio.revoke(bob, two[1])
    at(NOON + 2 * HOUR)
    archive_achievement(achievement=two[1])
    relay()
    without = crown_of(bob)
    earn(alice, two[0], unlocked_at=NOON + HOUR / 2)

    merge(alice, bob, relay)
    merged = crown_of(bob)
    studio.restore(revocation)

    assert (without, merged, crown_of(bob)) == (NOON + 2 * HOUR, NOON + 2 * HOUR, NOON + HOUR)


@pytest.mark.parametrize("revoked", [0, 1])
def test_a_crown_that_was_withdrawn_when_the_earlier_times_came_has_them_once_it_stands(
    alice: Player, bob: Player, two: list[Achievement], earn: Any, at: At, studio: Studio, relay: Relay, revoked: int
) -> None:
    at(NOON + HOUR)
    earn(bob, two[0])
    at(NOON + 3 * HOUR)
    earn(bob, two[1])
    revocation = studio.revoke(bob, two[revoked])
    withdrawn = crown_of(bob)
    earn(alice, two[1], unlocked_at=NOON + 2 * HOUR)

    merge(alice, bob, relay)
    merged = crown_of(bob)
    studio.restore(revocation)

    assert (withdrawn, merged) == (None, NOON + 2 * HOUR if revoked else None)
    assert crown_of(bob) == NOON + 2 * HOUR
    assert notices(bob) == [2]


def test_a_crown_set_aside_without_its_unlocks_has_the_earlier_times_once_it_stands(
    alice: Player, bob: Player, two: list[Achievement], earn: Any, at: At, studio: Studio, relay: Relay
) -> None:
    at(NOON + HOUR)
    earn(bob, two[1])
    at(NOON + 2 * HOUR)
    earn(bob, two[0])
    revocations = [studio.revoke(bob, item) for item in two]
    earn(alice, two[0], unlocked_at=NOON)
    at(NOON + 3 * HOUR)
    archive_achievement(achievement=two[1])
    at(NOON + 4 * HOUR)
    earn(bob, two[0])
    without = crown_of(bob)

    merge(alice, bob, relay)
    merged = crown_of(bob)
    for revocation in revocations:
        studio.restore(revocation)

    assert (without, merged) == (NOON + 4 * HOUR, NOON + 3 * HOUR)
    assert crown_of(bob) == NOON + HOUR


def test_a_crown_that_an_archiving_made_does_not_move(
    alice: Player, bob: Player, two: list[Achievement], earn: Any, at: At, relay: Relay
) -> None:
    at(NOON + HOUR)
    earn(bob, two[0])
    earn(alice, two[0], unlocked_at=NOON)
    at(NOON + 2 * HOUR)
    archive_achievement(achievement=two[1])
    relay()
    before = crown_of(bob)

    at(NOON + 3 * HOUR)
    merge(alice, bob, relay)

    assert (before, crown_of(bob)) == (NOON + 2 * HOUR, NOON + 2 * HOUR)


@pytest.mark.parametrize(("has_earned", "since"), [(True, NOON), (False, NOON + HOUR)])
def test_a_crown_moves_no_further_than_what_else_was_in_the_way(
    alice: Player,
    bob: Player,
    two: list[Achievement],
    earn: Any,
    at: At,
    relay: Relay,
    has_earned: bool,
    since: datetime,
) -> None:
    earn(alice, two[0])
    if has_earned:
        earn(bob, two[1])
    at(NOON + HOUR)
    archive_achievement(achievement=two[1])
    relay()
    at(NOON + 2 * HOUR)
    earn(bob, two[0])
    before = crown_of(bob)

    merge(alice, bob, relay)

    assert (before, crown_of(bob)) == (NOON + 2 * HOUR, since)


def merge(old: Player, new: Player, relay: Relay) -> None:
    with transaction.atomic():
        Player.objects.filter(pk=old.pk).update(merged_into=new, merged_at=NOON)
        record([PlayersMerged(old.id, new.id)])
    relay()


def test_past_completions_are_crowned_by_what_the_ledger_says_and_nobody_is_notified(
    alice: Player, bob: Player, game: Game, two: list[Achievement], earn: Any, at: At, relay: Relay
) -> None:
    earn(alice, two[0])
    earn(bob, *two)
    at(NOON + HOUR)
    archive_achievement(achievement=two[1])
    relay()
    Crown.objects.all().delete()
    notified = Notification.objects.count()
    migration = import_module("apps.leaderboards.migrations.0008_past_crowns")

    for _ in range(2):
        migration.crown_past_completions(apps, None)
    relay()

    assert (crown_of(alice), crown_of(bob)) == (NOON + HOUR, NOON)
    assert Notification.objects.count() == notified


def rows_refused(change: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def test_the_database_keeps_a_games_sets_and_achievements_in_agreement(game: Game) -> None:
    dlc, achievement = make_set(game), make_achievement(game)
    foreign = make_set(make_game())
    row, sets = Achievement.objects.filter(pk=achievement.pk), AchievementSet.objects.filter(pk=dlc.pk)
    refused: Iterable[Callable[[], Any]] = (
        lambda: make_set(game, "base"),
        lambda: row.update(achievement_set=foreign, set_kind="dlc"),
        lambda: row.update(set_kind="dlc"),
        lambda: row.update(achievement_set=None),
        lambda: make_set(game, "event"),
        lambda: make_set(game, "event", opens_at=NOON, closes_at=NOON),
        lambda: sets.update(opens_at=NOON),
    )

    for change in refused:
        rows_refused(change)

    row.update(achievement_set=dlc, set_kind="dlc")
    sets.update(kind="bonus")
    assert row.get().set_kind == "bonus"
