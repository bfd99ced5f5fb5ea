"""First pages kept as bytes."""

from typing import Any

import pytest
import time_machine

from apps.core.api.wire.conditional import etag_of
from apps.core.ids import NIL
from apps.core.redis.client import client
from apps.leaderboards.boards.board import Board
from apps.leaderboards.pages import cached_pages

BOARD = Board(NIL)
KEPT = cached_pages.KeptPage(etag_of(b"{page}\n{with lines}"), b"{page}\n{with lines}")


def test_one_reader_renews_a_page_before_it_expires_and_the_others_get_the_old() -> None:
    redis = client()
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        cached_pages.keep(redis, BOARD, 100, b"0", b"{page}\n{with lines}")
        assert cached_pages.read(redis, BOARD, 100) == (b"0", KEPT)

        clock.shift(cached_pages.KEPT_SECONDS - cached_pages.RENEWED_BELOW_SECONDS + 1)

        assert cached_pages.read(redis, BOARD, 100) == (b"0", None)
        assert cached_pages.read(redis, BOARD, 100) == (b"0", KEPT)


def test_a_page_built_from_older_data_is_never_current() -> None:
    redis = client()
    version, _ = cached_pages.read(redis, BOARD, 100)
    pipeline: Any = redis.pipeline()
    cached_pages.drop(pipeline, BOARD)
    pipeline.execute()

    cached_pages.keep(redis, BOARD, 100, version, b"{old}")

    assert cached_pages.read(redis, BOARD, 100) == (b"1", None)


@pytest.mark.parametrize("size", [10, 100])
def test_kept_pages_expire(size: int) -> None:
    redis = client()

    cached_pages.keep(redis, BOARD, size, b"0", b"{}")

    assert 0 < redis.ttl(cached_pages.page_key(BOARD, size)) <= cached_pages.KEPT_SECONDS
