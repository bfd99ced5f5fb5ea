"""Every periodic job: its name, cadence and reason. Crontab only: an interval would restart with the process."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    # Rarity on pages and in answers is read from what this job stored; five past, when the hour's late unlocks are in.
    "refresh_completion_rates": {
        "task": "apps.analytics.tasks.refresh_completion_rates",
        "schedule": crontab(minute="5"),
        "options": {"queue": "analytics", "expires": 3000},
    },
    # Retries of an increment come within minutes, after offline play within weeks; hourly, so that a run stays short.
    "forget_progress_requests": {
        "task": "apps.unlocks.tasks.forget_progress_requests",
        "schedule": crontab(minute="35"),
        "options": {"queue": "analytics", "expires": 3000},
    },
    # What was being recorded for a player in the moment they were merged, which is rare and should not wait long.
    "gather_stragglers": {
        "task": "apps.unlocks.tasks.gather_stragglers",
        "schedule": crontab(minute="*/5"),
        "options": {"queue": "analytics", "expires": 240},
    },
}
