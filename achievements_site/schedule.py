"""What runs when: every periodic job by its cadence, with its queue and reason.

A job processes each slot of its cadence once (core/background/scheduled_jobs.py), however often it is triggered:
several times per slot, so that slots that a worker missed, or left when its time was up, resume within minutes. What a
job does is in its app's scheduled.py. Crontab only: intervals restart with the process.
"""

from datetime import timedelta

from celery.schedules import crontab

from apps.analytics.statistics.definitions import STATISTICS
from apps.core.background.scheduled_jobs import DAY, HOUR

Entry = dict[str, object]


def _job(name: str, minute: str, *, queue: str = "analytics") -> Entry:
    return {
        "task": "apps.core.background.tasks.run_job",
        "schedule": crontab(minute=minute),
        "kwargs": {"name": name},
        # An older message is useless: the next one covers the same slots.
        "options": {"queue": queue, "expires": 600},
    }


def _statistics(every: timedelta) -> dict[str, Entry]:
    return {item.job_name: _job(item.job_name, "8-59/10") for item in STATISTICS if item.every == every}


# For the day that ended at midnight UTC.
NIGHTLY: dict[str, Entry] = {
    # Inserts fail without a month's partition, so it is created three months ahead.
    "make_partitions": _job("make_partitions", "1-59/15"),
    "drop_partitions": _job("drop_partitions", "7-59/15"),
    # An hour after midnight UTC, when the day's late unlocks are in; a month's boards close with their last day.
    "close_windows": _job("close_windows", "4-59/10", queue="leaderboard"),
    "keep_ranks": _job("keep_ranks", "6-59/10", queue="leaderboard"),
    "trim_standings": _job("trim_standings", "10-59/15", queue="leaderboard"),
    # Nothing should ever differ from the ledger: samples are checked all day, everything every night.
    "reconcile_boards": _job("reconcile_boards", "12-59/15", queue="leaderboard"),
    "reconcile_counters": _job("reconcile_counters", "14-59/15"),
    **_statistics(DAY),
    # Each in chunks, without urgency.
    "roll_up_statistics": _job("roll_up_statistics", "11-59/15"),
    "archive_unlocks": _job("archive_unlocks", "13-59/15"),
    "trim_analytics": _job("trim_analytics", "9-59/15"),
    "trim_notifications": _job("trim_notifications", "5-59/15"),
    # A month of logs is enough for investigations.
    "trim_webhooks": _job("trim_webhooks", "10-59/15"),
    "delete_job_slots": _job("delete_job_slots", "3-59/30"),
    "delete_tokens": _job("delete_tokens", "9-59/30"),
    # A former handle stops leading anywhere when its 90 days are over; this leaves no row of it.
    "delete_renames": _job("delete_renames", "11-59/30"),
    # Most devices that make a guest never come back.
    "delete_guests": _job("delete_guests", "2-59/30"),
}
HOURLY: dict[str, Entry] = {
    # After the hour, when its late unlocks are in; dependent statistics follow it.
    "fill_player_statistics": _job("fill_player_statistics", "2-59/10"),
    **_statistics(HOUR),
    # Pages and responses show the rarity stored by this job.
    "refresh_completion_rates": _job("refresh_completion_rates", "5-59/10"),
    # What a game lacked for the list came within the hour, such as a player.
    "list_games": _job("list_games", "9-59/15"),
    # A newly confirmed address gets that evening's email, unless it is due within the hour.
    "find_mail_readers": _job("find_mail_readers", "6-59/15"),
    # A network counts for an hour.
    "clear_networks": _job("clear_networks", "4-59/15"),
    "delete_responses": _job("delete_responses", "8-59/15"),
    # Increments are retried within minutes, after offline play within weeks; hourly, so that each run is short.
    "delete_progress_requests": _job("delete_progress_requests", "7-59/15"),
    # What open imports note is needed until they end; a million rows of one are deleted in chunks.
    "delete_brought_unlocks": _job("delete_brought_unlocks", "13-59/15"),
}
EVERY_TEN_MINUTES: dict[str, Entry] = {
    "sample_boards": _job("sample_boards", "3-59/10", queue="leaderboard"),
}
EVERY_FIVE_MINUTES: dict[str, Entry] = {
    # Reports in flight during a merge: rare, but should not wait long.
    "move_stragglers": _job("move_stragglers", "*/5"),
}
SCHEDULE = NIGHTLY | HOURLY | EVERY_TEN_MINUTES | EVERY_FIVE_MINUTES
