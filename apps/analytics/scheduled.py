"""Scheduled jobs of analytics; achievements_site/schedule.py lists their times."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from apps.analytics import retention
from apps.analytics.counters import completion_rates, reconciliation
from apps.analytics.rollups import hours_to_days
from apps.analytics.rollups.player_statistics import fill_due, hourly_since
from apps.analytics.statistics import definitions
from apps.core.background.scheduled_jobs import DAY, HOUR, Counts, JobContext, job, mark_due
from apps.games.models import Game


@job(name="fill_player_statistics", every=HOUR)
def fill_player_statistics(context: JobContext) -> Iterator[Counts]:
    """Recompute statistics of active players, and schedule those of games that depend on them."""
    while True:
        noted, touched = fill_due(context.moment)
        if not noted:
            return
        _touch(touched, context.moment)
        yield {"notes": noted, "slots_touched": len(touched)}


@job(name="refresh_completion_rates", every=HOUR)
def refresh_completion_rates(context: JobContext) -> Iterator[Counts]:
    """Store the share of players who have earned each achievement, and the day's values."""
    yield {"achievements": completion_rates.refresh_completion_rates(moment=context.moment)}


@job(name="roll_up_statistics", every=DAY)
def roll_up_statistics(context: JobContext) -> Iterator[Counts]:
    """Roll up hours that are 30 days old into days."""
    while True:
        hours, days = hours_to_days.roll_up(context.moment)
        if not hours:
            return
        yield {"hours": hours, "days": days}


@job(name="archive_unlocks", every=DAY)
def archive_unlocks(context: JobContext) -> Iterator[Counts]:
    """Move the unlocks of players marked as inactive, then mark those inactive for a year now."""
    yield from retention.archive_inactive(context)


@job(name="reconcile_counters", every=DAY)
def reconcile_counters(context: JobContext) -> Iterator[Counts]:
    """Compare each game's counters with the ledger, and correct differences."""
    for game_id in Game.objects.order_by("pk").values_list("pk", flat=True):
        yield {"games": 1, "counters_repaired": reconciliation.reconcile_counters(game_id, is_dry=context.is_dry)}


@job(name="trim_analytics", every=DAY)
def trim_analytics(context: JobContext) -> Iterator[Counts]:
    """Delete expired play sessions and statistics of games."""
    yield from retention.trim(context)


def _touch(slots: set[datetime], moment: datetime) -> None:
    """Schedule the statistics of games in these slots, again or for the first time: hours while retained."""
    hours = [slot for slot in slots if slot >= hourly_since(moment)]
    days = {slot - timedelta(hours=slot.hour) for slot in slots}
    mark_due(definitions.job_names(HOUR), hours)
    mark_due(definitions.job_names(DAY), sorted(days))
