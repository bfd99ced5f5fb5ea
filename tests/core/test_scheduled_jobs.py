"""Scheduled work: once a slot, caught up, resumed where it was killed, and never by two at once."""

import os
import pty
import termios
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from achievements_site.schedule import EVERY_FIVE_MINUTES, EVERY_TEN_MINUTES, HOURLY, NIGHTLY, SCHEDULE
from apps.core.background import scheduled_jobs
from apps.core.background.scheduled_jobs import (
    DAY,
    HOUR,
    Counts,
    Job,
    JobContext,
    LeaseLostError,
    SlotNotReadyError,
    run_due,
)
from apps.core.background.tasks import run_job
from apps.core.clock import now
from apps.core.models import JobSlot
from apps.core.operations.health_checks import check_jobs
from apps.players.models import Player
from tests.factories import make_player

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("months")]

NOON = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


def counting(done: list[datetime], *, chunks: int = 1, **options: object) -> Job:
    def work(context: JobContext) -> Iterator[Counts]:
        while context.cursor.get("next", 0) < chunks:
            context.cursor["next"] = context.cursor.get("next", 0) + 1
            make_player()
            done.append(context.slot)
            yield {"players": 1}

    return Job("counting", options.pop("every", HOUR), work, **options)  # type: ignore[arg-type]


def hours(*numbers: int) -> list[datetime]:
    return [NOON.replace(hour=number, minute=0) for number in numbers]


def test_a_slot_is_done_once_however_often_it_is_looked_at() -> None:
    done: list[datetime] = []
    job = counting(done)

    assert [run_due(job, moment=NOON) for _ in range(3)] == [True] * 3

    assert done == hours(11)
    slot = JobSlot.objects.get()
    assert (slot.state, slot.counts, slot.attempts) == ("done", {"players": 1}, 1)


def test_missed_slots_are_caught_up_in_order_and_no_further_than_allowed() -> None:
    done: list[datetime] = []
    job = counting(done, slots_max=4)
    run_due(job, moment=NOON - timedelta(hours=9))
    done.clear()

    run_due(job, moment=NOON)

    assert done == hours(8, 9, 10, 11)


def test_a_first_run_begins_as_far_back_as_it_may() -> None:
    done: list[datetime] = []

    run_due(counting(done, slots_max=2), moment=NOON)

    assert done == hours(10, 11)


def test_of_what_only_the_latest_matters_missed_slots_are_left_out() -> None:
    done: list[datetime] = []
    job = counting(done)
    run_due(job, moment=NOON - timedelta(hours=5))

    run_due(job, moment=NOON)

    assert done == hours(6, 11)


def test_a_slot_waits_as_long_as_its_job_says() -> None:
    done: list[datetime] = []
    job = counting(done, delay=timedelta(minutes=45))

    run_due(job, moment=NOON)

    assert done == hours(10)


def test_days_are_utc_days() -> None:
    done: list[datetime] = []

    run_due(counting(done, every=DAY), moment=NOON)

    assert done == [datetime(2026, 11, 23, tzinfo=UTC)]


