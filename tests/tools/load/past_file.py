"""A file of a simulated game's past, as manage.py import_unlocks reads it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

# A game that came out this long ago, still played.
YEARS = 6


def write_past(file: Path, *, unlocks: int, players: int, achievements: int, seed: int = 1) -> None:
    """Write a CSV of so many unlocks, each of another player and achievement, in the order in which they were earned.

    Players have external ids past-0, past-1, ...; achievements keys ACH_1, ACH_2, ...; the last were earned today.
    """
    random = Random(seed)
    per_player, rest = divmod(unlocks, players)
    moment, span = datetime.now(UTC).replace(microsecond=0), timedelta(days=365 * YEARS).total_seconds()
    rows = [
        (random.random() ** 2, player, achievement)
        for player in range(players)
        for achievement in random.sample(range(1, achievements + 1), per_player + (player < rest))
    ]
    rows.sort(reverse=True)
    with file.open("w") as out:
        out.write("external_id,achievement_id,unlocked_at\n")
        for age, player, achievement in rows:
            earned = moment - timedelta(seconds=int(age * span))
            out.write(f"past-{player},ACH_{achievement},{earned.isoformat()}\n")
