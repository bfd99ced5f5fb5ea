"""A board's page as bytes: cached, or read and cached; a recent copy when that fails."""

from uuid import UUID

from apps.core.api.wire.responses import to_json
from apps.core.redis.versioned_cache import CacheEntry, FinishedBytes, cached
from apps.leaderboards.boards.board import Board
from apps.leaderboards.boards.page_versions import version_key
from apps.leaderboards.bodies import board_page_body
from apps.leaderboards.pages.stale_if_error import Url, stale_copies
from apps.leaderboards.queries import page_for_account

CACHED_SECONDS = 30
RENEWED_BELOW_SECONDS = 6


def board_page_bytes(board: Board, page: int, size: int, *, account_id: UUID | None, url: Url) -> FinishedBytes:
    """Return a page of a board as JSON; private if the account sees it as a member of the game's studio.

    First pages are cached. Raises: GameNotFoundError, BoardPageUnavailableError.
    """

    def make() -> FinishedBytes:
        return _made(board, page, size, account_id)

    if page > 1 or board.is_union:
        return make()
    return stale_copies.if_error(url, board, lambda: cached(_entry(board.name, size), make))


def _entry(board_name: str, size: int) -> CacheEntry:
    versions = (version_key(board_name),)
    return CacheEntry(f"page:{size}:{board_name}", CACHED_SECONDS, versions, RENEWED_BELOW_SECONDS)


def _made(board: Board, page: int, size: int, account_id: UUID | None) -> FinishedBytes:
    found = page_for_account(board, account_id, offset=(page - 1) * size, limit=size)
    body = to_json(board_page_body(found, page=page, page_size=size))
    return FinishedBytes(body, is_private=not found.is_open, is_degraded=found.is_degraded)
