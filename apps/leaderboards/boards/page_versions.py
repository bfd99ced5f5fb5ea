"""What cached pages of boards depend on: two versions per board, and when its copies were withdrawn.

The relay changes a board's versions when a change reaches its first hundred ranks, or its first thousand.
"""

import time
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from apps.core.redis.cache_versions import change_versions
from apps.core.redis.client import Client, Pipeline, run_with_breaker, value_of
from apps.games import cache_versions as game_versions
from apps.leaderboards.boards.board import PLATFORM_ID, Board, in_every_order
from apps.leaderboards.boards.modes import game_of
from apps.leaderboards.boards.windows import opened_on
from apps.leaderboards.events import CLOSED_KEY
from apps.leaderboards.models import Standing, Window
from apps.players import cache_versions as player_versions
from apps.players.cache_versions import PROFILES_KEY

# Pages within these have a version that stands longer than that of pages behind; those behind the head are not cached.
FIRST_RANKS, HEAD_RANKS = 100, 1000
# As long as a process stores copies of pages for outages of PostgreSQL.
COPY_SECONDS = 600
# The tolerated clock difference between two hosts.
CLOCK_SECONDS = 2.0


def version_keys_of(board: Board, last_rank: int) -> tuple[str, ...]:
    """Return what a page up to this rank, a thousand at most, changes with: its rows, and whether the game is shown.

    Several regions' board changes with each of theirs.
    """
    key_of = _key_of_first if last_rank <= FIRST_RANKS else _key_of_head
    of_rows = map(key_of, board.parts if board.is_union else [board])
    return (*of_rows, *([] if board.scope_id == PLATFORM_ID else [game_versions.key_of(board.game_id)]))


def version_keys_of_closed(scope_id: UUID) -> tuple[str, ...]:
    """Return what a scope's closed windows change with: another one, who is on them, and whether the game is shown."""
    of_game = [] if scope_id == PLATFORM_ID else [game_versions.key_of(game_of(scope_id))]
    return (CLOSED_KEY, PROFILES_KEY, *of_game)


def version_keys_of_medals(player_id: UUID) -> tuple[str, ...]:
    """Return what a player's medals change with: a closed window, the player, and which games are shown."""
    return (CLOSED_KEY, player_versions.key_of(player_id), game_versions.KEY)


def boards_showing(player_ids: Collection[UUID], moment: datetime) -> list[Board]:
    """Return the boards whose cached pages may show one of the players: open ones they are on. One query."""
    is_open = Q()
    for window in Window:
        is_open |= Q(window=window, opened_on=opened_on(window, moment))
    rows = Standing.objects.filter(is_open, player_id__in=player_ids).values_list(
        "scope_id", "window", "opened_on", "region"
    )
    return in_every_order(
        Board(scope_id, Window(window), opened, shown)
        for scope_id, window, opened, region in rows.order_by().distinct()
        for shown in (None, region)
    )


def drop_pages(redis: Client | Pipeline, boards: Iterable[Board], behind: Iterable[Board] = ()) -> None:
    """Invalidate all cached pages of the boards, and those behind the first hundred ranks of others. One command."""
    of_all = [key for board in boards for key in (_key_of_first(board), _key_of_head(board))]
    change_versions(redis, [*of_all, *map(_key_of_head, behind)])


def withdraw_copies(pipeline: Pipeline, boards: Iterable[Board]) -> None:
    """Record that pages of these boards made until now may no longer be shown, not even during an outage."""
    for board in boards:
        pipeline.set(_withdrawn_key(board.name), str(time.time()), ex=COPY_SECONDS)


def is_withdrawn(board: Board, made_at: float) -> bool:
    """Return whether copies of a page made then (seconds since 1970) are withdrawn. Raises: RedisUnavailableError."""
    withdrawn_at = run_with_breaker(lambda client: value_of(client, _withdrawn_key(board.name)))
    return withdrawn_at is not None and made_at < float(withdrawn_at) + CLOCK_SECONDS


def dropping(
    boards: Collection[Board],
    *,
    behind: Collection[Board] = (),
    is_withdrawn: bool = False,
) -> Callable[[], None]:
    """Return what drops the boards' pages, in one round trip.

    `behind` are those of which only pages behind the first hundred ranks go. Withdrawn, their copies are not served in
    an outage either. It raises RedisUnavailableError.
    """

    def drop() -> None:
        def send(redis: Client) -> None:
            pipeline = redis.pipeline(transaction=False)
            drop_pages(pipeline, boards, behind)
            if is_withdrawn:
                withdraw_copies(pipeline, boards)
            pipeline.execute()

        run_with_breaker(send)

    return drop


def _key_of_first(board: Board) -> str:
    return f"page-version:{board.name}"


def _key_of_head(board: Board) -> str:
    return f"pages-version:{board.name}"


def _withdrawn_key(board_name: str) -> str:
    return f"page-withdrawn:{board_name}"
