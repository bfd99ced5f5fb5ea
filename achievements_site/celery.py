"""The Celery application; queues and limits are in settings, periodic jobs in schedule.py."""

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "achievements_site.settings")

app = Celery("laurel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def _schedule(sender: Celery, **_: Any) -> None:
    from achievements_site.schedule import SCHEDULE

    sender.conf.beat_schedule = SCHEDULE
