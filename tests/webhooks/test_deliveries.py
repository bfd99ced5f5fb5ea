"""Several workers on one work queue: nothing twice, nothing lost, and no receiver called by too many at once."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from achievements_site.env import BASE_DIR
from apps.core.background import dispatcher
from apps.core.clock import now
from apps.games.models import Game
from apps.webhooks import deliveries, http_client, sending
from apps.webhooks.actions import create_endpoint
from apps.webhooks.deliveries import AT_ONCE_PER_ENDPOINT, DELIVERIES, LEASE, claim_due
from apps.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from apps.webhooks.sending import send_webhooks
from tests.factories import make_game
from tests.live import wait_until
from tests.webhooks.conftest import MOMENT, PATIENCE_SECONDS, Receiver, deliver, serve

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient")]
Earn = Callable[..., Any]
IDLE_TRANSACTIONS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'
"""


@pytest.fixture
def patient(monkeypatch: Any) -> None:
    """Receivers here hang until the test lets them go, on a machine that may be busy."""
    monkeypatch.setitem(http_client.send.__kwdefaults__, "limit_seconds", PATIENCE_SECONDS)


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread with a connection of its own."""

    def run(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result(PATIENCE_SECONDS) for future in [threads.submit(run, work) for work in works]]


class Gate:
    """Answers 200 when it is opened, and knows how many wait at most at once."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.here = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, handler: Any) -> None:
        with self.lock:
            self.here += 1
            self.most = max(self.most, self.here)
        self.opened.wait(PATIENCE_SECONDS)
        with self.lock:
            self.here -= 1
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


def test_two_workers_never_send_the_same_delivery(endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn) -> None:
    earn(40)

    together(*[deliver] * 4)
    deliver()

    assert len(receiver.ids) == len(set(receiver.ids)) == 40
    assert WebhookDelivery.objects.filter(state="delivered", attempt_count=1).count() == 40


def test_an_endpoint_is_sent_a_few_at_once_by_all_workers_together(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn
) -> None:
    gate = Gate()
    receiver.responses = [gate]
    earn(30)

    def open_later() -> None:
        wait_until(lambda: gate.here == AT_ONCE_PER_ENDPOINT, "as many as may wait")
        gate.opened.set()

    together(open_later, *[deliver] * 4)
    deliver()

    assert gate.most == AT_ONCE_PER_ENDPOINT == 4
    assert len(set(receiver.ids)) == 30


def test_claims_made_in_the_same_moment_keep_to_the_bound(endpoint: WebhookEndpoint, earn: Earn) -> None:
    earn(12)

    with transaction.atomic():
        first = claim_due()
        (beside,) = together(claim_due)
    after = claim_due()

    assert [len(first), beside, after] == [AT_ONCE_PER_ENDPOINT, [], []]


def test_only_free_slots_are_taken(endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn) -> None:
    earn(12)
    first = claim_due()
    sending.record([sending.attempt(item) for item in first[:3]])

    second = claim_due()

    assert len(second) == 3
    assert not {item.id for item in first} & {item.id for item in second}


def test_a_receiver_that_hangs_holds_up_no_other(
    endpoint: WebhookEndpoint, receiver: Receiver, game: Game, earn: Earn
) -> None:
    gate, quick, sent_beside = Gate(), Receiver(), list[str]()
    receiver.responses = [gate]
    server = serve(quick)
    create_endpoint(game=game, url=quick.url, event_types=["achievement.unlocked"])
    earn(12)

    def work_beside() -> None:
        wait_until(lambda: gate.here == AT_ONCE_PER_ENDPOINT, "the first worker hangs")
        # What the first worker has sent to the quick one holds its slots until that is written down.
        wait_until(lambda: deliver() >= 0 and len(set(quick.ids)) == 12, "the quick one has all")
        sent_beside.extend(quick.ids)
        gate.opened.set()

    together(send_webhooks.work, work_beside)

    server.shutdown()
    server.server_close()
    assert len(set(sent_beside)) == 12
    assert len(receiver.ids) == AT_ONCE_PER_ENDPOINT


