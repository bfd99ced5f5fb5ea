"""Laurel's Celery application with a task that leaves a mark, for `celery -A tests.core.rabbitmq_app worker`."""

import os
import time
from typing import Any

import redis
from celery import Celery
from celery.concurrency.asynpool import AsynPool
from django.conf import settings

from achievements_site.celery import ConfirmedTask, DeclareDeadLetters
from achievements_site.queues import settings_for

# How often a worker looks for children that died: every 5 s left to Celery, which says nothing of what becomes of them.
AsynPool.timers = property(lambda pool: {pool.maintain_pool: 0.2})  # type: ignore[misc]


def make_app(broker_url: str) -> Celery:
    """Return an application with the settings Laurel has for this broker."""
    # Not the current one: in the process of the tests Laurel's own tasks go on by Laurel's own application.
    made = Celery("laurel", task_cls=ConfirmedTask, broker=broker_url, set_as_current=False)
    chosen = {name: getattr(settings, name) for name in dir(settings) if name.startswith("CELERY_")}
    chosen |= {**settings_for(broker_url), "CELERY_BROKER_URL": broker_url}
    made.conf.update({name.removeprefix("CELERY_").lower(): value for name, value in chosen.items()})
    made.steps["worker"].add(DeclareDeadLetters)
    return made


app = make_app(os.environ.get("CELERY_BROKER_URL", "memory://"))


def marks() -> Any:
    return redis.Redis.from_url(os.environ["REDIS_URL"])


@app.task(name="tests.mark")
def mark(number: int, seconds: float = 0.0) -> None:
    """Leave a mark that a second run leaves no second time, and count the runs; wait while there are enough marks."""
    client = marks()
    client.incr("runs")
    client.sadd("pids", os.getpid())
    time.sleep(seconds)
    while (ceiling := client.get("ceiling")) and int(client.scard("marks")) >= int(ceiling):  # type: ignore[arg-type]
        time.sleep(0.01)
    client.sadd("marks", number)


@app.task(name="tests.die")
def die() -> None:
    """Take the worker's child down, every time."""
    os.kill(os.getpid(), 9)
