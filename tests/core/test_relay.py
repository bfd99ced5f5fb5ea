"""The relay: what follows from an event happens once, whatever dies and however many relays run."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connection, transaction

from achievements_site.env import BASE_DIR
from apps.core.background import outbox, relay
from apps.core.background.relay import BatchSizeController, Step, run_step, run_steps_until_empty
from apps.core.background.relay_process import RelayLoop
from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.core.redis import client as redis
from apps.games.models import Achievement, Game
from apps.leaderboards.models import Standing
from apps.notifications.models import Notification
from apps.players.events import PlayerFollowed
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.events import AchievementUnlocked, UnlockRestored, UnlockRevoked
from apps.unlocks.models import Unlock
from apps.unlocks.reports import Report
from tests.factories import make_achievement, make_player
from tests.live import url_of_test_database

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 20.0


def report(player: Player, achievement: Achievement) -> Report:
    return Report(achievement.game_id, player.id, achievement.id, None, None)


def unlock(player: Player, game: Game, count: int = 1) -> None:
    achievements = [make_achievement(game, points=10) for _ in range(count)]
    # One more, or the game would be completed, which is an event of its own.
    make_achievement(game)
    record_unlocks(reports=[report(player, item) for item in achievements])


@pytest.fixture
def last_subscriber() -> Iterator[Callable[[relay.Handler], None]]:
    """Put a handler behind all others for a while."""
    handlers = relay._subscribers[AchievementUnlocked]
    added: list[relay.Handler] = []

    def add(handler: relay.Handler) -> None:
        handlers.append(handler)
        added.append(handler)

    yield add
    for handler in added:
        handlers.remove(handler)


def run_together(*works: Callable[[], Any]) -> None:
    """Run each in a thread with a connection of its own; raise what one raises."""

    def run(work: Callable[[], Any]) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        for future in [threads.submit(run, work) for work in works]:
            future.result(PATIENCE_SECONDS)


def test_a_step_that_dies_midway_keeps_nothing_and_loses_nothing(
    alice: Player, game: Game, last_subscriber: Callable[[relay.Handler], None]
) -> None:
    unlock(alice, game, 3)
    calls: list[int] = []

    def die_once(events: Sequence[Any], step: Step) -> None:
        calls.append(len(events))
        if len(calls) == 1:
            raise RuntimeError("killed here")

    last_subscriber(die_once)

    with pytest.raises(RuntimeError):
        run_step()
    after_death = (Standing.objects.count(), Notification.objects.count(), OutboxEntry.objects.count())
    run_steps_until_empty()

    assert after_death == (0, 0, 3)
    assert list(Notification.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]
    assert Standing.objects.get(scope_id=game.id, window="all").points == 30
    assert OutboxEntry.objects.count() == 0


def test_relays_that_notify_the_same_players_of_different_events_do_not_wait_in_a_ring(
    alice: Player, bob: Player, game: Game, last_subscriber: Callable[[relay.Handler], None]
) -> None:
    # One notifies Alice of an unlock and Bob of a follower, the other the other way round.
    for player, followed in ((alice, bob), (bob, alice)):
        unlock(player, game)
        with transaction.atomic():
            outbox.record([PlayerFollowed(player.id, followed.id, now())])
    middle = threading.Barrier(2)
    last_subscriber(lambda events, step: middle.wait(PATIENCE_SECONDS) and None)

    run_together(lambda: run_step(limit=2), lambda: run_step(limit=2))

    assert OutboxEntry.objects.count() == 0
    stored = Notification.objects.order_by("player_id", "seq").values_list("player_id", "seq")
    assert list(stored) == [(player.id, seq) for player in (alice, bob) for seq in (1, 2)]


def test_events_come_out_of_the_outbox_as_they_were_recorded() -> None:
    samples = {
        UUID: uuid4(), datetime: now().replace(microsecond=907635), datetime | None: None, date: now().date(), int: 7,
        # As events of many have their columns, too.
        str: f"{{{uuid4()}}}", bool: True, tuple[UUID, ...]: (uuid4(), uuid4()),
    }  # fmt: skip
    samples_of = [[samples[field.type] for field in fields(cls)] for cls in outbox._types.values()]
    events = [cls(*values) for cls, values in zip(outbox._types.values(), samples_of, strict=True)]

    with transaction.atomic():
        outbox.record(events)

    rows = OutboxEntry.objects.order_by("id").values_list("kind", "payload")
    assert [outbox.decode(*row) for row in rows] == events


def test_what_is_restored_never_overtakes_what_was_revoked_before(
    alice: Player, game: Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried_out: list[tuple[type[outbox.Event], int]] = []

    def note(events: Sequence[Any], step: Step) -> None:
        carried_out.extend((type(item), item.points) for item in events)

    for cls in (AchievementUnlocked, UnlockRevoked, UnlockRestored):
        monkeypatch.setitem(relay._subscribers, cls, [note])
    of = (alice.id, game.id, game.id)
    recorded = [(UnlockRestored, 1), (UnlockRevoked, 2), (UnlockRestored, 3), (AchievementUnlocked, 4),
                (UnlockRevoked, 5), (UnlockRestored, 6)]  # fmt: skip
    with transaction.atomic():
        outbox.record(cls(*of, points, now()) for cls, points in recorded)

    run_steps_until_empty()

    assert carried_out == [recorded[3], *recorded[:3], *recorded[4:]]


def test_what_waits_beside_a_barrier_is_carried_out_before_it(
    alice: Player, game: Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(alice, game)
    earned = Unlock.objects.get()
    with transaction.atomic():
        outbox.record([UnlockRevoked(alice.id, earned.achievement_id, game.id, 10, earned.unlocked_at)])

    def fail(events: Sequence[Any], step: Step) -> None:
        raise RuntimeError("alone")

    monkeypatch.setitem(relay._subscribers, UnlockRevoked, [fail])

    with pytest.raises(RuntimeError, match="alone"):
        run_step()

    assert OutboxEntry.objects.values_list("kind", flat=True).get() == "unlock_revoked"
    assert Notification.objects.values_list("player_id", flat=True).get() == alice.id


def test_hints_go_out_only_after_the_commit(
    alice: Player, game: Game, last_subscriber: Callable[[relay.Handler], None]
) -> None:
    unlock(alice, game)
    seen: list[tuple[bool, int]] = []

    def hint(events: Sequence[Any], step: Step) -> None:
        step.after_commit.append(lambda: seen.append((connection.in_atomic_block, OutboxEntry.objects.count())))

    last_subscriber(hint)

    run_step()

    assert seen == [(False, 0)]


def test_hints_lost_with_redis_hold_up_nothing(
    alice: Player, game: Game, last_subscriber: Callable[[relay.Handler], None]
) -> None:
    unlock(alice, game)

    def hint(events: Sequence[Any], step: Step) -> None:
        def fail() -> None:
            raise redis.RedisUnavailableError("gone")

        step.after_commit.insert(0, fail)

    last_subscriber(hint)

    assert run_step() == 1

    assert Notification.objects.count() == 1


def test_two_relays_share_the_work_without_doubling_it(game: Game) -> None:
    players = [make_player() for _ in range(8)]
    achievements = [make_achievement(game, points=1) for _ in range(40)]
    make_achievement(game)
    record_unlocks(reports=[report(player, item) for item in achievements for player in players])
    taken: list[int] = []
    start = threading.Barrier(2)

    def drain() -> None:
        start.wait(PATIENCE_SECONDS)
        while claimed := run_step(limit=7):
            taken.append(claimed)

    run_together(drain, drain)

    assert sum(taken) == 320
    for player in players:
        seqs = list(Notification.objects.filter(player=player).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, 41))
        assert Standing.objects.get(player_id=player.id, scope_id=game.id, window="all").points == 40


def test_a_row_another_relay_holds_is_passed_over(alice: Player, bob: Player, game: Game) -> None:
    unlock(alice, game)
    unlock(bob, game)
    is_held, is_done = threading.Event(), threading.Event()

    def hold_first() -> None:
        with transaction.atomic():
            assert len(relay._claim_due(1, [])) == 1
            is_held.set()
            assert is_done.wait(PATIENCE_SECONDS)
            transaction.set_rollback(True)

    def take_the_rest() -> None:
        assert is_held.wait(PATIENCE_SECONDS)
        try:
            assert run_steps_until_empty() == 1
        finally:
            is_done.set()

    run_together(hold_first, take_the_rest)

    assert Notification.objects.values_list("player_id", flat=True).get() == bob.id
    assert run_steps_until_empty() == 1


def test_an_event_that_fails_alone_is_parked_and_holds_up_nobody(alice: Player, bob: Player, game: Game) -> None:
    unlock(alice, game, 2)
    poison = OutboxEntry.objects.create(kind="nobody_knows_this", payload={})
    unlock(bob, game, 2)
    pace = BatchSizeController()

    for _ in range(20):
        pace.run()

    parked = OutboxEntry.objects.get()
    assert parked.id == poison.id
    assert parked.parked_at is not None
    assert parked.error == "KeyError: 'nobody_knows_this'"
    assert Notification.objects.filter(player=alice).count() == 2
    assert Notification.objects.filter(player=bob).count() == 2
    assert pace.limit == relay.BATCH_SIZE


def test_parking_hits_the_event_that_failed_and_not_one_that_another_relay_has_in_hand(
    alice: Player, game: Game
) -> None:
    unlock(alice, game)
    poison = OutboxEntry.objects.create(kind="nobody_knows_this", payload={})
    is_held, is_done = threading.Event(), threading.Event()

    def hold_the_good_one() -> None:
        with transaction.atomic():
            assert len(relay._claim_due(1, [])) == 1
            is_held.set()
            assert is_done.wait(PATIENCE_SECONDS)
            transaction.set_rollback(True)

    def fail_with_the_poison() -> None:
        assert is_held.wait(PATIENCE_SECONDS)
        try:
            pace = BatchSizeController()
            pace.run()
            pace.run()
        finally:
            is_done.set()

    run_together(hold_the_good_one, fail_with_the_poison)

    assert OutboxEntry.objects.exclude(parked_at=None).get().id == poison.id
    assert run_steps_until_empty() == 1


def test_a_database_that_fails_parks_nothing_and_shrinks_the_next_step(
    alice: Player, game: Game, last_subscriber: Callable[[relay.Handler], None]
) -> None:
    unlock(alice, game)

    def time_out(events: Sequence[Any], step: Step) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    last_subscriber(time_out)
    pace = BatchSizeController()

    with pytest.raises(OperationalError):
        pace.run()

    assert pace.limit == relay.BATCH_SIZE // 4
    assert OutboxEntry.objects.get().parked_at is None


class Running:
    """A relay loop in a thread."""

    def __init__(self) -> None:
        self.loop = RelayLoop()
        self.thread = threading.Thread(target=self.loop.run)

    def __enter__(self) -> "Running":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.stop()
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()


def test_the_loop_carries_out_what_comes_until_it_is_stopped(
    alice: Player, game: Game, last_subscriber: Callable[[relay.Handler], None]
) -> None:
    seen: list[int] = []
    is_seen = threading.Event()

    def note(events: Sequence[Any], step: Step) -> None:
        seen.append(len(events))
        step.after_commit.append(is_seen.set)

    last_subscriber(note)

    with Running():
        unlock(alice, game)
        assert is_seen.wait(PATIENCE_SECONDS)
        is_seen.clear()
        unlock(alice, game, 2)
        assert is_seen.wait(PATIENCE_SECONDS)

    assert sum(seen) == 3
    assert Notification.objects.count() == 3


def test_the_loop_outlives_a_database_that_goes_down(
    alice: Player, game: Game, monkeypatch: Any, last_subscriber: Callable[[relay.Handler], None]
) -> None:
    is_seen = threading.Event()
    last_subscriber(lambda events, step: step.after_commit.append(is_seen.set))
    unlock(alice, game)
    failures: list[None] = []

    def lose_the_connection_twice(*wanted: Any) -> Any:
        if len(failures) < 2:
            failures.append(None)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return claim(*wanted)

    claim = relay._claim_due
    monkeypatch.setattr(relay, "_claim_due", lose_the_connection_twice)

    with Running():
        assert is_seen.wait(PATIENCE_SECONDS)

    assert len(failures) == 2
    assert Notification.objects.count() == 1


def test_periodic_tasks_run_again_and_again_even_after_they_failed(db: None, monkeypatch: Any) -> None:
    checks: list[None] = []
    is_checked_thrice = threading.Event()

    def look() -> None:
        checks.append(None)
        if len(checks) == 3:
            is_checked_thrice.set()
        raise RuntimeError("not today")

    monkeypatch.setattr(relay, "periodic_tasks", [relay.PeriodicTask("test", 0.001, look)])

    with Running():
        assert is_checked_thrice.wait(PATIENCE_SECONDS)


def test_the_boards_are_written_by_the_relay(alice: Player, game: Game, boards: None, monkeypatch: Any) -> None:
    unlock(alice, game)
    run_steps_until_empty()
    is_rebuilt = threading.Event()
    (keep_boards,) = [item for item in relay.periodic_tasks if item.name.endswith("keep_boards")]

    def look() -> None:
        keep_boards.run()
        is_rebuilt.set()

    monkeypatch.setattr(relay, "periodic_tasks", [relay.PeriodicTask("boards", 0.001, look)])
    redis.client().flushall()

    with Running():
        assert is_rebuilt.wait(PATIENCE_SECONDS)

    assert redis.client().keys("board:*") != []


def test_the_command_drains_the_outbox_and_exits_at_sigterm(alice: Player, game: Game) -> None:
    unlock(alice, game, 5)

    with subprocess.Popen(
        [sys.executable, "manage.py", "relay"],
        cwd=BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": url_of_test_database(),
            "DJANGO_SETTINGS_MODULE": "achievements_site.settings",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert any("relay.started" in line for line in iter(process.stdout.readline, ""))
            deadline = time.monotonic() + PATIENCE_SECONDS
            while OutboxEntry.objects.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            status = process.wait(PATIENCE_SECONDS)
            output = process.stdout.read()
        finally:
            process.kill()

    assert status == 0
    assert "relay.stopped" in output
    assert Unlock.objects.count() == Notification.objects.count() == 5


def test_events_are_refused_outside_a_transaction(db: None) -> None:
    with pytest.raises(RuntimeError):
        outbox.record([])