def test_no_lock_is_held_while_a_receiver_is_called(endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn) -> None:
    held: list[int] = []

    def look(handler: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(IDLE_TRANSACTIONS)
            held.append(cursor.fetchone()[0])
        WebhookDelivery.objects.update(created_at=now())
        WebhookEndpoint.objects.update(description="Changed meanwhile")
        connection.close()
        handler.send_response(204)
        handler.end_headers()

    receiver.responses = [look]
    earn()

    deliver()

    assert held == [0]
    assert WebhookDelivery.objects.get().state == "delivered"


def test_what_a_killed_worker_had_comes_due_when_its_lease_runs_out(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, time_machine: Any
) -> None:
    time_machine.move_to(MOMENT, tick=False)
    earn(2)
    (first, second) = claim_due()
    assert (claim_due(), DELIVERIES.waiting_since()) == ([], None)

    time_machine.shift(LEASE - timedelta(seconds=1))
    early = deliver()
    time_machine.shift(timedelta(seconds=1))
    late = deliver()

    assert (early, late) == (0, 2)
    assert {first.number, second.number} == {1}
    assert list(WebhookDelivery.objects.values_list("state", "attempt_count")) == [("delivered", 2)] * 2


def test_a_worker_killed_while_sending_loses_nothing(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, time_machine: Any, tmp_path: Any
) -> None:
    gate = Gate()
    receiver.responses = [gate, 200]
    earn()
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import django; django.setup();"
        "from django.db import connection; from django.test import override_settings;"
        f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r};"
        "from apps.webhooks.sending import send_webhooks;"
        "override_settings(WEBHOOKS_ALLOW_PRIVATE=True, WEBHOOKS_ALLOW_HTTP=True).enable(); send_webhooks.work()"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=BASE_DIR) as worker:
        wait_until(lambda: len(receiver.received) == 1, "the worker is sending", seconds=60)
        os.kill(worker.pid, signal.SIGKILL)
    gate.opened.set()

    assert WebhookAttempt.objects.count() == 0
    assert deliver() == 0, "the lease still holds"
    time_machine.move_to(now() + LEASE + timedelta(seconds=1))
    assert deliver() == 1

    assert len(receiver.received) == 2
    assert len(set(receiver.ids)) == 1, "the receiver knows that it is the same"
    assert WebhookDelivery.objects.get().state == "delivered"


def test_who_comes_back_after_the_lease_settles_nothing(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, time_machine: Any
) -> None:
    time_machine.move_to(MOMENT, tick=False)
    receiver.responses = [500, 200]
    earn()
    slow = [sending.attempt(item) for item in claim_due()]
    time_machine.shift(LEASE)
    deliver()

    sending.record(slow)

    assert WebhookDelivery.objects.get().state == "delivered"
    assert sorted(WebhookAttempt.objects.values_list("status", flat=True)) == [200, 500]


def test_a_late_success_counts_though_others_have_it(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, time_machine: Any
) -> None:
    time_machine.move_to(MOMENT, tick=False)
    receiver.responses = [200, 500]
    earn()
    slow = [sending.attempt(item) for item in claim_due()]
    time_machine.shift(LEASE)
    deliver()

    sending.record(slow)

    assert WebhookDelivery.objects.get().state == "delivered"
    assert DELIVERIES.waiting_since() is None


def test_the_oldest_goes_first_whichever_endpoint_it_is_for(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, monkeypatch: Any, alice: Any, relay: Any
) -> None:
    monkeypatch.setattr(deliveries, "CHUNK", 2)
    other = create_endpoint(game=make_game(), url=receiver.url, event_types=["achievement.unlocked"]).endpoint
    earn(3)
    WebhookDelivery.objects.update(due_at=now() - timedelta(seconds=5))
    oldest = WebhookDelivery.objects.order_by("-id").first()
    assert oldest is not None
    WebhookDelivery.objects.filter(pk=oldest.pk).update(endpoint=other, due_at=now() - timedelta(seconds=60))

    claimed = claim_due()

    assert len(claimed) == 2
    assert oldest.id in {item.id for item in claimed}


def test_the_work_queue_is_dispatched_after_the_commit_and_found_late_without_workers(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, monkeypatch: Any
) -> None:
    dispatched: list[str] = []
    monkeypatch.setattr("apps.webhooks.subscribers.dispatcher.dispatch", dispatched.append)
    earn(3)
    WebhookDelivery.objects.update(due_at=now() - timedelta(seconds=3))

    dispatcher.run_due_work()
    dispatcher.fallback_workers.wait()

    assert "webhooks" in dispatched
    assert len(receiver.received) == 3
