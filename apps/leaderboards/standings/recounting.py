"""Counts unlocks anew under other rules: out of the standings by the old ones, into them by the new."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from apps.core.clock import now
from apps.core.database.sql import fetch_column, text_array
from apps.games.definitions import studio_players, trust_moves
from apps.games.definitions.trust_moves import RulesChange
from apps.games.models import StudioPlayer
from apps.leaderboards.boards.modes import Mode
from apps.leaderboards.boards.windows import BEGINNING
from apps.leaderboards.standings.removing_unlocks import take
from apps.leaderboards.standings.standing_changes import Concern, Unlocked, add_unlocks, columns_of, sums_of
from apps.leaderboards.standings.standing_rows import MovedStandings, PlayerStanding
from apps.leaderboards.standings.what_counts import EVER
from apps.players.actions import rulings
from apps.unlocks.events import (
    AchievementUnlocked,
    HardcoreEarned,
    HardcoreRestored,
    HardcoreRevoked,
    UnlockRestored,
    UnlockRevoked,
    UnlocksImported,
)
from apps.unlocks.models import CLIENT_SOURCES, Source

# How long a step of a change of rules aims to take: no other runs during it, and an unlock elsewhere waits for one of
# them. On a busy machine most of it are round trips and planning, whatever its players: it did 23 of them at a load of
# 15. Then its most players, and its fewest.
STEP_SECONDS = 0.2
PLAYERS_AT_ONCE, PLAYERS_MIN = 2_000, 20

# Everyone is looked at, so many at once; where that finds too few, and the game has no more players, these are read
# from its board.
FEW_PLAYERS = 5_000
LOOKED_AT_ONCE = 10_000

# What relays have counted of players' unlocks so far: the ledger as if no event were waiting.
_COUNTED = """
WITH waiting AS (
    SELECT kind, payload FROM outbox
    WHERE kind = ANY (%(kinds)s)
        AND (%(game_ids)s::text::uuid[] IS NULL OR (payload->>'game_id')::uuid = ANY (%(game_ids)s::text::uuid[]))
), known AS (
    SELECT u.player_id, u.achievement_id, u.game_id, u.points, u.unlocked_at, u.source, 1 AS weight
    {ledger}
    UNION ALL
    SELECT (payload->>'player_id')::uuid, (payload->>'achievement_id')::uuid, (payload->>'game_id')::uuid,
        (payload->>'points')::integer, (payload->>'unlocked_at')::timestamptz,
        coalesce((payload->>'source')::integer, 1),
        CASE WHEN kind IN ('unlock_revoked', 'hardcore_revoked') THEN 1 ELSE -1 END
    FROM waiting
    WHERE kind <> 'unlocks_imported' AND (payload->>'player_id')::uuid = ANY (%(player_ids)s::text::uuid[])
    UNION ALL
    SELECT i.player_id, i.achievement_id, (payload->>'game_id')::uuid, i.points, i.unlocked_at, {imported}, -1
    FROM waiting w, LATERAL unnest(
        (payload->>'player_ids')::uuid[], (payload->>'achievement_ids')::uuid[],
        (payload->>'points')::integer[], (payload->>'unlocked_ats')::timestamptz[])
        AS i (player_id, achievement_id, points, unlocked_at)
    WHERE kind = 'unlocks_imported' AND i.player_id = ANY (%(player_ids)s::text::uuid[])
)
-- Events that the ledger's statements write have microseconds, others have milliseconds.
SELECT player_id, game_id, points, max(unlocked_at), max(source), achievement_id FROM known
WHERE source = ANY (%(sources)s)
GROUP BY player_id, game_id, achievement_id, points, date_trunc('milliseconds', unlocked_at) HAVING sum(weight) > 0
"""
_LEDGERS = {
    Mode.CASUAL: """FROM unnest(%(player_ids)s::text::uuid[]) AS c (player_id)
    JOIN achievement a ON a.game_id = ANY (%(game_ids)s::text::uuid[])
    JOIN unlock_ever u ON u.player_id = c.player_id AND u.achievement_id = a.id""",
    # Far fewer than the achievements of a game.
    Mode.HARDCORE: f"{EVER[Mode.HARDCORE]} WHERE u.player_id = ANY (%(player_ids)s::text::uuid[]) "
    "AND u.game_id = ANY (%(game_ids)s::text::uuid[])",
}
_IN_GAMES = {mode: _COUNTED.format(imported=int(Source.IMPORT), ledger=ledger) for mode, ledger in _LEDGERS.items()}
_EVERYWHERE = {
    mode: _COUNTED.format(
        imported=int(Source.IMPORT), ledger=f"{ever} WHERE u.player_id = ANY (%(player_ids)s::text::uuid[])"
    )
    for mode, ever in EVER.items()
}
_KINDS = {
    Mode.CASUAL: [event.kind for event in (AchievementUnlocked, UnlockRestored, UnlockRevoked, UnlocksImported)],
    Mode.HARDCORE: [event.kind for event in (HardcoreEarned, HardcoreRestored, HardcoreRevoked)],
}
_HAS_PLAYED = f"""s.scope_id = %(game_id)s AND s."window" = 'all' AND s.opened_on = '{BEGINNING}'"""
_FEW = f"SELECT player_id FROM standing s WHERE {_HAS_PLAYED} LIMIT %(limit)s"  # noqa: S608 - put together from constants
# Looked at one by one: a join would read the whole board.
_NEXT = f"""
SELECT id FROM (SELECT id FROM player WHERE id > %(reached_id)s ORDER BY id LIMIT %(looked_at)s) p
CROSS JOIN LATERAL (SELECT FROM standing s WHERE s.player_id = p.id AND {_HAS_PLAYED} LIMIT 1) s
ORDER BY id LIMIT %(limit)s
"""  # noqa: S608 - put together from constants
_LAST_LOOKED_AT = "SELECT id FROM player WHERE id > %s ORDER BY id OFFSET %s LIMIT 1"

UnlocksByMode = Mapping[Mode, Sequence[Unlocked]]


@dataclass(frozen=True, slots=True)
class Recounted:
    """Standings that were taken from, and those that were added to after that."""

    taken: list[PlayerStanding]
    added: list[MovedStandings]

    @property
    def player_ids(self) -> set[UUID]:
        members = {item.members[start : start + 16] for item in self.added for start in range(0, len(item.members), 16)}
        return {item.player_id for item in self.taken} | {UUID(bytes=member) for member in members}


class ChunkSize:
    """How many players a step takes: what the last one would have done in STEP_SECONDS, at most twice as many."""

    def __init__(self) -> None:
        self._fitting = 100

    @property
    def players(self) -> int:
        return min(self._fitting, PLAYERS_AT_ONCE)

    def adapt(self, seconds: float) -> None:
        """Follow a step that took so long."""
        fitting = int(self.players * STEP_SECONDS / seconds)
        self._fitting = max(PLAYERS_MIN, min(fitting, self.players * 2))


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Players, and the last one looked at for them; None when there are no more."""

    player_ids: Sequence[UUID]
    reached_id: UUID | None


