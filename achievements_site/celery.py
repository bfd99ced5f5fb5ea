"""The Celery application; queues are in queues.py, limits in settings, periodic jobs in schedule.py."""

import os
from typing import Any

from celery import Celery, Task, bootsteps, signals
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
