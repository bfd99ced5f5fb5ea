"""What is delivered once is delivered once, whoever delivers it, and again when its time has come."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from apps.core.background.scheduled_jobs import find_job, run_due
from apps.notifications import delivery
from apps.notifications.kinds.base import Note
from apps.notifications.models import DedupeKey, Notification
from apps.players.models import Player

pytestmark = pytest.mark.django_db(transaction=True)

MOMENT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PATIENCE_SECONDS = 20.0


@pytest.fixture(autouse=True)
def noon(time_machine: Any) -> None:
    time_machine.move_to(MOMENT, tick=False)


def note(player: Player, key: str, kind: str = "rank_overtaken") -> Note:
    return Note(player.id, kind, MOMENT, {"key": key}, dedupe_key=key)


def deliver(*notes: Note) -> int:
    with transaction.atomic():
        return len(delivery.deliver(notes))


def test_the_same_is_delivered_once(alice: Player, bob: Player) -> None:
    assert deliver(note(alice, "rival"), note(alice, "rival"), note(bob, "rival")) == 2
    assert deliver(note(alice, "rival")) == 0
    assert deliver(note(alice, "another")) == 1
    assert Notification.objects.count() == 3


@pytest.mark.parametrize(("minutes", "count"), [(59, 0), (60, 1)])
def test_it_is_delivered_again_when_its_kind_allows_it(
    alice: Player, time_machine: Any, minutes: int, count: int
) -> None:
    deliver(note(alice, "rival"))

    time_machine.move_to(MOMENT + timedelta(minutes=minutes), tick=False)

    assert deliver(note(alice, "rival")) == count


def test_what_is_delivered_once_for_ever_is_never_delivered_again(alice: Player, time_machine: Any) -> None:
    deliver(note(alice, "all of it", "game_completed"))

    time_machine.move_to(MOMENT + timedelta(days=4000), tick=False)

    assert deliver(note(alice, "all of it", "game_completed")) == 0


def test_what_was_rolled_back_was_not_delivered(alice: Player) -> None:
    with transaction.atomic():
        delivery.deliver([note(alice, "rival")])
        transaction.set_rollback(True)

    assert deliver(note(alice, "rival")) == 1


def test_concurrent_deliveries_deliver_it_once(alice: Player, bob: Player) -> None:
    start = threading.Barrier(4)
    notes = [note(player, str(number)) for number in range(20) for player in (alice, bob)]

    def deliver_all(number: int) -> int:
        try:
            start.wait(PATIENCE_SECONDS)
            # In opposite orders, which would be a deadlock if rows were taken as they come.
            return deliver(*(reversed(notes) if number % 2 else notes))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        counts = [future.result(PATIENCE_SECONDS) for future in [threads.submit(deliver_all, n) for n in range(4)]]

    assert sum(counts) == Notification.objects.count() == 40


def test_keys_of_what_may_be_delivered_again_are_deleted_in_time(
    alice: Player, time_machine: Any, months: None
) -> None:
    deliver(note(alice, "rival"), note(alice, "medal", "season_medal"))

    time_machine.move_to(MOMENT + timedelta(days=1), tick=False)
    run_due(find_job("trim_notifications"))

    assert list(DedupeKey.objects.values_list("dedupe_key", flat=True)) == ["medal"]