def recount(
    unlocks: UnlocksByMode, concern: Concern, change: Callable[[], None], *, was_held: bool = True, is_held: bool = True
) -> Recounted:
    """Take unlocks out of the standings, change the rules, and add them again. Call while no other step is running.

    `was_held` and `is_held` are false where the rules before, or after, hold nothing of them there.
    """
    before, after = (unlocks if was_held else {}), (unlocks if is_held else {})
    sums = [item for mode, found in before.items() if found for item in sums_of(found, concern, mode)]
    change()
    taken = take(sums)
    columns = [(columns_of(found), mode) for mode, found in after.items() if found]
    return Recounted(taken, [item for found, mode in columns for item in add_unlocks(found, concern, mode)])


def follow_change(game_id: UUID, count: int) -> Recounted | None:
    """Have the next `count` of a game's players follow the change of its rules; None when there is no change to follow.

    The place is stored with the standings, so a killed step changes neither. Call as recount.
    """
    change = trust_moves.oldest_change(game_id)
    if change is None:
        return None
    chunk = _next_players(change, count) if change.before != change.after else _Chunk([], None)
    sources = CLIENT_SOURCES if change.is_of_clients else tuple(Source)
    concern = Concern(now(), is_platform_only=change.is_of_platform)
    modes = (Mode.CASUAL,) if concern.is_platform_only else tuple(Mode)
    unlocks = {mode: counted_unlocks(chunk.player_ids, [game_id], sources, mode) for mode in modes}
    return recount(
        unlocks,
        concern,
        lambda: trust_moves.reach(change, chunk.reached_id),
        was_held=change.before.is_listed or not concern.is_platform_only,
        is_held=change.after.is_listed or not concern.is_platform_only,
    )


def follow_membership(studio_id: UUID, player_id: UUID) -> Recounted:
    """Count a player who joined or left a studio anew in its games. Call as recount."""
    game_ids = studio_players.games_to_follow(studio_id, player_id)
    if game_ids is None:
        return Recounted([], [])
    unlocks = {mode: counted_unlocks([player_id], game_ids, mode=mode) for mode in Mode}
    return recount(unlocks, Concern(now()), lambda: studio_players.follow(studio_id, player_id))


def follow_rulings(player_ids: Sequence[UUID]) -> Recounted:
    """Count players anew whom operators have ruled on, everywhere. Call as recount."""
    unlocks = {mode: counted_unlocks(player_ids, mode=mode) for mode in Mode}
    return recount(unlocks, Concern(now()), lambda: rulings.follow_rulings(player_ids))


def counted_unlocks(
    player_ids: Sequence[UUID],
    game_ids: Sequence[UUID] | None = None,
    sources: Sequence[Source] = tuple(Source),
    mode: Mode = Mode.CASUAL,
) -> list[Unlocked]:
    """Return what relays have counted of players' unlocks in games; None is all games. One query."""
    if not player_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            (_EVERYWHERE if game_ids is None else _IN_GAMES)[mode],
            {
                "kinds": _KINDS[mode],
                "player_ids": text_array(player_id.hex for player_id in player_ids),
                "game_ids": None if game_ids is None else text_array(game_id.hex for game_id in game_ids),
                "sources": [int(source) for source in sources],
            },
        )
        return [Unlocked(*row) for row in cursor.fetchall()]


def _next_players(change: RulesChange, count: int) -> _Chunk:
    if change.is_of_members:
        members = StudioPlayer.objects.filter(studio=change.game.studio_id).values_list("player_id", flat=True)
        return _first(sorted(members), change.reached_id, count)
    looked_at = {"game_id": change.game.id, "reached_id": change.reached_id, "looked_at": LOOKED_AT_ONCE}
    found = fetch_column(_NEXT, {**looked_at, "limit": count})
    if len(found) == count:
        return _Chunk(found, found[-1])
    few = fetch_column(_FEW, {"game_id": change.game.id, "limit": FEW_PLAYERS + 1})
    if len(few) <= FEW_PLAYERS:
        return _first(sorted(few), change.reached_id, count)
    last = fetch_column(_LAST_LOOKED_AT, [change.reached_id, LOOKED_AT_ONCE - 1])
    return _Chunk(found, last[0] if last else None)


def _first(player_ids: Sequence[UUID], after: UUID, count: int) -> _Chunk:
    found = [player_id for player_id in player_ids if player_id > after][:count]
    return _Chunk(found, found[-1] if len(found) == count else None)
