"""A year passes: every job at its time, killed at every statement that counts, and nothing is ever lost or doubled."""

from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from apps.analytics import retention, scheduled
from apps.analytics.models import PlayerStatistics, StatisticsDue
from apps.analytics.rollups import hours_to_days
from apps.analytics.rollups.partitions import PLAYER_STATISTICS
from apps.analytics.rollups.player_statistics import hourly_since, retained_since
from apps.core.background.scheduled_jobs import all_jobs
from apps.core.database.partitions import existing_partitions, month_before, monthly_tables, months_from
from apps.core.models import JobSlot
from apps.leaderboards.standings.rank_history import RANK_HISTORY
from apps.unlocks.models import ArchivedUnlock, EarnedUnlock, Unlock
from tests.analytics.year import Year, contents, days_of, kills_of, make_year, number_of, run_jobs, statistics_rows

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("months"),
    pytest.mark.slow,
    pytest.mark.timeout(600),
]

DAY = timedelta(days=1)
TODAY = datetime.now(UTC).replace(hour=9, minute=20, second=0, microsecond=0)
# A database made on the first of a month lacks what is retained because of the day before.
START = TODAY + DAY if TODAY.day == 1 else TODAY
IN_BOTH = "SELECT count(*) FROM unlock JOIN unlock_archive USING (player_id, achievement_id)"
GAMES_DAILY = """
SELECT count(*) FROM (
    SELECT game_id, date_trunc('day', recorded_at AT TIME ZONE 'UTC') AS day, sum(unlock_count) AS value
    FROM player_statistics WHERE recorded_at < %s AND recorded_at >= %s GROUP BY 1, 2 HAVING sum(unlock_count) > 0) a
FULL JOIN (
    SELECT game_id, slot AT TIME ZONE 'UTC' AS day, value FROM game_statistic
    WHERE name = 'daily_unlocks' AND slot >= %s) b
USING (game_id, day, value) WHERE a.game_id IS NULL OR b.game_id IS NULL
"""
# Places that are not what the standings of their window say, which are still retained.
WRONG_PLACES = """
SELECT count(*) FROM (
    SELECT player_id, scope_id, "window", opened_on, points, row_number() OVER (
        PARTITION BY scope_id, "window", opened_on ORDER BY points DESC, reached_at, player_id)::integer AS rank
    FROM standing JOIN closed_window USING (scope_id, "window", opened_on)) a
FULL JOIN (
    SELECT * FROM final_place WHERE (scope_id, "window", opened_on) IN (
        SELECT scope_id, "window", opened_on FROM standing)) f
USING (player_id, scope_id, "window", opened_on, points, rank)
WHERE a.player_id IS NULL OR f.player_id IS NULL
"""


def check(year: Year, moment: datetime) -> None:
    """Hold the tables against what the year remembers."""
    since = retained_since(moment)
    if not StatisticsDue.objects.exists():
        found, wanted = statistics_rows(since), year.cells(since, hourly_since(moment))
        assert found == wanted, sorted(set(found.items()) ^ set(wanted.items()))
    assert number_of(IN_BOTH) == 0
    assert Unlock.objects.count() + ArchivedUnlock.objects.count() == len(year.unlocks)
    earned = {(row.player_id, row.achievement_id): row.unlocked_at for row in EarnedUnlock.objects.all()}
    assert earned == {key: at for key, (_, at, _) in year.unlocks.items()}


def check_partitions(moment: datetime) -> None:
    """Hold each table's partitions against the plan: as many months as are retained, this one and three more."""
    last = month_before(moment.date(), -3)
    for table, retention_months in ((PLAYER_STATISTICS, 12), (RANK_HISTORY, 3)):
        first = month_before((moment - DAY).date(), retention_months)
        wanted = [table.partition_of(month) for month in months_from(first, 20) if month <= last]
        assert existing_partitions(table) == wanted


@pytest.mark.full
def test_a_year_of_jobs_keeps_every_sum(boards: None) -> None:
    with time_machine.travel(START, tick=False) as clock:
        year = make_year(7)
        leaving, staying = year.players[:3], year.players[3:]
        for number in range(0, 480, 16):
            moment = START + DAY * number
            clock.move_to(moment)
            year.play(moment, staying if number > 60 else year.players, unlocks=1)
            if number % 48 == 0:
                year.revoke_one()
            run_jobs(moment)
            check(year, moment)
            check_partitions(moment)

        # Whoever of them has something left that was not revoked.
        leavers = {player_id for player_id, _ in year.unlocks} & {player.id for player in leaving}
        assert {row.player_id for row in ArchivedUnlock.objects.all()} == leavers != set()
        assert not PlayerStatistics.objects.filter(is_daily=False, recorded_at__lt=hourly_since(moment)).exists()
        with connection.cursor() as cursor:
            cursor.execute(
                GAMES_DAILY, [moment.replace(hour=0, minute=0), retained_since(moment), retained_since(moment)]
            )
            assert cursor.fetchone() == (0,)
        year.play(moment, leaving, unlocks=2)

        assert not ArchivedUnlock.objects.exists()
        run_jobs(moment + DAY)
        check(year, moment + DAY)


