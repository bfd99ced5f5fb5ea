"""Plans of filling statistics: they read the months they are about and no others."""

from datetime import UTC, datetime

from apps.analytics.rollups.partitions import PLAYER_STATISTICS
from apps.analytics.rollups.player_statistics import fill_due, mark_due
from apps.analytics.statistics import definitions
from apps.core.clock import now
from apps.core.database.partitions import month_before
from apps.core.ids import new_id
from tests.budgets.conftest import MONTHS, Plans


def test_statistics_of_games_are_made_of_the_slots_month_alone(months: None, plans: Plans) -> None:
    month = month_before(now().date(), 2)
    slot = datetime(month.year, month.month, 15, tzinfo=UTC)

    found = plans(lambda: [definitions.fill(statistic, slot) for statistic in definitions.STATISTICS])

    assert len(found) == 2 * len(definitions.STATISTICS)
    assert {name for plan in found for name in MONTHS.findall(plan)} == {PLAYER_STATISTICS.partition_of(month)}


def test_filling_reads_no_month_before_what_is_due(months: None, plans: Plans) -> None:
    first = month_before(now().date(), 2)
    mark_due([(new_id(), new_id(), datetime(first.year, first.month, 15, tzinfo=UTC))])

    found = plans(lambda: fill_due(now()))

    touched = {name for plan in found for name in MONTHS.findall(plan)}
    assert min(touched) == PLAYER_STATISTICS.partition_of(first)
