"""Moves what a merged player earned in hardcore, with its unlocks; of two times the earlier stays."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from apps.core.background.outbox import record
from apps.unlocks.events import HardcoreEvent, HardcoreRestored, HardcoreRevoked

_COLUMNS = "achievement_id, game_id, hardcore_at, recorded_at, source"
TAKE = f"DELETE FROM hardcore_unlock WHERE player_id = %s AND achievement_id = ANY (%s) RETURNING {_COLUMNS}"  # noqa: S608
# Reports in hardcore lock the unlock too, so none comes between.
LOCK_UNLOCKS = """
SELECT achievement_id, points FROM unlock WHERE player_id = %s AND achievement_id = ANY (%s)
ORDER BY achievement_id FOR UPDATE
"""
HELD = f"""
SELECT {_COLUMNS} FROM hardcore_unlock WHERE player_id = %s AND achievement_id = ANY (%s)
ORDER BY achievement_id FOR UPDATE
"""  # noqa: S608 - put together from constants
GIVE = f"""
INSERT INTO hardcore_unlock AS h (player_id, {_COLUMNS})
SELECT %s, * FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::smallint[]) ORDER BY 1, 2
ON CONFLICT (player_id, achievement_id) DO UPDATE SET
    hardcore_at = excluded.hardcore_at, recorded_at = excluded.recorded_at, source = excluded.source
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class _Mode:
    """A row of hardcore_unlock."""

    achievement_id: UUID
    game_id: UUID
    hardcore_at: datetime
    recorded_at: datetime
    source: int

    def event(
        self, event_type: type[HardcoreEvent], player_id: UUID, points: int, *, is_with_unlock: bool
    ) -> HardcoreEvent:
        members = self.achievement_id, self.game_id, points, self.hardcore_at, self.source
        return event_type(player_id, *members, is_with_unlock=is_with_unlock)


@dataclass(frozen=True, slots=True)
class ModeTimes:
    """When unlocks were earned in hardcore, by achievement: of the merged player, of the other before and after."""

    merged: Mapping[UUID, datetime]
    before: Mapping[UUID, datetime]
    after: Mapping[UUID, datetime]


def move_modes(
    from_player_id: UUID,
    into_player_id: UUID,
    taken: Mapping[UUID, int],
    replaced: Mapping[UUID, int],
    given: set[UUID],
) -> ModeTimes:
    """Move the modes of unlocks that have just been moved; record their events, and return the modes' times.

    `taken` are the points of the merged player's unlocks; `replaced` those that the surviving player's had, of the ones
    that got the merged player's time; `given` are unlocks that the surviving player did not have.
    Call in the same transaction. Cost: one query where neither has a mode and nothing was replaced.
    """
    moved = _rows(TAKE, from_player_id, taken)
    if not moved and not replaced:
        return ModeTimes({}, {}, {})
    points = _points(into_player_id, taken)
    held = {mode.achievement_id: mode for mode in _rows(HELD, into_player_id, taken)}
    won = {mode.achievement_id: mode for mode in moved if _is_earlier(mode, held.get(mode.achievement_id))}
    _give(into_player_id, list(won.values()))
    lost = [
        mode.event(HardcoreRevoked, from_player_id, taken[mode.achievement_id], is_with_unlock=True) for mode in moved
    ]
    came: list[HardcoreEvent] = []
    for key in held.keys() | won.keys():
        old, new, is_replaced = held.get(key), won.get(key) or held[key], key in replaced
        old_points = replaced.get(key, points[key])
        if (old, old_points) == (new, points[key]):
            continue
        if old is not None:
            lost.append(old.event(HardcoreRevoked, into_player_id, old_points, is_with_unlock=is_replaced))
        is_with_unlock = is_replaced or key in given
        came.append(new.event(HardcoreRestored, into_player_id, points[key], is_with_unlock=is_with_unlock))
    # Apart, so that what is replaced has the earlier time.
    record(lost)
    record(came)
    return ModeTimes(_times(moved), _times(held.values()), _times((held | won).values()))


def _times(modes: Iterable[_Mode]) -> dict[UUID, datetime]:
    return {mode.achievement_id: mode.hardcore_at for mode in modes}


def _is_earlier(mode: _Mode, held: _Mode | None) -> bool:
    return held is None or mode.hardcore_at < held.hardcore_at


def _rows(statement: str, player_id: UUID, achievement_ids: Collection[UUID]) -> list[_Mode]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [player_id, list(achievement_ids)])
        return [_Mode(*row) for row in cursor.fetchall()]


def _points(player_id: UUID, achievement_ids: Collection[UUID]) -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_UNLOCKS, [player_id, list(achievement_ids)])
        return dict(cursor.fetchall())


def _give(player_id: UUID, modes: Sequence[_Mode]) -> None:
    columns = [[getattr(mode, name) for mode in modes] for name in _COLUMNS.split(", ")]
    with connection.cursor() as cursor:
        cursor.execute(GIVE, [player_id, *columns])