@pytest.mark.parametrize("killed_at", range(6))
def test_killed_between_any_two_steps_each_chunk_is_done_once(killed_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    job = counting([], chunks=3)
    steps = 0

    def step_then(original: object) -> object:
        def stepped(*args: object) -> object:
            nonlocal steps
            if steps == killed_at:
                raise Killed
            steps += 1
            return original(*args)  # type: ignore[operator]

        return stepped

    with monkeypatch.context() as patch:
        patch.setattr(scheduled_jobs.JobRun, "_renew_lease", step_then(scheduled_jobs.JobRun._renew_lease))
        patch.setattr(scheduled_jobs.JobRun, "_save", step_then(scheduled_jobs.JobRun._save))
        with pytest.raises(Killed):
            run_due(job, moment=NOON)
    # Its lease keeps others off until it has run out.
    assert run_due(job, moment=NOON)
    assert Player.objects.count() < 3
    JobSlot.objects.update(lease_until=NOON - timedelta(days=1))
    run_due(job, moment=NOON)

    assert Player.objects.count() == 3
    slot = JobSlot.objects.get()
    assert (slot.state, slot.counts, slot.attempts) == ("done", {"players": 3}, 2)


def test_who_was_frozen_past_the_lease_writes_nothing_more() -> None:
    job = counting([], chunks=2)
    slow = scheduled_jobs.claim_due(job, hours(11)[0], NOON)
    JobSlot.objects.update(lease_until=NOON - timedelta(days=1))
    other = scheduled_jobs.claim_due(job, hours(11)[0], NOON)
    assert slow is not None
    assert other is not None

    with pytest.raises(LeaseLostError):
        slow.go(until=float("inf"), progress=lambda counts: None)

    assert not Player.objects.exists()
    other.go(until=float("inf"), progress=lambda counts: None)
    assert Player.objects.count() == 2


def test_a_chunk_under_way_keeps_a_latecomer_waiting_and_then_off() -> None:
    job = counting([], chunks=1)
    run = scheduled_jobs.claim_due(job, hours(11)[0], NOON)
    assert run is not None
    JobSlot.objects.update(lease_until=NOON - timedelta(days=1))
    claimed: list[object] = []

    def latecomer() -> None:
        claimed.append(scheduled_jobs.claim_due(job, hours(11)[0], NOON))
        connection.close()

    with transaction.atomic():
        run._renew_lease()
        thread = threading.Thread(target=latecomer)
        thread.start()
        run._save("running")
    thread.join()

    assert claimed == [None]


def test_when_time_is_up_the_next_run_goes_on() -> None:
    done: list[datetime] = []
    job = counting(done, chunks=3)

    assert not run_due(job, moment=NOON, seconds=0)
    assert done == []
    assert run_due(job, moment=NOON)

    assert len(done) == 3


def test_what_fails_is_tried_again_and_keeps_nothing() -> None:
    def work(context: JobContext) -> Iterator[Counts]:
        make_player()
        raise ValueError("broken")
        yield {}

    broken = Job("broken", HOUR, work)

    with pytest.raises(ValueError, match="broken"):
        run_due(broken, moment=NOON)

    assert not Player.objects.exists()
    assert JobSlot.objects.get().state == "running"
    JobSlot.objects.update(lease_until=NOON - timedelta(days=1))
    assert run_due(Job("broken", HOUR, counting([]).work), moment=NOON)


def test_what_is_not_ready_yet_is_left_to_a_later_look() -> None:
    is_ready = False

    def work(context: JobContext) -> Iterator[Counts]:
        make_player()
        if not is_ready:
            raise SlotNotReadyError("later")
        yield {"players": 1}

    waiting = Job("waiting", HOUR, work)

    assert run_due(waiting, moment=NOON)
    assert (JobSlot.objects.get().state, Player.objects.count()) == ("due", 0)
    is_ready = True
    assert run_due(waiting, moment=NOON)

    assert (JobSlot.objects.get().state, Player.objects.count()) == ("done", 1)


def test_a_slot_that_became_due_again_is_done_again() -> None:
    done: list[datetime] = []
    job = counting(done, slots_max=3)
    run_due(job, moment=NOON)

    scheduled_jobs.mark_due(["counting"], hours(10))
    run_due(job, moment=NOON)

    assert done == [*hours(9, 10, 11), *hours(10)]


def test_a_slot_older_than_is_caught_up_is_done_when_it_is_marked() -> None:
    done: list[datetime] = []
    job = counting(done, slots_max=2)

    scheduled_jobs.mark_due(["counting"], hours(4, 12))
    run_due(job, moment=NOON)
    run_due(job, moment=NOON)

    # The hour that holds the moment is yet to end.
    assert done == hours(4, 10, 11)
    run_due(job, moment=NOON + HOUR)
    assert done == hours(4, 10, 11, 12)


def test_what_changed_under_a_run_is_computed_again() -> None:
    done: list[datetime] = []
    job = counting(done, chunks=2)
    job_of_once = Job("counting", HOUR, counting(done).work)

    def work(context: JobContext) -> Iterator[Counts]:
        for counts in job.work(context):
            yield counts
            scheduled_jobs.mark_due(["counting"], [context.slot])

    assert run_due(Job("counting", HOUR, work), moment=NOON)
    assert JobSlot.objects.get().state == "due"
    assert run_due(job_of_once, moment=NOON)

    assert JobSlot.objects.get().state == "done"


def test_a_dry_run_says_what_it_would_do_and_does_nothing() -> None:
    counts = scheduled_jobs.dry_run(counting([], chunks=3), hours(11)[0], chunks_max=2, progress=lambda counts: None)

    assert counts == {"players": 2}
    assert not Player.objects.exists()
    assert not JobSlot.objects.exists()


def test_slots_are_deleted_but_for_each_jobs_latest() -> None:
    run_due(counting([], slots_max=3), moment=NOON)

    assert scheduled_jobs.delete_slots(before=NOON + timedelta(days=1), rows_max=10) == 2

    assert [slot.slot for slot in JobSlot.objects.all()] == hours(11)


def test_late_is_who_missed_two_slots() -> None:
    job = counting([])
    assert not scheduled_jobs.is_late(job, NOON)
    run_due(job, moment=NOON)

    late = [scheduled_jobs.is_late(job, NOON + timedelta(hours=number)) for number in range(4)]
    assert late == [False, False, True, True]


def test_a_job_that_failed_is_named_until_another_run_has_done_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(context: JobContext) -> Iterator[Counts]:
        raise ValueError("broken")
        yield {}

    monkeypatch.setattr(scheduled_jobs, "_jobs", {"counting": counting([])})
    with pytest.raises(ValueError, match="broken"):
        run_due(Job("counting", HOUR, work))
    is_running = scheduled_jobs.failed_jobs(), check_jobs().status
    JobSlot.objects.update(lease_until=now() - timedelta(seconds=1))

    finding = check_jobs()

    assert is_running == ([], "up")
    assert (finding.status, finding.detail) == (
        "degraded",
        "Failed, and tried again soon: counting. The worker's log says why.",
    )
    run_due(counting([]))
    assert (scheduled_jobs.failed_jobs(), check_jobs().status) == ([], "up")


def scheduled() -> set[str]:
    run_job = "apps.core.background.tasks.run_job"
    return {entry["kwargs"]["name"] for entry in SCHEDULE.values() if entry["task"] == run_job}


def unscheduled() -> set[str]:
    """Return the jobs that no line of the schedule names."""
    return {job.name for job in scheduled_jobs.all_jobs()} - scheduled()


def test_every_job_is_scheduled_and_every_schedule_names_what_there_is() -> None:
    from achievements_site.celery import app

    app.loader.import_default_modules()

    assert unscheduled() == set()
    assert scheduled() <= {job.name for job in scheduled_jobs.all_jobs()}
    for entry in SCHEDULE.values():
        task = app.tasks[entry["task"]]
        assert 0 < task.soft_time_limit < task.time_limit


@pytest.mark.parametrize(
    ("entries", "every"),
    [
        (NIGHTLY, timedelta(days=1)),
        (HOURLY, timedelta(hours=1)),
        (EVERY_TEN_MINUTES, timedelta(minutes=10)),
        (EVERY_FIVE_MINUTES, timedelta(minutes=5)),
    ],
    ids=["nightly", "hourly", "every ten minutes", "every five minutes"],
)
def test_the_schedule_lists_each_job_under_its_cadence(entries: dict[str, object], every: timedelta) -> None:
    assert {name for name in entries if scheduled_jobs.find_job(name).every != every} == set()


def test_all_jobs_run_and_running_them_twice_is_running_them_once(boards: None) -> None:
    def run_all() -> list[tuple[object, ...]]:
        for job in scheduled_jobs.all_jobs():
            run_job(name=job.name)
        return list(JobSlot.objects.order_by("job", "slot").values_list("job", "slot", "attempts", "state"))

    # Stopped, as a slot of five minutes may begin between the two.
    with time_machine.travel(now(), tick=False):
        once, twice = run_all(), run_all()

    assert {row[3] for row in once} == {"done"}
    assert twice == once


def test_the_command_lists_runs_and_tries(boards: None) -> None:
    def say(*arguments: str) -> str:
        output = StringIO()
        call_command("run_jobs", *arguments, stdout=output)
        return output.getvalue()

    assert "make_partitions                  every day    1 due" in say("--list")
    assert say("make_partitions", "--dry-run") == "make_partitions: nothing to do\n"
    assert not JobSlot.objects.exists()
    assert "refresh_completion_rates: nothing to do" in say()
    assert "make_partitions                  every day    up to date" in say("--list")
    assert say("make_partitions", "--slot", "2026-01-01") == "make_partitions: nothing to do\n"
    with pytest.raises(CommandError, match="There is no job 'sweep'; there are: archive_unlocks"):
        say("sweep")


def test_by_hand_on_a_terminal_a_bar_moves(boards: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr("sys.stderr", terminal)
        call_command("run_jobs", "make_partitions", stdout=StringIO())
    shown = os.read(ours, 4096).decode()
    os.close(ours)

    assert shown.startswith("\rmake_partitions: 0 chunks ")
