"""Reads of boards: from Redis, or from PostgreSQL and marked degraded while Redis is unavailable."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext_noop

from apps.core.errors import DomainError
from apps.core.redis.client import RedisUnavailableError, run_with_breaker
from apps.games.models import Game
from apps.games.queries import GameNotFoundError, games_open_to
from apps.leaderboards.board_rows import BoardRow, Shown, rows_of
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.boards.modes import Mode, game_of, mode_of, scope_of
from apps.leaderboards.sorted_sets import board_sets, multi_region
from apps.leaderboards.sorted_sets.board_sets import BoardsMissingError
from apps.leaderboards.standings import player_counts, standing_rows
from apps.players.queries import ANYONE, Viewer
from apps.unlocks.errors import GameWithoutModesError

# PostgreSQL counts up to an offset: of 1,000,000 rows 2 ms to this one and 210 ms to the last, when idle.
DEGRADED_RANKS_MAX = 10_000


class BoardPageUnavailableError(DomainError):
    code = "board_page_unavailable"
    status = 503
    detail = gettext_noop(
        "Boards are being rebuilt; until then only their first 10,000 places can be read. Try again shortly."
    )


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One page of a board. `is_degraded` when it came from PostgreSQL because Redis was unavailable.

    `is_open` is whether everyone may see the board, or None for a page without rows.
    """

    board: Board
    is_degraded: bool
    total_players: int
    rows: list[BoardRow]
    is_open: bool | None


def require_board(scope_id: UUID, account_id: UUID | None) -> bool:
    """Return whether everyone may see a scope's boards; False when only members of its studio may.

    One query at most. Raises: GameNotFoundError for an unknown game, and for an unpublished one of another studio;
    GameWithoutModesError for hardcore boards of a game whose modes are off.
    """
    if scope_id == PLATFORM_ID:
        return True
    game = games_open_to(account_id).filter(pk=game_of(scope_id)).only("is_published", "has_modes").first()
    if game is None:
        raise GameNotFoundError
    if mode_of(scope_id) == Mode.HARDCORE and not game.has_modes:
        raise GameWithoutModesError
    return game.is_published


def open_scopes(scope_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the scopes whose boards everyone may see. One query."""
    ids = set(map(game_of, scope_ids)) - {PLATFORM_ID}
    games = dict(Game.objects.filter(pk__in=ids, is_published=True).values_list("pk", "has_modes"))
    return {
        scope_id
        for scope_id in scope_ids
        if scope_id == PLATFORM_ID or games.get(game_of(scope_id), False) or scope_id in games
    }


def hidden_in_hardcore(game_ids: Collection[UUID]) -> set[UUID]:
    """Return the scopes of games' hardcore boards with players, or former ones, that not everyone may see.

    At most two queries.
    """
    scopes = player_counts.counts_of([scope_of(game_id, Mode.HARDCORE) for game_id in game_ids])
    return set(scopes) - open_scopes(scopes) if scopes else set()


def page_of_board(board: Board, *, offset: int, limit: int, viewer: Viewer = ANYONE) -> BoardPage:
    """Return up to `limit` rows from `offset`, best first. Two round trips: one to Redis, one to PostgreSQL.

    Raises: BoardPageUnavailableError for deep pages while Redis is unavailable.
    """
    read = multi_region.page if board.is_union else board_sets.page
    try:
        total, entries = run_with_breaker(lambda client: read(client, board, offset=offset, limit=limit))
        is_degraded = False
    except (RedisUnavailableError, BoardsMissingError):
        if offset >= DEGRADED_RANKS_MAX:
            raise BoardPageUnavailableError from None
        total, entries = standing_rows.page_of_entries(board, offset=offset, limit=limit)
        is_degraded = True
    shown = rows_of(Shown(board, board_sets.ranked_from(offset, entries), viewer))
    return BoardPage(board, is_degraded, total, shown.rows, shown.is_open)


def page_for_account(board: Board, account_id: UUID | None, *, offset: int, limit: int) -> BoardPage:
    """Return the page that anyone gets, if the account may see the board; `is_open` is then known.

    A third query only for an empty page, or a board that is not open to everyone. Raises: GameNotFoundError.
    """
    page = page_of_board(board, offset=offset, limit=limit)
    return page if page.is_open else replace(page, is_open=require_board(board.scope_id, account_id))
