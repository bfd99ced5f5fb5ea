"""A board's page as bytes: cached, or read and cached; a recent copy when that fails."""

from uuid import UUID

from apps.core.api.wire.responses import to_json
from apps.core.redis.versioned_cache import CacheEntry, FinishedBytes, cached
from apps.leaderboards.boards.board import Board
from apps.leaderboards.boards.page_versions import HEAD_RANKS, version_keys_of
from apps.leaderboards.bodies import board_page_body
from apps.leaderboards.pages.stale_if_error import Url, stale_copies
from apps.leaderboards.queries import page_for_account

CACHED_SECONDS = 30
RENEWED_BELOW_SECONDS = 6
# After the rows of several regions, which have been united some seconds before.
UNION_SECONDS = 5


def board_page_bytes(board: Board, page: int, size: int, *, account_id: UUID | None, url: Url) -> FinishedBytes:
    """Return a page of a board as JSON; private if the account sees it as a member of the game's studio.

    Those within the first thousand ranks are cached. Raises: GameNotFoundError, BoardPageUnavailableError.
    """

    def make() -> FinishedBytes:
        return _made(board, page, size, account_id)

    if page * size > HEAD_RANKS:
        return make()
    entry = _entry(board, page, size)
    found = (
        cached(entry, make)
        if page > 1 or board.is_union
        else stale_copies.if_error(url, board, lambda: cached(entry, make))
    )
    # Then the URL is another board's.
    return found if found.validity is None else found._replace(validity=found.validity.until(board.closes_at))


def _entry(board: Board, page: int, size: int) -> CacheEntry:
    versions = version_keys_of(board, page * size)
    seconds, renewed_below = (UNION_SECONDS, 1) if board.is_union else (CACHED_SECONDS, RENEWED_BELOW_SECONDS)
    return CacheEntry(f"page:{page}:{size}:{board.name}", seconds, versions, renewed_below)


def _made(board: Board, page: int, size: int, account_id: UUID | None) -> FinishedBytes:
    found = page_for_account(board, account_id, offset=(page - 1) * size, limit=size)
    body = to_json(board_page_body(found, page=page, page_size=size))
    return FinishedBytes(body, is_private=not found.is_open, is_degraded=found.is_degraded)
