"""Celery's connection to Redis: a broker that goes down under a worker is a lost connection, never its end."""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from celery.apps import worker
from kombu import Connection, Consumer, Exchange, Producer, Queue
from kombu.common import ignore_errors

from achievements_site.celery import app
from apps.local.embedded.server import start
from apps.local.embedded.valkey import Valkey
from apps.local.orphan_reaper import OrphanReaper
from apps.local.programs import kill_and_reap


@pytest.fixture
def taken() -> list[str]:
    """What the worker's connection has taken from its queue, and not acknowledged."""
    return []


@pytest.fixture
def lost(tmp_path: Path, taken: list[str]) -> Iterator[Connection]:
    """A worker's connection with a message in hand, whose Valkey was killed."""
    valkey, reaper = Valkey(tmp_path, durable=False), OrphanReaper()
    process = start(valkey, tmp_path / "valkey.log", reaper)
    connection = app.connection_for_read(valkey.url)
    channel = connection.default_channel
    take_a_message(connection, taken)
    kill_and_reap(process, reaper)
    reaper.dismiss()
    yield connection
    # Or it would try to give the message back as the tests end.
    channel.do_restore = False
    channel.client.close()
    channel.subclient.close()


def take_a_message(connection: Connection, taken: list[str]) -> None:
    """Take what was published, on a channel that listens to a control queue too, as a worker's does."""
    work = Queue("work", Exchange("work"), routing_key="work")
    control = Queue("control", Exchange("control", type="fanout"), auto_delete=True)
    channel = connection.default_channel
    Producer(channel).publish("in hand", exchange=work.exchange, routing_key="work", declare=[work])
    Consumer(channel, [work, control], callbacks=[lambda body, _: taken.append(body)]).consume()
    while not taken:
        connection.drain_events(timeout=5)
    # It is waiting for the next one when its server goes.
    with suppress(TimeoutError):
        while True:
            connection.drain_events(timeout=0.05)


def test_a_worker_that_lost_its_broker_with_a_task_under_way_goes_on(lost: Connection, taken: list[str]) -> None:
    # As Celery's consumer does when its connection breaks; what comes out of the second call ends the worker.
    lost.collect()
    ignore_errors(lost, lost.close)

    assert taken == ["in hand"]
    assert lost.connected is False


def test_a_broker_that_refuses_writes_counts_as_down(tmp_path: Path) -> None:
    valkey, reaper = Valkey(tmp_path, durable=False), OrphanReaper()
    process = start(valkey, tmp_path / "valkey.log", reaper)
    connection = app.connection_for_read(valkey.url)
    Consumer(connection.default_channel, [Queue("work", Exchange("work"), routing_key="work")]).consume()
    # As it does when its disk is full, and BRPOP counts as writing.
    connection.default_channel.client.config_set("min-replicas-to-write", 1)

    with pytest.raises(ConnectionError, match="NOREPLICAS"):
        connection.drain_events(timeout=5)

    connection.default_channel.client.config_set("min-replicas-to-write", 0)
    connection.close()
    kill_and_reap(process, reaper)
    reaper.dismiss()


def test_what_a_worker_says_as_it_stops_is_a_line_of_json(capfd: pytest.CaptureFixture[str]) -> None:
    worker.safe_say("worker: Warm shutdown (MainProcess)", sys.__stderr__)

    (line,) = capfd.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "worker: Warm shutdown (MainProcess)"
