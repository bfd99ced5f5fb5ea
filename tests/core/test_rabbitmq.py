"""Queues on a real RabbitMQ: confirmed, replicated, and everything is carried out whoever is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from achievements_site import queues
from achievements_site.queues import DEAD_QUEUE, POOLS, Pool, settings_for
from apps.core.redis import client as redis
from apps.local.orphan_reaper import CHECKOUT
from apps.local.supervisor.parts import QUEUES
from tests.core.rabbitmq_app import make_app
from tests.live import wait_until
from tests.rabbitmq import Running, running_rabbitmq

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

Worker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def rabbit() -> Iterator[Running]:
    with running_rabbitmq() as running:
        yield running


@pytest.fixture
def start_worker(rabbit: Running, tmp_path: Path) -> Iterator[Worker]:
    """Start workers as Laurel does; they are gone after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "CELERY_BROKER_URL": rabbit.url}
        options = ["--queues", QUEUES, "--concurrency", "2", "--without-gossip", "--without-mingle", "-l", "WARNING"]
        with (tmp_path / "worker.log").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "tests.core.rabbitmq_app", "worker", *options],
                cwd=CHECKOUT, env=environment, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def send(rabbit: Running, name: str, count: int = 1, *, queue: str = "analytics", **options: Any) -> None:
    app = make_app(rabbit.url)
    with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
        for number in range(count):
            args = [number] if name == "tests.mark" else []
            app.send_task(name, args=args, queue=queue, producer=producer, confirm_timeout=5, **options)


def marks() -> int:
    return int(redis.client().scard("marks"))  # type: ignore[arg-type]


def runs() -> int:
    return int(redis.client().get("runs") or 0)  # type: ignore[arg-type]


def waiting(rabbit: Running, queue: str) -> int:
    with Connection(rabbit.url) as connection:
        return int(connection.default_channel.queue_declare(queue, passive=True).message_count)


def test_the_two_lists_of_queues_agree() -> None:
    assert ",".join(pool.queue for pool in POOLS) == QUEUES
    assert [pool.concurrency for pool in POOLS] == [20, 10, 5]
    assert POOLS[0].options == ["--queues", "notifications", "--concurrency", "20", "--hostname", "notifications@%h"]


def test_a_redis_broker_gets_plain_queues_that_outlast_the_longest_task() -> None:
    chosen = settings_for("redis://127.0.0.1:6379/3")

    assert chosen["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"] > 60
    assert [queue.queue_arguments for queue in chosen["CELERY_TASK_QUEUES"]] == [None] * 3


def test_a_message_goes_to_its_own_queue_and_no_other() -> None:
    app = make_app(os.environ["REDIS_URL"])
    with app.connection_for_write() as connection:
        for queue in app.amqp.queues.values():
            queue(connection.default_channel).declare()
        for name, count in (("analytics", 2), ("leaderboard", 1)):
            for _ in range(count):
                app.send_task("tests.mark", args=[1], queue=name)
        lengths = {pool.queue: int(redis.client().llen(pool.queue)) for pool in POOLS}  # type: ignore[arg-type]

    assert lengths == {"notifications": 0, "leaderboard": 1, "analytics": 2}


def test_queues_are_quorum_queues_with_their_limits(rabbit: Running, start_worker: Worker) -> None:
    start_worker()
    send_and_wait(rabbit)

    for pool, queue in zip(POOLS, settings_for(rabbit.url)["CELERY_TASK_QUEUES"], strict=True):
        assert queue.queue_arguments["x-queue-type"] == "quorum"
        # Declared again with anything else, RabbitMQ would refuse it.
        with Connection(rabbit.url) as connection:
            queue(connection.default_channel).declare()
            with pytest.raises(Exception, match="PRECONDITION_FAILED"):
                type(queue)(pool.queue, queue_arguments={"x-queue-type": "classic"})(connection.channel()).declare()


def send_and_wait(rabbit: Running) -> None:
    send_declared(rabbit, 1)
    wait_until(lambda: marks() == 1, "the first task", seconds=60)


