"""What unlocks come to in standings when they are added together."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core.ids import new_id
from apps.games.models import Game
from apps.leaderboards.boards.windows import retained_bounds
from apps.leaderboards.models import Standing
from apps.leaderboards.standings.standing_changes import Concern, Sum, Unlocked, add_unlocks, columns_of, sums_of
from apps.players.models import Player
from apps.unlocks.models import Source

# 35 days after a Sunday that begins a month: the oldest week began in the month before.
SUNDAY = datetime(2026, 12, 6, 12, tzinfo=UTC)
# The oldest month began before the oldest week.
FRIDAY = datetime(2026, 12, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize("moment", [SUNDAY, FRIDAY])
def test_unlocks_added_together_come_to_the_sums_of_single_ones(
    game: Game, alice: Player, bob: Player, moment: datetime
) -> None:
    bounds = [datetime.combine(day, datetime.min.time(), UTC) for day in retained_bounds(moment).values()]
    around = [at + timedelta(microseconds=step) for at in bounds for step in (-1, 0, 1)]
    times = [datetime(2012, 5, 1, tzinfo=UTC), datetime(2013, 5, 1, tzinfo=UTC), *around, moment]
    # Bob's first gave him all his points.
    points_of = {alice.id: [10, 25] * len(times), bob.id: [40, *[0] * len(times)]}
    unlocks = [
        Unlocked(player_id, game.id, points, at, source, new_id())
        for player_id, values in points_of.items()
        for at, points in zip(times, values, strict=False)
        for source in (Source.IMPORT, Source.CLIENT)
    ]

    add_unlocks(columns_of(unlocks), Concern(moment))

    rows = Standing.objects.values_list(*(name for name in Sum._fields if name != "is_counted"))
    assert sorted(rows) == sorted(item[:-1] for item in sums_of(unlocks, Concern(moment)))
    assert Standing.objects.get(player=bob, scope_id=game.id, window="all").reached_at == times[0]
