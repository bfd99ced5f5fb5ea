"""The first page of a board as finished bytes in Redis: dropped when it changes, renewed before it expires.

A page carries the version of its board that was current before it was built. The relay raises the version when a change
reaches the page, so a page built from older data can never be taken for a newer one.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from apps.core.api.wire.conditional import etag_of
from apps.core.redis.client import Client, Pipeline, values_of
from apps.leaderboards.boards.board import Board, in_every_order
from apps.leaderboards.boards.windows import opened_on
from apps.leaderboards.models import Standing, Window

KEPT_SECONDS = 30
# A page with less life left than this is built anew by one of its readers, while the others still get the old one.
RENEWED_BELOW_SECONDS = 6
VERSION_KEPT_SECONDS = 24 * 3600
_SEPARATOR = b"\n"


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A finished page, with the ETag that was made with it (None: not yet).

    Of a board that is not open to everyone, for a member of its studio, nothing is kept.
    """

    etag: str | None
    body: bytes
    is_open: bool = True


def version_key(board: Board) -> str:
    return f"page-version:{board.name}"


def page_key(board: Board, size: int) -> str:
    return f"page:{size}:{board.name}"


def read(client: Client, board: Board, size: int) -> tuple[bytes, KeptPage | None]:
    """Return the board's version and its finished page, if that is current (and not this reader's turn to renew it)."""
    found = values_of(client, [version_key(board), page_key(board, size)])
    version, kept = found[0] or b"0", found[1]
    if kept is None:
        return version, None
    kept_version, expires_at, etag, body = kept.split(_SEPARATOR, 3)
    if kept_version != version:
        return version, None
    is_my_turn = float(expires_at) - time.time() < RENEWED_BELOW_SECONDS and client.set(
        f"page-turn:{size}:{board.name}", b"1", nx=True, ex=RENEWED_BELOW_SECONDS
    )
    return version, None if is_my_turn else KeptPage(etag.decode(), body)


def keep(client: Client, board: Board, size: int, version: bytes, body: bytes) -> None:
    expires_at = str(time.time() + KEPT_SECONDS).encode()
    kept = _SEPARATOR.join((version, expires_at, etag_of(body).encode(), body))
    client.set(page_key(board, size), kept, ex=KEPT_SECONDS)


def boards_showing(player_ids: Collection[UUID], moment: datetime) -> list[Board]:
    """Return the boards whose kept pages may show one of the players: the open ones they are on. One query."""
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


def drop(pipeline: Pipeline, board: Board) -> None:
    """Queue what makes every kept page of the board out of date."""
    pipeline.incr(version_key(board))
    pipeline.expire(version_key(board), VERSION_KEPT_SECONDS)
