"""manage.py run_jobs: run scheduled jobs by hand, with a progress bar."""

from argparse import ArgumentTypeError
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.background import scheduled_jobs
from apps.core.clock import now
from apps.core.management.progress_bars import progress_bar

_NAMES = {scheduled_jobs.HOUR: "hour", scheduled_jobs.DAY: "day"}


class Command(BaseCommand):
    help = "Do the scheduled work that is due (all of it, or the named jobs'), or list the jobs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="JOB", help="only these; see --list")
        parser.add_argument("--list", action="store_true", help="say what there is and when each was last done")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
        parser.add_argument("--chunks", type=int, default=100, help="that a dry run looks at, at most (100)")
        parser.add_argument("--slot", type=_moment, help="this slot, such as 2026-11-24T10:00, done or not")

    def handle(self, *names: str, **options: Any) -> None:
        chosen = [self._job(name) for name in options["names"] or names] or scheduled_jobs.all_jobs()
        if options["list"]:
            self._list(chosen)
            return
        for job in chosen:
            with scheduled_jobs.quietly(), progress_bar(desc=job.name, unit="chunks", leave=False) as bar:
                counts = self._run_or_fail(job, bar, options)
            summary = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items() if count)
            self.stdout.write(f"{job.name}: {summary or 'nothing to do'}")

    def _run_or_fail(self, job: scheduled_jobs.Job, bar: Any, options: dict[str, Any]) -> Counter[str]:
        try:
            return self._run(job, bar, options)
        except scheduled_jobs.SlotNotReadyError as error:
            raise CommandError(f"{job.name} waits: {error}") from error

    def _run(self, job: scheduled_jobs.Job, bar: Any, options: dict[str, Any]) -> Counter[str]:
        counts: Counter[str] = Counter()

        def progress(done: scheduled_jobs.Counts) -> None:
            counts.update(done)
            bar.update()

        slot = None if options["slot"] is None else job.slot_of(options["slot"])
        if options["dry_run"]:
            scheduled_jobs.dry_run(job, slot or job.latest_slot(now()), chunks_max=options["chunks"], progress=progress)
            return counts
        if slot is not None:
            scheduled_jobs.mark_due([job.name], [slot])
            run = scheduled_jobs.claim_due(job, slot, now())
            if run is None:
                raise CommandError(f"{job.name} is being done by another process; try again when that is over.")
            run.go(until=float("inf"), progress=progress)
            return counts
        scheduled_jobs.run_due(job, seconds=float("inf"), progress=progress)
        return counts

    def _list(self, chosen: list[scheduled_jobs.Job]) -> None:
        moment = now()
        for job in chosen:
            waiting = len(scheduled_jobs.due_slots(job, moment))
            state = f"{waiting} due" if waiting else "up to date"
            self.stdout.write(f"{job.name:32} every {_NAMES.get(job.every, 'few minutes'):6} {state}")

    def _job(self, name: str) -> scheduled_jobs.Job:
        try:
            return scheduled_jobs.find_job(name)
        except KeyError:
            known = ", ".join(job.name for job in scheduled_jobs.all_jobs())
            raise CommandError(f"There is no job {name!r}; there are: {known}.") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no ISO 8601 time") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
