"""Partitions by month: made ahead, missed in time, dropped whole, and never a default one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import checks
from django.db import IntegrityError, OperationalError, connection
from django.test import Client

from apps.analytics.models import PlayerStatistics
from apps.analytics.rollups.partitions import PLAYER_STATISTICS
from apps.core.background.scheduled_jobs import find_job, run_due
from apps.core.clock import now
from apps.core.database.partitions import (
    drop_partition,
    existing_partitions,
    make_partitions,
    make_partitions_ahead,
    missing_partitions,
    month_before,
    months_from,
    old_partitions,
)
from apps.core.ids import new_id
from apps.leaderboards.standings.rank_history import RANK_HISTORY, RETENTION_DAYS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("months")]


def next_month() -> str:
    return PLAYER_STATISTICS.partition_of(month_before(now().date(), -1))


def make_month(month: date) -> str:
    make_partitions(PLAYER_STATISTICS, iter([month]))
    return PLAYER_STATISTICS.partition_of(month)


def number_of_pending() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhdetachpending")
        return int(cursor.fetchone()[0])


def row(at: datetime) -> PlayerStatistics:
    numbers = {"playtime_seconds": 1, "unlock_count": 1, "points": 1, "achievement_count": 1}
    return PlayerStatistics(
        player_id=new_id(), game_id=new_id(), recorded_at=at, completion_percentage=1, is_daily=False, **numbers
    )


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 24), 0, date(2026, 11, 1)),
        (date(2026, 1, 31), 1, date(2025, 12, 1)),
        (date(2026, 11, 24), 12, date(2025, 11, 1)),
        (date(2026, 12, 31), -1, date(2027, 1, 1)),
    ],
)
def test_months_are_counted_over_the_turn_of_the_year(day: date, months: int, expected: date) -> None:
    assert month_before(day, months) == expected


def test_months_go_on_over_the_turn_of_the_year() -> None:
    assert list(months_from(date(2026, 11, 24), 3)) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


def test_a_missing_partition_is_found_by_the_check_and_by_health_and_made_again(client: Client) -> None:
    assert checks.run_checks(tags=["database"], databases=["default"]) == []
    drop_partition(PLAYER_STATISTICS, next_month())

    (found,) = checks.run_checks(tags=["database"], databases=["default"])
    health = {check["name"]: check["status"] for check in client.get("/health/").json()["checks"]}

    assert (found.id, next_month() in found.msg) == ("laurel.E001", True)
    assert health["partitions"] == "degraded"
    assert missing_partitions(PLAYER_STATISTICS, now()) == [next_month()]
    run_due(find_job("make_partitions"))
    assert missing_partitions(PLAYER_STATISTICS, now()) == []
    assert make_partitions_ahead(PLAYER_STATISTICS, now()) == 0


def test_a_row_of_a_month_without_partition_is_refused() -> None:
    with pytest.raises(IntegrityError, match="no partition"):
        row(now() + timedelta(days=200)).save(force_insert=True)

    row(now()).save(force_insert=True)
    assert PlayerStatistics.objects.count() == 1


def test_a_dropping_that_was_interrupted_is_finished_by_the_next_run() -> None:
    old = make_month(date(2020, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE player_statistics DETACH PARTITION {old}")

    run_due(find_job("drop_partitions"))

    assert old not in connection.introspection.table_names()


def test_a_detaching_that_was_interrupted_is_finished_by_the_next_run() -> None:
    old = make_month(date(2020, 1, 1))
    reading = connection.copy()
    with reading.cursor() as reader, connection.cursor() as cursor:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM player_statistics")
        cursor.execute("SET statement_timeout = '200ms'")
        with pytest.raises(OperationalError, match="statement timeout"):
            drop_partition(PLAYER_STATISTICS, old)
        cursor.execute("RESET statement_timeout")
        reader.execute("COMMIT")
    reading.close()
    assert number_of_pending() == 1

    run_due(find_job("drop_partitions"))

    assert number_of_pending() == 0
    assert old not in connection.introspection.table_names()


def test_ranks_of_ninety_days_are_there_on_any_day_of_the_year() -> None:
    make_partitions(RANK_HISTORY, months_from(date(2026, 9, 1), 18))

    for number in range(400):
        moment = datetime(2026, 12, 15, 1, tzinfo=UTC) + timedelta(days=number)
        oldest = RANK_HISTORY.partition_of((moment - timedelta(days=RETENTION_DAYS)).date())
        assert oldest not in old_partitions(RANK_HISTORY, moment), moment


def test_old_months_go_while_the_table_is_read() -> None:
    old = make_month(date(2020, 1, 1))
    row(datetime(2020, 1, 15, tzinfo=UTC)).save(force_insert=True)
    row(now()).save(force_insert=True)

    run_due(find_job("drop_partitions"))

    assert old not in existing_partitions(PLAYER_STATISTICS)
    assert [item.recorded_at.year for item in PlayerStatistics.objects.all()] == [now().year]
