"""Scheduled jobs of players; achievements_site/schedule.py lists their times."""

from collections.abc import Iterator

from apps.core.background.scheduled_jobs import DAY, HOUR, Counts, JobContext, job
from apps.players import actions
from apps.players.actions.guests import clear_networks as clear_networks_before

ROWS_AT_ONCE = 5_000


@job(name="delete_renames", every=DAY)
def delete_renames(context: JobContext) -> Iterator[Counts]:
    """Delete changes of names whose handle is free again, and those that no longer count."""
    while deleted := actions.delete_renames(before=context.moment):
        yield {"renames_deleted": deleted}


@job(name="clear_networks", every=HOUR)
def clear_networks(context: JobContext) -> Iterator[Counts]:
    """Clear from which networks guests came, once no limit counts them."""
    while cleared := clear_networks_before(before=context.moment, rows_max=ROWS_AT_ONCE):
        yield {"networks_cleared": cleared}
