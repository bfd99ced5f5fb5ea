"""What the cached first pages of boards depend on: a version for each board, and which games were hidden lately.

The relay changes a board's version when a change reaches its first page.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from apps.core.redis.client import Client, Pipeline, attempt
from apps.core.redis.versions import change_versions
from apps.leaderboards.boards.board import PLATFORM_ID, Board, in_every_order
from apps.leaderboards.boards.windows import opened_on
from apps.leaderboards.models import Standing, Window

# As long as a process keeps copies of pages for when PostgreSQL does not answer.
HIDDEN_SECONDS = 600


def version_key(board_name: str) -> str:
    return f"page-version:{board_name}"


def boards_showing(player_ids: Collection[UUID], moment: datetime) -> list[Board]:
    """Return the boards whose cached pages may show one of the players: the open ones they are on. One query."""
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


def drop_pages(redis: Client | Pipeline, boards: Iterable[Board]) -> None:
    """Make every cached page of the boards out of date, in one command."""
    change_versions(redis, [version_key(board.name) for board in boards])


def note_hidden(pipeline: Pipeline, scope_ids: Iterable[UUID]) -> None:
    """Note that pages of these games may no longer be shown to everyone, not even in an outage."""
    for scope_id in scope_ids:
        pipeline.set(_hidden_key(scope_id), b"1", ex=HIDDEN_SECONDS)


def was_hidden_lately(scope_id: UUID) -> bool:
    """Return whether the scope was hidden in the last HIDDEN_SECONDS. Raises: RedisAwayError."""
    return scope_id != PLATFORM_ID and bool(attempt(lambda client: client.exists(_hidden_key(scope_id))))


def _hidden_key(scope_id: UUID) -> str:
    return f"game-hidden:{scope_id.hex}"
