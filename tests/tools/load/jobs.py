"""`python -m tests.tools.load.jobs NAME ...`: runs the named jobs at once, a thread each, and prints their times."""

import sys
import threading
from time import perf_counter

import django
import orjson

HOURLY_JOBS = (
    *("fill_player_statistics", "refresh_completion_rates", "sample_boards"),
    *("statistic_hourly_unlocks", "statistic_hourly_players", "statistic_hourly_playtime"),
)
NIGHTLY_JOBS = (
    *("reconcile_boards", "reconcile_counters", "keep_ranks", "close_windows", "roll_up_statistics"),
    *("archive_unlocks", "trim_standings", "trim_analytics", "statistic_daily_players_by_region"),
)


def main(names: list[str]) -> None:
    django.setup()
    from django.db import connection

    from apps.core.background import scheduled_jobs
    from apps.core.clock import now

    def run(name: str) -> None:
        job, moment, began = scheduled_jobs.find_job(name), now(), perf_counter()
        slot = job.latest_slot(moment)
        scheduled_jobs.mark_due([name], [slot])
        counts: dict[str, int] = {}
        taken = scheduled_jobs.claim_due(job, slot, moment)
        if taken is not None:
            taken.go(until=float("inf"), progress=lambda done: None)
            counts = dict(taken.counts)
        line = {"job": name, "seconds": round(perf_counter() - began, 2), **counts}
        sys.stdout.write(orjson.dumps(line).decode() + "\n")
        sys.stdout.flush()
        connection.close()

    threads = [threading.Thread(target=run, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1:])
