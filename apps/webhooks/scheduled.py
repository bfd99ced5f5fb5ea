"""Scheduled jobs of webhooks; achievements_site/schedule.py lists their times."""

from collections.abc import Iterator

from apps.core.background.scheduled_jobs import DAY, Counts, JobContext, job
from apps.webhooks import retention


@job(name="trim_webhooks", every=DAY)
def trim_webhooks(context: JobContext) -> Iterator[Counts]:
    """Delete deliveries over 30 days old with their attempts, and everything of deleted endpoints."""
    yield from retention.trim(context.moment)
