"""Scheduled work of analytics."""

from celery import shared_task

from apps.analytics import actions


@shared_task(soft_time_limit=45, time_limit=60)
def refresh_completion_rates() -> None:
    actions.refresh_completion_rates()
