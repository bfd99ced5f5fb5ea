"""A year passes: every job at its time, killed at every statement that counts, and nothing is ever lost or doubled."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from apps.analytics.filling import hourly_since, kept_since
from apps.analytics.models import PlayerStatistics, StatisticsDue
from apps.analytics.partitions import PLAYER_STATISTICS
from apps.core.models import JobSlot
from apps.core.partitions import existing_partitions, month_before, months_from
from apps.unlocks.models import ArchivedUnlock, EarnedUnlock, Unlock
from tests.analytics.year import Year, kills_of, make_year, number_of, run_jobs, statistics_rows

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("months"),
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

START = datetime.now(UTC).replace(hour=9, minute=20, second=0, microsecond=0)
DAY = timedelta(days=1)
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


def check(year: Year, moment: datetime) -> None:
    """Hold the tables against what the year remembers."""
    since = kept_since(moment)
    if not StatisticsDue.objects.exists():
        assert statistics_rows(since) == year.cells(since, hourly_since(moment))
    assert number_of(IN_BOTH) == 0
    assert Unlock.objects.count() + ArchivedUnlock.objects.count() == len(year.unlocks)
    earned = {(row.player_id, row.achievement_id): row.unlocked_at for row in EarnedUnlock.objects.all()}
    assert earned == {key: at for key, (_, at, _) in year.unlocks.items()}


def check_partitions(moment: datetime) -> None:
    first = month_before(moment.date(), PLAYER_STATISTICS.months_kept)
    wanted = [PLAYER_STATISTICS.partition_of(month) for month in months_from(first, 12 + 1 + 3)]
    assert existing_partitions(PLAYER_STATISTICS) == wanted


def test_a_year_of_jobs_keeps_every_sum(boards: None) -> None:
    with time_machine.travel(START, tick=False) as clock:
        year = make_year(7)
        leaving, staying = year.players[:3], year.players[3:]
        for number in range(0, 480, 8):
            moment = START + DAY * number
            clock.move_to(moment)
            year.play(moment, staying if number > 60 else year.players, unlocks=1)
            if number % 48 == 0:
                year.revoke_one()
            run_jobs(moment)
            check(year, moment)
            check_partitions(moment)

        assert {row.player_id for row in ArchivedUnlock.objects.all()} == {player.id for player in leaving}
        assert not PlayerStatistics.objects.filter(is_daily=False, recorded_at__lt=hourly_since(moment)).exists()
        with connection.cursor() as cursor:
            cursor.execute(GAMES_DAILY, [moment.replace(hour=0, minute=0), kept_since(moment), kept_since(moment)])
            assert cursor.fetchone() == (0,)
        year.play(moment, leaving, unlocks=2)

        assert not ArchivedUnlock.objects.exists()
        run_jobs(moment + DAY)
        check(year, moment)


def test_rolling_up_killed_at_every_statement_keeps_every_sum(boards: None) -> None:
    with time_machine.travel(START, tick=False) as clock:
        year = make_year(11)
        year.play(START, year.players, unlocks=4)
        run_jobs(START)
        later = START + 33 * DAY
        clock.move_to(later)
        before = year.cells(kept_since(later), START - DAY * 400)

        for _ in kills_of("roll_up_statistics", later):
            rows = statistics_rows(kept_since(later))
            assert [sum(row[i] for row in rows.values()) for i in range(3)] == [
                sum(row[i] for row in before.values()) for i in range(3)
            ]

        assert statistics_rows(kept_since(later)) == year.cells(kept_since(later), hourly_since(later))
        assert JobSlot.objects.filter(job="roll_up_statistics").latest("slot").state == "done"


def test_archiving_killed_at_every_statement_loses_and_doubles_nothing(boards: None) -> None:
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


def test_filling_killed_at_every_statement_computes_each_slot_once(boards: None) -> None:
    with time_machine.travel(START, tick=False):
        year = make_year(17)
        year.play(START, year.players, unlocks=3)

        for _ in kills_of("fill_player_statistics", START):
            pass

        assert not StatisticsDue.objects.exists()
        check(year, START)
