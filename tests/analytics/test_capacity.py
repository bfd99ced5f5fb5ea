"""What a year takes, computed from rows measured here."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.analytics import capacity
from apps.core.redis import client as redis
from tests.supervised import CHECKOUT

pytestmark = pytest.mark.django_db


def test_rows_are_measured_and_nothing_is_left() -> None:
    costs = capacity.measure()

    assert set(costs) == {*("unlock", "standing", "player_statistics", "notification", "rank_history", "play_session")}
    # Eight columns and three indexes: no row can be smaller than its own bytes, nor ten times as large.
    assert 72 < costs["unlock"].row_bytes < 720
    assert costs["unlock"].wal_bytes > 72
    assert [name for name in connection.introspection.table_names() if name.startswith("capacity")] == []


def test_what_others_write_meanwhile_is_not_taken_for_the_rows_own_log() -> None:
    alone = capacity.measure()["unlock"].wal_bytes

    with writing_much():
        beside = capacity.measure()["unlock"].wal_bytes

    assert beside == pytest.approx(alone, rel=0.1)


@contextmanager
def writing_much() -> Iterator[None]:
    """Fill the log from another session, from before what runs inside until after it."""
    begun, ended = threading.Event(), threading.Event()

    def write() -> None:
        with connection.cursor() as cursor:
            while not ended.is_set():
                cursor.execute("SELECT pg_logical_emit_message(false, 'noise', repeat('x', 1000000))")
                begun.set()
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert begun.wait(5)
        yield
    finally:
        ended.set()
        thread.join()


def test_an_entry_is_measured_and_nothing_is_left() -> None:
    assert 24 < capacity.measure_entry() < 240
    assert redis.client().dbsize() == 0


def test_the_years_numbers_are_those_of_the_assumptions() -> None:
    plan = capacity.Plan(players=1_000_000, games=50)

    assert (plan.unlocks, plan.standings) == (2_500_000_000, 51_000_000)
    assert capacity.Plan(players=10, games=1, achievements=5).unlocks == 50
    lines = {
        line.name: line for line in capacity.lines_of(plan, dict.fromkeys(capacity.measure(), capacity.Cost(1, 1)))
    }
    assert lines["unlock"].rows == 2_500_000_000
    assert lines["standing"].wal_bytes == 8 * plan.unlocks
    # Each unlock, and ten notices of friends on each of 120 days; half a year of them is retained.
    assert lines["notification"].wal_bytes == 2_500_000_000 + 1_200_000_000
    assert lines["notification"].rows == 3_700_000_000 * 180 // 365
    assert capacity.cores_of(1000)["web"] == pytest.approx(1000 * 104e-6 / 0.6)
    hours = capacity.job_hours_of(plan)
    assert hours["keep_ranks"] == pytest.approx(51_000_000 * 14e-6 / 3600)
    assert hours["reconcile_boards"] == pytest.approx(2_500_000_000 * 17e-6 / 3600)
    assert [capacity.children_for(number) for number in (0, 14, 15, 30)] == [1, 1, 2, 3]


def test_the_year_written_down_is_the_one_that_the_command_computes() -> None:
    output = StringIO()
    call_command("capacity", stdout=output)

    documented, printed = (
        figures((CHECKOUT / "docs" / "measurements.md").read_text(), r" \| "),
        figures(output.getvalue(), r"\s{2,}"),
    )

    assert list(documented) == list(printed)
    for table, (row_bytes, rows, size, log) in documented.items():
        assert rows == printed[table][1], table
        # Another PostgreSQL takes a little more or less.
        assert (row_bytes, size, log) == pytest.approx((printed[table][0], *printed[table][2:]), rel=0.1), table


def figures(text: str, between: str) -> dict[str, tuple[float, ...]]:
    """Return bytes a row, rows, size and log a year by table, as they stand in lines of `text`."""
    cells = between.join([r"(\w+?)", r"([\d,]+)", r"([\d,]+)", r"([\d.]+ \wB)", r"([\d.]+ \wB)"])
    rows = rf"^(?:\| )?{cells}"
    return {name: tuple(map(number, found)) for name, *found in re.findall(rows, text, re.MULTILINE)}


def number(text: str) -> float:
    digits, _, unit = text.replace(",", "").partition(" ")
    return float(digits) * {"": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}[unit]


def test_the_command_prints_a_table() -> None:
    output = StringIO()

    call_command("capacity", "--players", "1000", "--games", "2", stdout=output)

    assert "A year of 1,000 players and 2 games of 100 achievements: 200,000 unlocks" in output.getvalue()
    assert "unlock " in output.getvalue()
    assert "Boards in Redis: " in output.getvalue()
    assert "Children of workers for that: 1." in output.getvalue()
    with pytest.raises(CommandError, match="at least 1"):
        call_command("capacity", "--players", "0")