def test_rolling_up_killed_at_every_statement_keeps_every_sum(boards: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # Three hours a chunk, so that kills fall between chunks as well.
    monkeypatch.setattr(hours_to_days, "roll_up", partial(hours_to_days.roll_up, limit=3))
    with time_machine.travel(START, tick=False) as clock:
        year = make_year(11)
        year.play(START, year.players, unlocks=4)
        run_jobs(START)
        later = START + 33 * DAY
        clock.move_to(later)
        before = days_of(year.cells(retained_since(later), START - DAY * 400))

        kills = [
            days_of(statistics_rows(retained_since(later))) == before for _ in kills_of("roll_up_statistics", later)
        ]

        assert len(kills) > 10
        assert all(kills)
        assert statistics_rows(retained_since(later)) == year.cells(retained_since(later), hourly_since(later))
        assert JobSlot.objects.filter(job="roll_up_statistics").latest("slot").state == "done"


def test_days_that_do_not_add_up_to_their_hours_are_not_stored(boards: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(START, tick=False) as clock:
        year = make_year(23)
        year.play(START, year.players, unlocks=2)
        run_jobs(START)
        later = START + 33 * DAY
        clock.move_to(later)
        before = statistics_rows(retained_since(later))
        wrong = hours_to_days._statement().replace("sum(points),", "sum(points) + 1,", 1)
        monkeypatch.setattr(hours_to_days, "_statement", lambda: wrong)

        with pytest.raises(hours_to_days.UnequalSumsError):
            run_jobs(later, "roll_up_statistics")

        assert statistics_rows(retained_since(later)) == before
        assert JobSlot.objects.filter(job="roll_up_statistics").latest("slot").state == "running"


def test_archiving_killed_at_every_statement_loses_and_doubles_nothing(
    boards: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PLAYERS_AT_ONCE", 3)
    monkeypatch.setattr(retention, "MOVED_AT_ONCE", 2)
    with time_machine.travel(START, tick=False) as clock:
        year = make_year(13)
        year.play(START, year.players, unlocks=3)
        for days in (370, 371):
            moment = START + days * DAY
            clock.move_to(moment)
            for _ in kills_of("archive_unlocks", moment):
                check(year, moment)

        assert Unlock.objects.count() == 0
        assert ArchivedUnlock.objects.count() == len(year.unlocks)


def test_any_job_killed_at_any_statement_leaves_what_a_whole_run_leaves(boards: None) -> None:
    with time_machine.travel(START, tick=False) as clock:
        year = make_year(19)
        year.play(START, year.players, unlocks=4)
        run_jobs(START)
        later = START + 33 * DAY
        clock.move_to(later)
        year.play(later, year.players[:6], unlocks=3)

        for job in all_jobs():
            for _ in kills_of(job.name, later):
                pass
        left = contents()
        JobSlot.objects.all().delete()
        run_jobs(later)

        assert contents() == left
        assert [name for name, rows in left.items() if not rows] == ["unlock_archive"]
        check(year, later)
        check_partitions(later)
        assert number_of(WRONG_PLACES) == 0


def test_a_dry_run_of_any_job_changes_nothing(boards: None) -> None:
    with time_machine.travel(START, tick=False) as clock:
        year = make_year(29)
        year.play(START, year.players, unlocks=4)
        run_jobs(START)
        later = START + 370 * DAY
        clock.move_to(later)
        run_jobs(later, "make_partitions")
        year.play(later, year.players[:4], unlocks=2)
        before, slots = contents(), list(JobSlot.objects.order_by("job", "slot").values())
        months = [existing_partitions(table) for table in monthly_tables()]
        output = StringIO()

        call_command("run_jobs", "--dry-run", stdout=output)

        assert contents() == before
        assert list(JobSlot.objects.order_by("job", "slot").values()) == slots
        assert [existing_partitions(table) for table in monthly_tables()] == months
        summaries = dict(line.split(": ", 1) for line in output.getvalue().splitlines())
        assert summaries["archive_unlocks"] == "players looked at 8, players marked 4"
        assert summaries["drop_partitions"] != "nothing to do"
        assert summaries["roll_up_statistics"].startswith("hours ")
        assert summaries["trim_standings"].startswith("standings ")


def test_filling_killed_at_every_statement_computes_each_slot_once(
    boards: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduled, "fill_due", partial(scheduled.fill_due, limit=4))
    with time_machine.travel(START, tick=False):
        year = make_year(17)
        year.play(START, year.players, unlocks=3)

        for _ in kills_of("fill_player_statistics", START):
            pass

        assert not StatisticsDue.objects.exists()
        check(year, START)
