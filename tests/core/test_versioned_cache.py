"""Finished bytes in Redis: renewed by one, shared by those who miss at once, never older than their versions."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine

from apps.core.database.budgets import Budget, current_budget, spending
from apps.core.etags import etag_of
from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker
from apps.core.redis.cache_versions import change_versions
from apps.core.redis.versioned_cache import CacheEntry, FinishedBytes, cached
from tests.conftest import Followers

ENTRY = CacheEntry("a-page", 30, ("version-of-one", "version-of-two"), 6)
LIST = CacheEntry("a-list", 60)
BODY = b'{"a": 1}\n{"with": "lines"}'


class Maker:
    """Counts what it makes: 1, 2, 3, ... in bytes."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> FinishedBytes:
        self.count += 1
        return FinishedBytes(b"%d" % self.count)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def no_redis() -> None:
    breaker.trip()


def body_of(entry: CacheEntry, make: Callable[[], FinishedBytes]) -> bytes:
    return cached(entry, make).body


def test_a_hit_has_the_same_bytes_and_etag_and_costs_one_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    made = cached(ENTRY, lambda: FinishedBytes(BODY))
    commands: list[str] = []
    execute = redis.Client.execute_command
    monkeypatch.setattr(
        redis.Client, "execute_command", lambda self, *args, **options: commands.append(args[0]) or execute(self, *args)
    )

    found = cached(ENTRY, Maker())

    assert made == found
    assert made[:2] == (BODY, etag_of(BODY))
    assert commands == ["MGET"]


@pytest.mark.parametrize("version", ENTRY.version_keys)
def test_bytes_made_from_older_data_never_pass_for_newer(version: str) -> None:
    maker = Maker()

    def make_while_it_changes() -> FinishedBytes:
        change_versions(redis.client(), [version])
        return FinishedBytes(b"old")

    assert body_of(ENTRY, make_while_it_changes) == b"old"
    assert [body_of(ENTRY, maker) for _ in range(2)] == [b"1", b"1"]
    change_versions(redis.client(), [version])
    assert body_of(ENTRY, maker) == b"2"


def test_one_reader_renews_bytes_before_they_end_and_the_others_get_the_old() -> None:
    maker = Maker()
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        cached(ENTRY, maker)
        clock.shift(ENTRY.seconds - ENTRY.renewed_below_seconds)
        assert body_of(ENTRY, maker) == b"1"
        clock.shift(1)
        others: list[bytes] = []

        def renew() -> FinishedBytes:
            others.append(body_of(ENTRY, maker))
            return maker()

        assert body_of(ENTRY, renew) == b"2"
        assert (others, body_of(ENTRY, maker)) == ([b"1"], b"2")


@pytest.mark.parametrize("entry", [ENTRY, LIST])
def test_cached_bytes_expire(entry: CacheEntry) -> None:
    cached(entry, Maker())

    assert entry.seconds - 2 < redis.client().ttl(entry.key) <= entry.seconds


def at_once(
    pool: ThreadPoolExecutor, followers: Followers, entry: CacheEntry, make: Callable[[], FinishedBytes]
) -> list[Any]:
    """Have three threads read the entry, two of them while the first makes it."""
    followers.expected = 2
    is_first = iter([True])

    def make_when_all_are_there() -> FinishedBytes:
        if next(is_first, False):
            assert followers.arrived.wait(5)
        return make()

    return [pool.submit(cached, entry, make_when_all_are_there) for _ in range(3)]


@pytest.mark.parametrize("one", [FinishedBytes(BODY, is_private=True), FinishedBytes(BODY, is_degraded=True)])
def test_what_is_private_or_degraded_is_neither_cached_nor_shared(
    one: FinishedBytes, pool: ThreadPoolExecutor, followers: Followers
) -> None:
    maker = Maker()

    def make() -> FinishedBytes:
        maker()
        return one

    found = [future.result() for future in at_once(pool, followers, ENTRY, make)]

    assert (found, maker.count) == ([one] * 3, 3)
    assert redis.client().exists(ENTRY.key) == 0


def test_of_those_who_miss_at_once_one_makes_the_bytes(pool: ThreadPoolExecutor, followers: Followers) -> None:
    maker = Maker()

    found = [future.result().body for future in at_once(pool, followers, ENTRY, maker)]

    assert (found, maker.count) == ([b"1"] * 3, 1)


def test_who_waits_for_one_that_fails_makes_the_bytes_or_fails_alone(
    pool: ThreadPoolExecutor, followers: Followers
) -> None:
    maker = Maker()

    def fail_first() -> FinishedBytes:
        made = maker()
        if made.body == b"1":
            raise LookupError
        return made

    futures = at_once(pool, followers, ENTRY, fail_first)
    errors = [future.exception() for future in futures]
    found = {future.result().body for future, error in zip(futures, errors, strict=True) if error is None}

    assert [type(error) for error in errors if error] == [LookupError]
    assert found == {b"2", b"3"}


def test_who_has_read_other_versions_does_not_wait(pool: ThreadPoolExecutor) -> None:
    maker = Maker()

    def make_while_another_waits() -> FinishedBytes:
        change_versions(redis.client(), ENTRY.version_keys)
        assert pool.submit(body_of, ENTRY, maker).result(5) == b"1"
        return FinishedBytes(b"old")

    assert body_of(ENTRY, make_while_another_waits) == b"old"
    assert body_of(ENTRY, maker) == b"2"


def test_waiting_for_another_is_charged_to_the_budget_and_ends_with_it(
    pool: ThreadPoolExecutor, followers: Followers
) -> None:
    budgets: list[Budget | None] = []

    def read() -> bytes:
        with spending(0.02):
            budgets.append(current_budget())
            return body_of(ENTRY, lambda: FinishedBytes(b"its own"))

    def make() -> FinishedBytes:
        assert pool.submit(read).result(5) == b"its own"
        return FinishedBytes(b"late")

    assert body_of(ENTRY, make) == b"late"
    (budget,) = budgets
    assert budget is not None
    assert budget.seconds_left <= 0


def test_without_redis_bytes_are_made_each_time_by_one_of_concurrent_callers(
    no_redis: None, pool: ThreadPoolExecutor, followers: Followers
) -> None:
    maker = Maker()

    found = [future.result().body for future in at_once(pool, followers, LIST, maker)]

    assert found == [b"1"] * 3
    assert body_of(LIST, maker) == b"2"


def test_without_redis_nobody_knows_what_is_current_and_bytes_with_versions_are_made_alone(no_redis: None) -> None:
    maker = Maker()

    def make_while_another_waits() -> FinishedBytes:
        return FinishedBytes(b"mine" + body_of(ENTRY, maker))

    assert body_of(ENTRY, make_while_another_waits) == b"mine1"
