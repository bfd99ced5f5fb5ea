"""manage.py capacity: the capacity needed for a year of play."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.analytics import capacity
from apps.core.redis.client import RedisError


class Command(BaseCommand):
    help = "Compute rows, bytes, log, memory and cores of a year, from rows and entries measured on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--players", type=int, default=1_000_000, help="(1,000,000)")
        parser.add_argument("--games", type=int, default=50, help="(50)")
        parser.add_argument("--achievements", type=int, default=100, help="of each game (100)")
        parser.add_argument("--unlocks", type=int, default=2_500, help="of each player in the year (2,500)")
        parser.add_argument("--days", type=int, default=120, help="on which a player plays, two hours each (120)")

    def handle(self, *_: object, **options: Any) -> None:
        if min(options[name] for name in ("players", "games", "achievements", "unlocks", "days")) < 1:
            raise CommandError("Every number must be at least 1.")
        plan = capacity.Plan(
            players=options["players"],
            games=options["games"],
            achievements=options["achievements"],
            unlocks_per_player=options["unlocks"],
            games_per_player=options["games"],
            days_played=min(options["days"], capacity.DAYS),
        )
        costs = capacity.measure()
        try:
            entry_bytes = capacity.measure_entry()
        except RedisError as error:
            raise CommandError(f"Redis can't say what an entry takes: {error}") from error
        self._tables(plan, costs)
        self._rest(plan, entry_bytes)

    def _tables(self, plan: capacity.Plan, costs: dict[str, capacity.Cost]) -> None:
        self.stdout.write(
            f"A year of {plan.players:,} players and {plan.games:,} games of {plan.achievements:,} achievements: "
            f"{plan.unlocks:,} unlocks, {plan.unlocks_per_second:,.0f} a second on average.\n"
        )
        self.stdout.write(f"{'table':20}{'bytes a row':>12}{'rows':>18}{'size':>12}{'log a year':>12}  retention")
        lines = capacity.lines_of(plan, costs)
        for line in lines:
            self.stdout.write(
                f"{line.name:20}{costs[line.name].row_bytes:>12.0f}{line.rows:>18,}{_size(line.bytes):>12}"
                f"{_size(line.wal_bytes):>12}  {line.remark}"
            )
        total, log = sum(line.bytes for line in lines), sum(line.wal_bytes for line in lines)
        self.stdout.write(f"{'together':20}{'':>12}{'':>18}{_size(total):>12}{_size(log):>12}\n")

    def _rest(self, plan: capacity.Plan, entry_bytes: float) -> None:
        self.stdout.write(
            f"Boards in Redis: {_size(capacity.memory_of(plan, entry_bytes))}, {entry_bytes:.0f} bytes an entry.\n"
        )
        for name, rate in (
            ("on average", plan.unlocks_per_second),
            (f"in a burst of {capacity.BURST} times that", capacity.BURST * plan.unlocks_per_second),
        ):
            cores = ", ".join(f"{part} {count:.2f}" for part, count in capacity.cores_of(rate).items())
            self.stdout.write(f"Cores {name} ({rate:,.0f} unlocks a second): {cores}.")
        hours = capacity.job_hours_of(plan)
        summary = ", ".join(f"{name} {count:.1f}" for name, count in hours.items())
        self.stdout.write(
            f"Hours of scheduled work a day, at the end of the year: {summary}. "
            f"Children of workers for that: {capacity.children_for(sum(hours.values()))}."
        )
        self.stdout.write(
            "\nComputed from one-row costs, each core planned at 60 %; reads, replicas and free space come on top."
        )


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"
