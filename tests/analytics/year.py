"""A small world that plays for a year, remembered in plain Python, to hold everything that was computed against."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from django.db import connection

from apps.analytics.play_time.sessions import add_play_time
from apps.core.background import scheduled_jobs
from apps.core.background.relay import run_steps_until_empty
from apps.core.models import JobSlot
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from apps.unlocks.revocations import revoke_unlocks
from tests.factories import make_achievement, make_game, make_player

Cell = tuple[UUID, UUID, datetime]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
WRITTEN = (
    *("player_statistics", "game_statistic", "achievement_completion", "completion_history", "play_session"),
    *("achievement_counter", "game_counter", "standing", "closed_window", "final_place", "rank_history"),
    *("unlock", "unlock_archive", "notification"),
)


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


@dataclass
class Year:
    """Players, games, and what has happened so far."""

    random: Random
    players: list[Player]
    games: list[Game]
    achievements: dict[UUID, list[Achievement]]
    unlocks: dict[tuple[UUID, UUID], tuple[UUID, datetime, int]] = field(default_factory=dict)
    sessions: list[tuple[UUID, UUID, datetime, int]] = field(default_factory=list)

    def play(self, moment: datetime, players: list[Player], *, unlocks: int) -> None:
        """Have each of the players earn, and play a little, at times of the last two weeks."""
        for player in players:
            for _ in range(unlocks):
                self._play_once(moment, player)
        run_steps_until_empty()

    def _play_once(self, moment: datetime, player: Player) -> None:
        game = self.random.choice(self.games)
        achievement = self.random.choice(self.achievements[game.id])
        at = moment - timedelta(minutes=self.random.choice([1, 30, 600, 5000, 20000]))
        (outcome,) = record_unlocks(reports=[Report(game.id, player.id, achievement.id, None, at)])
        if outcome.is_new:
            self.unlocks[player.id, achievement.id] = (game.id, at, achievement.points)
        else:
            assert outcome.unlocked_at == self.unlocks[player.id, achievement.id][1]
        seconds, ended = self.random.randrange(60, 7200), moment - timedelta(minutes=self.random.randrange(20000))
        session = f"s{len(self.sessions)}"
        add_play_time(player_id=player.id, game_id=game.id, session_id=session, seconds=seconds, ended_at=ended)
        self.sessions.append((player.id, game.id, ended, seconds))

    def revoke_one(self) -> None:
        (player_id, achievement_id), (game_id, _, _) = self.random.choice(sorted(self.unlocks.items()))
        game = next(game for game in self.games if game.id == game_id)
        revoke_unlocks(game=game, player_id=player_id, achievement_id=achievement_id, reason="", revoked_by="key:1")
        del self.unlocks[player_id, achievement_id]
        run_steps_until_empty()

    def cells(self, since: datetime, hourly_since: datetime) -> dict[Cell, tuple[int, int, int]]:
        """Return (seconds, unlocks, points) of every player, game and slot that statistics must have."""
        cells: dict[Cell, list[int]] = defaultdict(lambda: [0, 0, 0])
        happened = [(player, game, at, (0, 1, points)) for (player, _), (game, at, points) in self.unlocks.items()]
        happened += [(player, game, at, (seconds, 0, 0)) for player, game, at, seconds in self.sessions]
        for player, game, at, numbers in happened:
            hour = at.replace(minute=0, second=0, microsecond=0)
            slot = hour if at >= hourly_since else hour.replace(hour=0)
            if slot >= since:
                cells[player, game, slot] = [a + b for a, b in zip(cells[player, game, slot], numbers, strict=True)]
        return {cell: (numbers[0], numbers[1], numbers[2]) for cell, numbers in cells.items()}


def make_year(seed: int, *, players: int = 8) -> Year:
    games = [make_game(), make_game()]
    achievements = {
        game.id: [make_achievement(game, points=points) for points in (5, 10, 20, 40, 50, 60)] for game in games
    }
    return Year(Random(seed), [make_player() for _ in range(players)], games, achievements)


def run_jobs(moment: datetime, *names: str) -> None:
    """Run the named jobs, or all, as if beat had looked at them at the moment."""
    for job in scheduled_jobs.all_jobs():
        if not names or job.name in names:
            assert scheduled_jobs.run_due(job, moment=moment, seconds=60)


def kills_of(name: str, moment: datetime) -> Iterator[int]:
    """Run a job, killed before its first statement, then before its second, ...; yield after each kill, until none."""
    number, is_killed = 0, True
    while is_killed:
        is_killed = _run_killed(name, moment, number)
        JobSlot.objects.update(lease_until=LONG_AGO)
        yield number
        number += 1


def _run_killed(name: str, moment: datetime, number: int) -> bool:
    seen = 0

    def kill(execute: object, *arguments: object) -> object:
        nonlocal seen
        if seen == number:
            raise Killed
        seen += 1
        return execute(*arguments)  # type: ignore[operator]

    try:
        with connection.execute_wrapper(kill):
            scheduled_jobs.run_due(scheduled_jobs.find_job(name), moment=moment, seconds=60)
    except Killed:
        return True
    return False


def statistics_rows(since: datetime) -> dict[Cell, tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT player_id, game_id, recorded_at, playtime_seconds, unlock_count, points FROM player_statistics "
            "WHERE recorded_at >= %s",
            [since],
        )
        return {(row[0], row[1], row[2]): row[3:] for row in cursor.fetchall()}


def days_of(rows: dict[Cell, tuple[int, int, int]]) -> dict[Cell, tuple[int, int, int]]:
    """Return what hours and days add up to, day by day."""
    days: dict[Cell, list[int]] = defaultdict(lambda: [0, 0, 0])
    for (player, game, at), numbers in rows.items():
        day = (player, game, at.replace(hour=0))
        days[day] = [a + b for a, b in zip(days[day], numbers, strict=True)]
    return {cell: (numbers[0], numbers[1], numbers[2]) for cell, numbers in days.items()}


def contents() -> dict[str, list[str]]:
    """Return every row that scheduled work writes, moves or drops, table by table."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in WRITTEN:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = [text for (text,) in cursor.fetchall()]
    return found


def number_of(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])
