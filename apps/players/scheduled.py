"""Scheduled jobs of players; achievements_site/schedule.py lists their times."""

from collections.abc import Iterator

from apps.core.background.scheduled_jobs import DAY, Counts, JobContext, job
from apps.players import actions


@job(name="delete_renames", every=DAY)
def delete_renames(context: JobContext) -> Iterator[Counts]:
    """Delete changes of names whose handle is free again, and those that no longer count."""
    while deleted := actions.delete_renames(before=context.moment):
        yield {"renames_deleted": deleted}
