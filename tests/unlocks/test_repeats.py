"""Repeats of recent unlocks are answered from Redis, by whichever name the game calls the achievement."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from apps.core.background.outbox import record
from apps.core.background.relay import run_step
from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.core.redis.client import RedisUnavailableError
from apps.games.auth import keys
from apps.games.models import Achievement, Game
from apps.players.events import PlayersMerged
from apps.players.models import Player
from apps.unlocks import replay_cache
from apps.unlocks.actions import record_or_recall
from apps.unlocks.models import Unlock
from apps.unlocks.replay_cache import BATCHES_WITHOUT_MAX
from apps.unlocks.reports import Report
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key
from tests.live import wait_until
from tests.unlocks.test_fast_path import send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lasting_callers")]
Way = Callable[[dict[str, str]], tuple[int, Any]]


@pytest.fixture(params=["ordinary", "fast"])
def report(request: Any, game: Game, settings: Any) -> Way:
    """Report an unlock on one of the two ways, and return status and body."""
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": 0}
    token = make_key(game)
    keys.cache.find(token)

    def ordinary(body: dict[str, str]) -> tuple[int, Any]:
        response = Api(token).post("achievements/unlock", body)
        return response.status_code, response.json()

    # What the fast path leaves alone goes the ordinary way.
    return ordinary if request.param == "ordinary" else lambda body: send(token, body) or ordinary(body)


def names(player: Player, achievement: Achievement) -> dict[str, dict[str, str]]:
    return {
        "id": {"player_id": str(player.id), "achievement_id": str(achievement.id)},
        "key": {"player_id": str(player.id), "achievement_id": achievement.key},
    }


def wait_until_cached(player: Player, achievement: Achievement) -> None:
    by_id = Report(achievement.game_id, player.id, achievement.id, None, None)
    wait_until(lambda: replay_cache.recall([by_id]) != [None], "the unlock to be remembered")


@pytest.mark.parametrize("first", ["id", "key"])
def test_five_repeats_by_key_query_postgresql_as_little_as_five_by_id(
    report: Way, alice: Player, achievement: Achievement, first: str
) -> None:
    bodies = names(alice, achievement)
    _, earned = report(bodies[first])
    wait_until_cached(alice, achievement)
    if first == "id":
        # A process learns what a key stands for from the first report that uses it.
        report(bodies["key"])
    # If PostgreSQL were queried, it would be earned anew.
    Unlock.objects.all().delete()

    responses = {name: [report(bodies[name]) for _ in range(5)] for name in ("id", "key")}

    again = (200, {**earned, "unlocked": False})
    assert responses == {"id": [again] * 5, "key": [again] * 5}
    assert Unlock.objects.count() == 0


def test_a_group_recalls_both_names_and_records_the_rest(alice: Player, game: Game) -> None:
    old, new = make_achievement(game), make_achievement(game)
    by_key = Report(game.id, alice.id, None, old.key, None)
    by_id = Report(game.id, alice.id, old.id, None, None)
    (first,) = record_or_recall([by_key])
    wait_until_cached(alice, old)
    Unlock.objects.all().delete()

    outcomes = record_or_recall([by_key, Report(game.id, alice.id, None, new.key, None), by_id])

    assert [(item.outcome, item.achievement_id) for item in outcomes] == [
        ("repeated", old.id),
        ("unlocked", new.id),
        ("repeated", old.id),
    ]
    assert [item.unlocked_at for item in outcomes[::2]] == [first.unlocked_at] * 2
    assert list(Unlock.objects.values_list("achievement_id", flat=True)) == [new.id]


def test_repeats_are_recalled_while_some_come_and_recorded_while_none_do(alice: Player, game: Game) -> None:
    reports = [Report(game.id, alice.id, make_achievement(game).id, None, None) for _ in range(BATCHES_WITHOUT_MAX)]
    for report in reports:
        record_or_recall([report])
    # Nobody looks in Redis, which has them all, so this one is earned anew; and then there is one that repeats.
    Unlock.objects.all().delete()

    outcomes = [record_or_recall([reports[0]])[0].outcome for _ in range(2)]
    Unlock.objects.all().delete()
    outcomes += [record_or_recall([reports[0]])[0].outcome]

    assert outcomes == ["unlocked", "repeated", "repeated"]
    assert Unlock.objects.count() == 0


def test_what_was_revoked_is_earned_anew_by_key_too(
    report: Way, game: Game, alice: Player, achievement: Achievement
) -> None:
    body = names(alice, achievement)["key"]
    report(body)
    wait_until_cached(alice, achievement)
    studio = Api(make_key(game, scopes=["unlocks:revoke"]))
    studio.post(f"manage/games/{game.id}/revocations", {"player_id": str(alice.id), "reason": "A bug"})

    status, response = report(body)

    assert (status, response["unlocked"]) == (201, True)
    assert Unlock.objects.count() == 1
    assert OutboxEntry.objects.filter(kind="achievement_unlocked").count() == 2


def test_what_a_merged_player_earned_is_answered_as_whom_they_became_and_revoked_with_it(
    report: Way, game: Game, alice: Player, bob: Player, achievement: Achievement, relay: Callable[[], int]
) -> None:
    body = names(bob, achievement)["key"]
    _, earned = report(body)
    wait_until_cached(bob, achievement)
    merge(bob, alice)
    relay()

    as_whom = report(body)
    studio = Api(make_key(game, scopes=["unlocks:revoke"]))
    studio.post(f"manage/games/{game.id}/revocations", {"player_id": str(alice.id), "reason": "A bug"})
    status, response = report(body)

    assert as_whom == (200, {**earned, "player_id": str(alice.id), "unlocked": False})
    assert (status, response["unlocked"], response["player_id"]) == (201, True, str(alice.id))
    assert list(Unlock.objects.values_list("player_id", flat=True)) == [alice.id]


def test_a_merger_waits_for_redis_as_old_responses_would_outlive_it(
    game: Game,
    alice: Player,
    bob: Player,
    achievement: Achievement,
    relay: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record_or_recall([Report(game.id, bob.id, achievement.id, None, None)])
    relay()
    merge(bob, alice)

    def refuse(*_: Any) -> None:
        raise RedisUnavailableError

    with monkeypatch.context() as patch:
        patch.setattr("apps.unlocks.replay_cache.run_with_breaker", refuse)
        run_step()
    assert list(Unlock.objects.values_list("player_id", flat=True)) == [bob.id]
    relay()

    assert list(Unlock.objects.values_list("player_id", flat=True)) == [alice.id]


def test_a_repeat_after_a_merger_has_the_earlier_of_two_times(
    report: Way, alice: Player, bob: Player, achievement: Achievement, relay: Callable[[], int]
) -> None:
    _, first = report(names(bob, achievement)["id"])
    report(names(alice, achievement)["id"])
    wait_until_cached(alice, achievement)
    relay()

    merge(bob, alice)
    relay()

    for player in (alice, bob):
        status, response = report(names(player, achievement)["id"])
        assert (status, response["unlocked_at"]) == (200, first["unlocked_at"])


@pytest.mark.parametrize(
    ("age", "code"), [(timedelta(days=15), "unlocked_at_too_old"), (-timedelta(hours=1), "unlocked_at_in_future")]
)
def test_the_clock_refuses_what_is_cached_as_what_is_not(
    report: Way, alice: Player, achievement: Achievement, age: timedelta, code: str
) -> None:
    body = names(alice, achievement)["id"]
    report(body)
    wait_until_cached(alice, achievement)

    status, response = report({**body, "unlocked_at": (now() - age).isoformat()})

    assert (status, response["code"]) == (400, code)
    assert report(body)[0] == 200


def merge(old: Player, into: Player) -> None:
    with transaction.atomic():
        Player.objects.filter(pk=old.pk).update(merged_into=into, merged_at=now())
        record([PlayersMerged(old.id, into.id)])


def test_the_same_key_in_another_game_is_another_achievement(alice: Player, achievement: Achievement) -> None:
    other = make_achievement(make_game(), key=achievement.key)
    record_or_recall([Report(achievement.game_id, alice.id, None, achievement.key, None)])
    wait_until_cached(alice, achievement)

    (outcome,) = record_or_recall([Report(other.game_id, alice.id, None, other.key, None)])

    assert (outcome.outcome, outcome.achievement_id) == ("unlocked", other.id)


def test_a_key_that_was_earned_by_stays_with_its_achievement(game: Game, alice: Player) -> None:
    earned, draft = make_achievement(game, key="ACH_EARNED"), make_achievement(game, key="ACH_OTHER", state="draft")
    studio = Api(make_key(game, scopes=["definitions:write"]))
    path = f"manage/games/{game.id}/achievements"
    record_or_recall([Report(game.id, alice.id, None, earned.key, None)])
    for state in ("published", "archived"):
        assert studio.patch(f"{path}/{earned.id}", {"key": "ACH_RENAMED"}).json()["errors"][0]["code"] == "fixed"
        assert studio.delete(f"{path}/{earned.id}").json()["code"] == "wrong_state"
        assert studio.patch(f"{path}/{draft.id}", {"key": "ACH_EARNED"}).json()["code"] == "key_taken"
        if state == "published":
            studio.post(f"{path}/{earned.id}/archive")

    (outcome,) = record_or_recall([Report(game.id, alice.id, None, "ACH_EARNED", None)])

    assert (outcome.outcome, outcome.achievement_id) == ("repeated", earned.id)


def test_what_a_key_stands_for_is_dropped_with_the_cached_unlocks(
    alice: Player, achievement: Achievement, monkeypatch: Any
) -> None:
    by_key = Report(achievement.game_id, alice.id, None, achievement.key, None)
    record_or_recall([by_key])
    wait_until_cached(alice, achievement)
    was_recalled = replay_cache.recall([by_key]) != [None]
    moment = replay_cache.time.monotonic()

    monkeypatch.setattr(replay_cache.time, "monotonic", lambda: moment + replay_cache.CACHE_SECONDS + 1)

    assert was_recalled
    assert replay_cache.recall([by_key]) == [None]
