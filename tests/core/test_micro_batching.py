"""Grouping calls that arrive together."""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress

import pytest
from django.db import connection, connections

from apps.core.asgi.micro_batching import MicroBatcher
from tests.live import wait_until


async def test_every_caller_gets_its_own_result_however_calls_are_grouped() -> None:
    sizes: list[int] = []

    def square(items: Sequence[int]) -> list[int]:
        sizes.append(len(items))
        return [item * item for item in items]

    grouper = MicroBatcher(square, batches_max=2, size_max=5)
    results = await asyncio.gather(*(grouper.call(number) for number in range(3000)))

    assert results == [number * number for number in range(3000)]
    assert sum(sizes) == 3000
    assert max(sizes) == 5


async def test_calls_wait_together_while_a_group_runs() -> None:
    leave = threading.Event()
    groups: list[list[int]] = []

    def work(items: Sequence[int]) -> list[int]:
        groups.append(list(items))
        assert leave.wait(10)
        return list(items)

    grouper = MicroBatcher(work, batches_max=1, size_max=100)
    calls = [asyncio.ensure_future(grouper.call(number)) for number in range(6)]
    await asyncio.sleep(0)
    leave.set()

    assert await asyncio.gather(*calls) == [0, 1, 2, 3, 4, 5]
    assert groups == [[0], [1, 2, 3, 4, 5]]


async def test_a_caller_that_leaves_takes_nothing_from_the_others() -> None:
    leave = threading.Event()

    def work(items: Sequence[int]) -> list[int]:
        assert leave.wait(10)
        return list(items)

    grouper = MicroBatcher(work, batches_max=1, size_max=100)
    calls = [asyncio.ensure_future(grouper.call(number)) for number in range(3)]
    await asyncio.sleep(0)
    calls[1].cancel()
    leave.set()

    first, _, third = await asyncio.gather(*calls, return_exceptions=True)
    assert (first, third) == (0, 2)
    assert calls[1].cancelled() is True


async def test_an_error_reaches_every_caller_of_its_group_and_no_later_one() -> None:
    def work(items: Sequence[int]) -> list[int]:
        if -1 in items:
            raise ValueError("no")
        return list(items)

    grouper = MicroBatcher(work, batches_max=1, size_max=10)

    with pytest.raises(ValueError, match="no"):
        await grouper.call(-1)

    assert await grouper.call(3) == 3


def _sessions(items: Sequence[int]) -> list[int]:
    """Return the server's process of this thread's connection, when all threads of a group have theirs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (found,) = cursor.fetchone()
    return [found] * len(items)


@pytest.mark.django_db(transaction=True)
async def test_groups_that_follow_each_other_share_a_connection_that_is_then_given_back() -> None:
    taken_before = _taken()
    grouper = MicroBatcher(_sessions, batches_max=1, size_max=1)
    # The pool has several, and gives away the one that has waited longest.
    others = [MicroBatcher(_sessions, batches_max=1, size_max=1) for _ in range(3)]
    await asyncio.gather(*(other.call(0) for other in others))

    used = {await grouper.call(number) for number in range(20)}
    taken_at_once = _taken()

    assert len(used) == 1
    assert taken_at_once > taken_before
    await asyncio.to_thread(wait_until, lambda: _taken() == taken_before, "connections to be in the pool again")


def _taken() -> int:
    figures = connections["default"].pool.get_stats()
    return int(figures["pool_size"] - figures["pool_available"])


async def test_the_threads_end_with_their_batcher() -> None:
    before = set(threading.enumerate())
    grouper = MicroBatcher(_numbers, batches_max=2, size_max=1)
    await asyncio.gather(*(grouper.call(number) for number in range(4)))
    own = [thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("batches-")]

    del grouper

    assert len(own) == 2
    await asyncio.to_thread(wait_until, lambda: not any(thread.is_alive() for thread in own), "threads to end")


def test_a_loop_that_ends_in_the_middle_of_a_batch_keeps_no_other_from_its_result() -> None:
    leave = threading.Event()

    def work(items: Sequence[int]) -> list[int]:
        assert leave.wait(10)
        return list(items)

    grouper = MicroBatcher(work, batches_max=1, size_max=10)

    async def leave_early() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(grouper.call(1), 0.01)

    asyncio.run(leave_early())
    leave.set()

    assert asyncio.run(asyncio.wait_for(grouper.call(2), 10)) == 2


def _numbers(items: Sequence[int]) -> list[int]:
    return list(items)
