"""The Celery application; queues are in queues.py, limits in settings, periodic jobs in schedule.py."""

import os
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
from celery import Celery, Task, bootsteps, signals
from celery.apps import worker
from kombu.transport import TRANSPORT_ALIASES

from achievements_site.queues import dead_letters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "achievements_site.settings")

# Publishing waits this long for RabbitMQ's confirmation; a frozen broker accepts messages silently.
CONFIRM_SECONDS = 3.0
TRANSPORT_ALIASES.update(redis="achievements_site.broker:Transport", rediss="achievements_site.broker:Transport")


class ConfirmedTask(Task):
    """A task whose publishing fails when the broker doesn't confirm it in time."""

    def apply_async(self, *args: object, **options: object) -> object:
        return super().apply_async(*args, **{"confirm_timeout": CONFIRM_SECONDS, **options})


class DeclareDeadLetters(bootsteps.StartStopStep):
    """Declares RabbitMQ's dead-letter queue, before the queues that refer to it."""

    requires = {"celery.worker.components:Pool"}

    def start(self, parent: Any) -> None:
        with parent.app.connection_for_write() as connection:
            if connection.transport.driver_type == "amqp":
                dead_letters()(connection.default_channel).declare()


app = Celery("laurel", task_cls=ConfirmedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Core's tasks are in a package of theirs.
app.autodiscover_tasks(["apps.core.background"])
app.steps["worker"].add(DeclareDeadLetters)


@app.on_after_configure.connect
def _schedule(sender: Celery, **_: object) -> None:
    from achievements_site.schedule import SCHEDULE

    sender.conf.beat_schedule = SCHEDULE


@signals.setup_logging.connect
def _leave_logging(**_: object) -> None:
    """Keep worker and beat on our logging: with a receiver here, Celery configures none of its own."""


def _say_in_json(text: str, *_: object) -> None:
    """Write what Celery says from a signal handler, where logging may wait for its own lock, as a line of our logs."""
    said = {"event": text.strip(), "level": "info", "logger": "celery", "timestamp": datetime.now(UTC).isoformat()}
    os.write(sys.stderr.fileno(), orjson.dumps(said) + b"\n")


worker.safe_say = _say_in_json
