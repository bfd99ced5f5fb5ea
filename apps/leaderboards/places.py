"""Places of players on boards, with the rows around them: one, or those of many calls at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext_noop

from apps.core.api.auth.callers import Caller
from apps.core.errors import NotFoundError
from apps.core.redis.client import RedisUnavailableError, run_with_breaker
from apps.leaderboards.board_rows import BoardRow, Shown, ShownRows, rows_of, rows_of_all
from apps.leaderboards.boards.board import Board
from apps.leaderboards.queries import require_board
from apps.leaderboards.sorted_sets import board_sets, multi_region
from apps.leaderboards.sorted_sets.board_sets import NOWHERE, Around, BoardsMissingError, Surrounding
from apps.leaderboards.standings import standing_rows
from apps.players.queries import ANYONE, Viewer, id_now
from apps.players.visibility import viewer_of


class PlayerNotRankedError(NotFoundError):
    code = "player_not_ranked"
    detail = gettext_noop(
        "This player is not on this board, or none that you may see: no points in this scope, window and region."
    )


@dataclass(frozen=True, slots=True)
class PlayerRank:
    """A player's rank on a board, with the rows around them; `is_open` as for pages.

    `percentile` is the share of players at or below them, 0 to 100; `points_to_next_rank` is None for the first, and in
    orders that points don't decide.
    """

    board: Board
    is_degraded: bool
    row: BoardRow
    percentile: float
    points_to_next_rank: int | None
    total_players: int
    neighbours: list[BoardRow]
    is_open: bool


class Rank(NamedTuple):
    """A player's rank on a board of so many players."""

    rank: int
    total_players: int

    @property
    def percentile(self) -> float:
        """The share of players at or below them, 0 to 100."""
        return round(100 * (self.total_players - self.rank + 1) / self.total_players, 2)


class WantedPlace(NamedTuple):
    """A player on a board, up to `reach` rows above and below, as the viewer sees them."""

    board: Board
    player_id: UUID
    reach: int = 5
    viewer: Viewer = ANYONE


def rank_of_player(board: Board, player_id: UUID, *, reach: int = 5, viewer: Viewer = ANYONE) -> PlayerRank | None:
    """Return a player's rank with up to `reach` rows above and below, or None when not on the board.

    One round trip to Redis, and one query.
    """
    place = WantedPlace(board, player_id, reach, viewer)
    found, is_degraded = _around(place)
    return _player_rank(place, found, rows_of(_shown(place, found)), is_degraded=is_degraded)


def rank_alone(board: Board, player_id: UUID) -> Rank | None:
    """Return a player's rank without names, or None when not on the board. One round trip to Redis."""
    found, _ = _around(WantedPlace(board, player_id, reach=0))
    return _rank(found)


def ranks_alone(board: Board, player_ids: Sequence[UUID]) -> list[Rank | None]:
    """Return rank_alone of each player, on a board of one region or of all. One round trip to Redis for any number.

    Raises: RedisUnavailableError, BoardsMissingError.
    """
    wanted = [Around(board, player_id, 0) for player_id in player_ids]
    found = run_with_breaker(lambda client: board_sets.around_each(client, wanted))
    if None in found:
        raise BoardsMissingError
    return [None if item is None else _rank(item) for item in found]


def ranks_in_redis(places: Sequence[WantedPlace]) -> list[PlayerRank | None]:
    """Return what rank_of_player does of each place. One round trip to Redis and one query, for any number.

    None also for a board that Redis can't be trusted with, which PostgreSQL has. Places on boards of one region, or of
    none. Raises: RedisUnavailableError.
    """
    wanted = [Around(place.board, place.player_id, place.reach) for place in places]
    found = [item or NOWHERE for item in run_with_breaker(lambda client: board_sets.around_each(client, wanted))]
    shown = rows_of_all([_shown(place, around) for place, around in zip(places, found, strict=True)])
    return [_player_rank(*item, is_degraded=False) for item in zip(places, found, shown, strict=True)]


def visible_rank(caller: Caller | None, board: Board, player_id: UUID, *, reach: int) -> PlayerRank:
    """Return a player's rank as the caller may see it. Only who is not found may have been merged: another query.

    Raises: PlayerNotRankedError, also for players not visible; GameNotFoundError.
    """
    player_rank = rank_of_player(board, player_id, reach=reach, viewer=viewer_of(caller, player_id))
    if player_rank is None and (became := id_now(player_id)) != player_id:
        is_own = caller is not None and caller.player_id == player_id
        viewer = Viewer(became) if is_own else viewer_of(caller, became)
        player_rank = rank_of_player(board, became, reach=reach, viewer=viewer)
    if player_rank is None or not player_rank.is_open:
        require_board(board.scope_id, None if caller is None else caller.account_id)
    if player_rank is None or player_rank.row.player is None:
        raise PlayerNotRankedError
    return player_rank


def _around(place: WantedPlace) -> tuple[Surrounding, bool]:
    """Return who is around a player, and whether that is degraded: from PostgreSQL."""
    read = multi_region.around if place.board.is_union else board_sets.around
    try:
        return run_with_breaker(lambda client: read(client, Around(place.board, place.player_id, place.reach))), False
    except (RedisUnavailableError, BoardsMissingError):
        return _around_in_postgres(place), True


def _rank(found: Surrounding) -> Rank | None:
    return Rank(found.rank, found.total) if found.rank else None


def _shown(place: WantedPlace, found: Surrounding) -> Shown:
    return Shown(place.board, found.ranked, place.viewer)


def _player_rank(place: WantedPlace, found: Surrounding, shown: ShownRows, *, is_degraded: bool) -> PlayerRank | None:
    rows = {row.rank: row for row in shown.rows}
    mine, above = rows.get(found.rank), rows.get(found.rank - 1)
    if mine is None:
        return None
    return PlayerRank(
        board=place.board,
        is_degraded=is_degraded,
        row=mine,
        percentile=Rank(mine.rank, found.total).percentile,
        points_to_next_rank=None if above is None else place.board.order.points_to_pass(mine.points, above.points),
        total_players=found.total,
        neighbours=[row for row in shown.rows if -place.reach <= row.rank - mine.rank <= place.reach],
        is_open=bool(shown.is_open),
    )


def _around_in_postgres(place: WantedPlace) -> Surrounding:
    found = standing_rows.entry_and_rank(place.board, place.player_id)
    if found is None:
        return NOWHERE
    _, rank = found
    first = max(0, rank - 1 - max(place.reach, 1))
    total, entries = standing_rows.page_of_entries(place.board, offset=first, limit=rank + place.reach - first)
    ranked = board_sets.ranked_from(first, entries)
    # Somebody may have passed them between the two statements.
    rank = next((item.rank for item in ranked if item.entry.player_id == place.player_id), 0)
    return Surrounding(total, rank, ranked)
