"""Whatever happens in whatever order, boards, counters and rarity are what the ledger says.

A state machine over Laurel's own processes. LAUREL_TEST_UNLOCKS says how many unlocks are there at the start (5,000).
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from redis import Redis

from apps.analytics.counters.completion_rates import refresh_completion_rates
from apps.core.background.outbox import record
from apps.core.clock import now
from apps.games.models import Achievement, Game
from apps.leaderboards.sorted_sets import state
from apps.leaderboards.sorted_sets.board_sets import BUILT_KEY
from apps.players.actions import edit_player
from apps.players.events import PlayersMerged
from apps.players.models import Player, Region
from apps.unlocks import archive
from apps.unlocks.actions import record_unlocks
from apps.unlocks.imports.past_unlocks import PastReport
from apps.unlocks.imports.runs import ImportBusyError, begin_import, import_unlocks
from apps.unlocks.models import Revocation
from apps.unlocks.reports import Report
from apps.unlocks.revocations import (
    AlreadyRestoredError,
    NothingToRevokeError,
    RevocationUnderWayError,
    UnlocksRevokedError,
    restore_revocation,
    revoke_unlocks,
)
from tests.factories import make_achievement, make_game, make_player
from tests.live import is_outbox_empty, wait_until
from tests.recompute import differences
from tests.supervised import Stack

UNLOCKS = int(os.environ.get("LAUREL_TEST_UNLOCKS", "5000"))
# Each check recomputes everything from the ledger: a million unlocks took over half an hour on two busy cores.
SECONDS_MAX = 1800 if UNLOCKS <= 100_000 else 4 * 3600
pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS_MAX)]

GAMES, ACHIEVEMENTS = 2, 20
SHARES = """
SELECT a.id, c.share, CASE WHEN g.players >= 20 THEN least(coalesce(u.held, 0)::float8 / g.players, 1) END
FROM achievement a
JOIN achievement_completion c ON c.achievement_id = a.id
LEFT JOIN (SELECT achievement_id, count(*) AS held FROM unlock_ever GROUP BY 1) u ON u.achievement_id = a.id
LEFT JOIN (SELECT game_id, count(DISTINCT player_id) AS players FROM unlock_ever GROUP BY 1) g ON g.game_id = a.game_id
"""
IN_BOTH = "SELECT count(*) FROM unlock JOIN unlock_archive USING (player_id, achievement_id)"


class Place:
    """Players and games on a live stack, with a history."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.games = [make_game(has_modes=True) for _ in range(GAMES)]
        self.achievements = [
            # Every third gives no points.
            make_achievement(game, points=number if number % 3 else 0)
            for game in self.games
            for number in range(ACHIEVEMENTS)
        ]
        count = max(30, UNLOCKS // (GAMES * ACHIEVEMENTS // 2))
        self.players = [make_player(region=Region.values[number % 7]) for number in range(count)]
        self._fill(Random(4))
        self.settle()

    def _fill(self, random: Random) -> None:
        reports = [
            Report(achievement.game_id, player.id, achievement.id, None, None)
            for player in self.players
            for achievement in random.sample(self.achievements, len(self.achievements) // 2)
        ]
        for start in range(0, len(reports), 1000):
            record_unlocks(reports=reports[start : start + 1000])

    def settle(self) -> None:
        """Wait until the relay has carried everything out, and the boards are there."""
        # On two cores that five others use it takes some 500 unlocks a second.
        wait_until(lambda: is_outbox_empty(self.stack), "the relay to come to its end", seconds=900 + UNLOCKS / 500)
        # A rebuild reads some 10,000 standings a second beside everything else, and an unlock has about three.
        wait_until(self._has_boards, "the boards to be there", seconds=120 + UNLOCKS / 2_000)

    def _has_boards(self) -> bool:
        current = state.read_state()
        with Redis.from_url(self.stack.redis_url) as client:
            return bool(client.exists(BUILT_KEY)) and not current.is_stale and current.rebuild_id is None


def run_machine(  # noqa: C901 - one class of many small rules
    place: Place, check: Callable[[], None], *, steps: int, examples: int
) -> None:
    players = st.sampled_from(place.players[:30])
    achievements = st.sampled_from(place.achievements)

    class Machine(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.is_checked = True

        @rule(player=players, achievement=achievements)
        def unlock(self, player: Player, achievement: Achievement) -> None:
            record_unlocks(reports=[Report(achievement.game_id, player.id, achievement.id, None, None)])
            self.is_checked = False

        @rule(player=players, achievement=achievements, days=st.integers(0, 13))
        def earn_hardcore(self, player: Player, achievement: Achievement, days: int) -> None:
            at = now() - timedelta(days=days)
            report = Report(achievement.game_id, player.id, achievement.id, None, at, is_hardcore=True)
            record_unlocks(reports=[report])
            self.is_checked = False

        @rule(player=players, achievement=achievements, days=st.integers(0, 900))
        def bring_past(self, player: Player, achievement: Achievement, days: int) -> None:
            begun = begin_import(game=achievement.game, expected_count=1, name="", created_by="machine")
            past = PastReport(player.id, achievement.id, now() - timedelta(days=days))
            with suppress(ImportBusyError):
                import_unlocks(import_id=begun.id, game=achievement.game, unlocks=[past])
            self.is_checked = False

        @rule(player=players)
        def revoke_a_players_mode(self, player: Player) -> None:
            self._revoke(place.games[0], player_id=player.id, achievement_id=None, is_hardcore_only=True)

        @rule(player=players)
        def revoke_a_players(self, player: Player) -> None:
            self._revoke(place.games[0], player_id=player.id, achievement_id=None)

        @rule(achievement=achievements)
        def revoke_an_achievement(self, achievement: Achievement) -> None:
            self._revoke(achievement.game, player_id=None, achievement_id=achievement.id)

        def _revoke(self, game: Game, **what: Any) -> None:
            try:
                revoke_unlocks(game=game, reason="", revoked_by="key:1", **what)
            except NothingToRevokeError:
                return
            self.is_checked = False

        @rule(number=st.integers(0, 5))
        def restore(self, number: int) -> None:
            found = list(Revocation.objects.filter(game__in=place.games).order_by("-id")[number : number + 1])
            for revocation in found:
                try:
                    restore_revocation(revocation_id=revocation.id, game=revocation.game, restored_by="key:1")
                except (AlreadyRestoredError, RevocationUnderWayError, UnlocksRevokedError):
                    continue
                self.is_checked = False

        @rule(player=players, region=st.sampled_from(Region.values))
        def change_region(self, player: Player, region: str) -> None:
            edit_player(player_id=player.id, region=region)
            self.is_checked = False

        @rule(players=st.lists(players, min_size=1, max_size=5, unique=True))
        def archive(self, players: list[Player]) -> None:
            archive.mark_inactive([player.id for player in players], now())
            archive.move_settled(now() + 2 * archive.SETTLED_AFTER, players_max=100)
            self.is_checked = False

        @rule()
        def flush_redis(self) -> None:
            with Redis.from_url(place.stack.redis_url) as client:
                client.flushdb()
            self.is_checked = False

        @precondition(lambda self: not self.is_checked)
        @rule()
        def check(self) -> None:
            check()
            self.is_checked = True

        def teardown(self) -> None:
            check()

    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck),
        derandomize=True, database=None, phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(Machine, settings=chosen)


def test_whatever_happens_everything_follows_from_the_ledger(live_orm: Stack) -> None:
    recorded_since = datetime.now(UTC)
    place = Place(live_orm)

    def check() -> None:
        place.settle()
        found = differences(live_orm.database_url, live_orm.redis_url, recorded_since=recorded_since)
        assert found == []
        refresh_completion_rates()
        with connection.cursor() as cursor:
            cursor.execute(SHARES)
            assert [row for row in cursor.fetchall() if row[1] != row[2]] == []
            cursor.execute(IN_BOTH)
            assert cursor.fetchone() == (0,)

    check()
    run_machine(place, check, steps=12, examples=6)


def test_a_merged_player_who_was_archived_brings_everything_along(live_orm: Stack) -> None:
    game = make_game()
    first, second = make_achievement(game), make_achievement(game)
    old, new = make_player(), make_player()
    recorded_since = datetime.now(UTC)
    record_unlocks(reports=[Report(game.id, old.id, item.id, None, None) for item in (first, second)])
    record_unlocks(reports=[Report(game.id, new.id, first.id, None, None)])
    wait_until(lambda: is_outbox_empty(live_orm), "the relay to come to its end")
    archive.mark_inactive([old.id], now())
    archive.move_settled(now() + 2 * archive.SETTLED_AFTER, players_max=10)

    with transaction.atomic():
        Player.objects.filter(pk=old.pk).update(merged_into=new, merged_at=now())
        record([PlayersMerged(old.id, new.id)])
    wait_until(lambda: is_outbox_empty(live_orm), "the relay to come to its end")

    assert differences(live_orm.database_url, live_orm.redis_url, recorded_since=recorded_since) == []