def send_declared(rabbit: Running, count: int) -> None:
    """Send marks, declaring the queue first, as whoever publishes does."""
    declare(rabbit)
    send(rabbit, "tests.mark", count)


def declare(rabbit: Running) -> None:
    app = make_app(rabbit.url)
    with app.connection_for_write() as connection:
        for queue in app.amqp.queues.values():
            queue(connection.default_channel).declare()


def test_a_frozen_broker_is_an_error_and_not_silence(rabbit: Running) -> None:
    declare(rabbit)
    app = make_app(rabbit.url)
    with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
        app.send_task("tests.mark", args=[1], queue="leaderboard", producer=producer, confirm_timeout=5)
        rabbit.freeze()
        try:
            with pytest.raises((OperationalError, OSError)):
                app.send_task(
                    "tests.mark", args=[2], queue="leaderboard", producer=producer, retry=False, confirm_timeout=1
                )
        finally:
            rabbit.thaw()
    with Connection(rabbit.url) as connection:
        connection.default_channel.queue_purge("leaderboard")


def test_what_takes_its_worker_down_is_put_aside(rabbit: Running, start_worker: Worker) -> None:
    start_worker()
    send_and_wait(rabbit)

    send(rabbit, "tests.die")

    wait_until(lambda: waiting(rabbit, DEAD_QUEUE) == 1, "the dead letter", seconds=90)
    assert waiting(rabbit, "analytics") == 0


def test_a_message_that_waited_for_too_long_is_not_carried_out(
    rabbit: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "POOLS", (Pool("brief", 1, message_seconds=1), Pool("patient", 1)))
    app = make_app(rabbit.url)
    with app.connection_for_write() as broker:
        queues.dead_letters()(broker.default_channel).declare()
        broker.default_channel.queue_purge(DEAD_QUEUE)
        for queue in app.amqp.queues.values():
            queue(broker.default_channel).declare()
    for name in ("brief", "patient"):
        send(rabbit, "tests.mark", 3, queue=name)

    wait_until(lambda: waiting(rabbit, DEAD_QUEUE) == 3, "what came too late, put aside", seconds=30)
    assert (waiting(rabbit, "brief"), waiting(rabbit, "patient")) == (0, 3)
    with Connection(rabbit.url) as connection:
        connection.default_channel.queue_purge(DEAD_QUEUE)


def kill_a_child() -> None:
    """Kill one of those at work; another may have done its thousand tasks and be gone."""
    while pid := redis.client().spop("pids"):
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)  # type: ignore[arg-type]
            return
    raise AssertionError("No child was at work.")


@pytest.mark.parametrize("backlog", [1_200, pytest.param(5_000, marks=pytest.mark.full)])
def test_everything_is_carried_out_whoever_is_killed(rabbit: Running, start_worker: Worker, backlog: int) -> None:
    worker = start_worker()
    send_and_wait(rabbit)
    redis.client().delete("marks", "runs", "pids")
    # However fast they are beside this process, some is left for the next.
    redis.client().set("ceiling", backlog // 2)
    send(rabbit, "tests.mark", backlog)

    wait_until(lambda: marks() > backlog // 25, "some of the backlog", seconds=60)
    kill_a_child()
    wait_until(lambda: marks() > backlog // 5, "more of it without the child", seconds=60)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    done = marks()
    assert done < backlog
    redis.client().set("ceiling", backlog * 3 // 4)
    start_worker()
    wait_until(lambda: marks() > done + backlog // 10, "more of it by another worker", seconds=60)
    rabbit.kill()
    assert marks() < backlog
    redis.client().delete("ceiling")
    rabbit.restart()
    wait_until(lambda: marks() == backlog, "all of it", seconds=120)

    # What was under way when somebody was killed ran again, and nothing else: two children with four messages each at
    # hand, for each of the three who were killed.
    assert backlog <= runs() <= backlog + 3 * 2 * (4 + 1)
    wait_until(lambda: waiting(rabbit, "analytics") == 0, "an empty queue", seconds=30)
