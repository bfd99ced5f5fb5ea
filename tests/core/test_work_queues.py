"""Work queues: workers get one message, nobody waits for a broker, and late work is done without one."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from kombu.exceptions import OperationalError

from apps.core.background import dispatcher, work_queues
from apps.core.background.tasks import drain_work_queue as task
from apps.core.background.work_queues import WorkQueue, drain
from apps.core.redis import client as redis
from tests.live import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class Pile:
    """Work to be done, a piece a chunk."""

    def __init__(self, pieces: int) -> None:
        self.left, self.done = pieces, 0
        self.since: datetime | None = MOMENT

    def work(self) -> int:
        if not self.left:
            return 0
        self.left -= 1
        self.done += 1
        return 1


@pytest.fixture
def pile(monkeypatch: Any) -> Iterator[Pile]:
    pile = Pile(3)
    made = WorkQueue("pile", "notifications", pile.work, lambda: pile.since)
    monkeypatch.setattr(work_queues, "_work_queues", {"pile": made})
    dispatcher.breaker.reset()
    yield pile
    dispatcher.breaker.reset()


def messages() -> int:
    return int(redis.client_of(settings.CELERY_BROKER_URL, 1.0).llen("notifications"))  # type: ignore[arg-type]


def test_chunks_are_done_until_nothing_is_left(pile: Pile) -> None:
    assert drain(work_queues.find_work_queue("pile")) is True
    assert (pile.left, pile.done) == (0, 3)


def test_out_of_time_says_that_something_may_be_left(pile: Pile) -> None:
    assert drain(work_queues.find_work_queue("pile"), seconds=0) is False
    assert pile.done == 0


def test_many_dispatches_send_one_message_until_a_worker_begins(pile: Pile) -> None:
    for _ in range(20):
        dispatcher.enqueue("pile")
    assert messages() == 1

    task(name="pile")
    dispatcher.enqueue("pile")

    assert pile.left == 0
    assert messages() == 2


def test_dispatching_does_not_wait_for_a_broker_that_is_down(pile: Pile, monkeypatch: Any) -> None:
    tried: list[str] = []

    def refuse(**options: Any) -> None:
        tried.append(options["kwargs"]["name"])
        raise OperationalError("down")

    monkeypatch.setattr(dispatcher.drain_work_queue, "apply_async", refuse)

    dispatcher.dispatch("pile")

    wait_until(lambda: tried == ["pile"], "the message was tried")
    assert messages() == 0


@pytest.mark.parametrize(("age_seconds", "done"), [(1, 0), (3, 1)])
def test_the_relay_does_late_work_itself(pile: Pile, time_machine: Any, age_seconds: int, done: int) -> None:
    time_machine.move_to(MOMENT + timedelta(seconds=age_seconds), tick=False)

    dispatcher.run_due_work()
    dispatcher.fallback_workers.wait()

    assert pile.done == done
    wait_until(lambda: messages() == 1, "a worker got a message as well")


def test_slow_late_work_holds_up_no_other(pile: Pile, time_machine: Any, monkeypatch: Any) -> None:
    is_over = threading.Event()
    began: list[str] = []

    def hang() -> int:
        began.append("slow")
        is_over.wait(20)
        return 1

    slow = WorkQueue("a_slow_one", "notifications", hang, lambda: MOMENT)
    monkeypatch.setitem(work_queues._work_queues, "a_slow_one", slow)
    time_machine.move_to(MOMENT + timedelta(seconds=10), tick=False)

    dispatcher.run_due_work()
    dispatcher.run_due_work()
    try:
        wait_until(lambda: pile.done >= 1, "the other one was done")
        wait_until(lambda: messages() == 2, "workers got a message for each")
    finally:
        is_over.set()
        dispatcher.fallback_workers.wait()

    assert began == ["slow"]


def test_nothing_due_sends_no_message(pile: Pile) -> None:
    pile.since = None

    dispatcher.run_due_work()

    assert pile.done == 0
    assert not dispatcher._dispatcher._names
