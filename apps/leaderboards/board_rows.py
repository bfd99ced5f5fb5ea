"""Rows of boards: the names behind places, as a viewer sees them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from apps.core.database.sql import id_array, text_array
from apps.core.media import media_url
from apps.leaderboards.boards.board import Board
from apps.leaderboards.sorted_sets.board_sets import Ranked
from apps.players.models import Player
from apps.players.queries import Viewer

_NAMES = f"""
SELECT * FROM names_on_boards({", ".join(["%s::uuid[]"] * 2)}, %s::text[], %s::date[], %s::integer[], %s::integer[],
    {", ".join(["%s::uuid[]"] * 3)}, %s::text[], %s::uuid[])
"""  # noqa: S608 - put together from constants


# Tuples, as made by the dozen in each place: in 0.3 us each, where frozen dataclasses take 0.9.
class PlayerSummary(NamedTuple):
    """A player as shown on boards and lists."""

    id: UUID
    handle: str
    display_name: str
    region: str
    avatar_url: str


class BoardRow(NamedTuple):
    """One row of a board; `rank` counts from 1.

    `player` is None where the viewer may not see them; `player_id` is internal and never shown.
    """

    rank: int
    player_id: UUID
    player: PlayerSummary | None
    points: int
    unlock_count: int
    reached_at: datetime


class Shown(NamedTuple):
    """Places of a board that are shown to a viewer."""

    board: Board
    ranked: Sequence[Ranked]
    viewer: Viewer


class ShownRows(NamedTuple):
    """The rows of places, in order; who does not exist has none. `is_open` is None without rows.

    It says whether everyone may see the board.
    """

    rows: list[BoardRow]
    is_open: bool | None


def rows_of(shown: Shown) -> ShownRows:
    """Return the rows of a board's places. One query."""
    return rows_of_all([shown])[0]


def rows_of_all(shown: Sequence[Shown]) -> list[ShownRows]:
    """Return the rows of each, of any boards and for any viewers. One query for all, none without places."""
    if not any(item.ranked for item in shown):
        return [ShownRows([], None) for _ in shown]
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, _columns(shown))
        names = {position: name for position, *name in cursor.fetchall()}
    befores = _befores(shown)
    return [_rows_of(item.ranked, before, names) for item, before in zip(shown, befores, strict=True)]


def summary_of(player: Player) -> PlayerSummary:
    """Return a visible player as boards show them."""
    avatar_url = media_url(player.avatar.name or "")
    return PlayerSummary(player.id, player.handle, player.display_name, player.region, avatar_url)


def _befores(shown: Sequence[Shown]) -> Iterator[int]:
    """Yield how many places come before those of each."""
    before = 0
    for item in shown:
        yield before
        before += len(item.ranked)


def _columns(shown: Sequence[Shown]) -> list[Any]:
    boards, viewers = [item.board for item in shown], [item.viewer for item in shown]
    return [
        id_array(board.scope_id for board in boards),
        id_array(board.game_id for board in boards),
        text_array(board.window.value for board in boards),
        text_array(board.opened_on.isoformat() for board in boards),
        text_array(map(str, _befores(shown))),
        text_array(str(len(item.ranked)) for item in shown),
        id_array(viewer.player_id for viewer in viewers),
        id_array(viewer.known_id for viewer in viewers),
        id_array(viewer.game_id for viewer in viewers),
        text_array(viewer.environment for viewer in viewers),
        id_array(ranked.entry.player_id for item in shown for ranked in item.ranked),
    ]


def _rows_of(ranked: Sequence[Ranked], before: int, names: dict[int, list[Any]]) -> ShownRows:
    found = [(item, names[position]) for position, item in enumerate(ranked, before + 1) if position in names]
    return ShownRows([_row(item, name) for item, name in found], found[0][1][-1] if found else None)


def _row(ranked: Ranked, name: Sequence[Any]) -> BoardRow:
    rank, (player_id, points, reached_at) = ranked
    handle, display_name, region, avatar, unlock_count, is_seen, _ = name
    player = PlayerSummary(player_id, handle, display_name, region, media_url(avatar)) if is_seen else None
    return BoardRow(rank, player_id, player, points, unlock_count, reached_at)
