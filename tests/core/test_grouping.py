"""Grouping calls of many threads."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.core.grouping import Grouper


def test_every_caller_gets_its_own_result_however_calls_are_grouped() -> None:
    sizes: list[int] = []

    def square(items: Sequence[int]) -> list[int]:
        sizes.append(len(items))
        return [item * item for item in items]

    grouper = Grouper(square, groups_max=2, size_max=5)
    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(grouper.call, range(5000)))

    assert results == [item * item for item in range(5000)]
    assert sum(sizes) == 5000
    assert max(sizes) <= 5


def test_calls_gather_while_a_group_runs() -> None:
    entered, leave = threading.Event(), threading.Event()
    groups: list[list[int]] = []

    def work(items: Sequence[int]) -> list[int]:
        groups.append(list(items))
        if items[0] == 0:
            entered.set()
            assert leave.wait(10)
        return list(items)

    grouper = Grouper(work, groups_max=1, size_max=100)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(grouper.call, 0)
        assert entered.wait(10)
        others = [pool.submit(grouper.call, number) for number in range(1, 6)]
        while len(grouper._waiting) < 5:
            pass
        leave.set()
        results = [first.result(10), *(other.result(10) for other in others)]

    assert results == [0, 1, 2, 3, 4, 5]
    assert [sorted(group) for group in groups] == [[0], [1, 2, 3, 4, 5]]


def test_an_error_reaches_every_caller_of_its_group_and_no_later_one() -> None:
    def work(items: Sequence[int]) -> list[int]:
        if -1 in items:
            raise ValueError("no")
        return list(items)

    grouper = Grouper(work, groups_max=1, size_max=10)

    with pytest.raises(ValueError, match="no"):
        grouper.call(-1)

    assert grouper.call(3) == 3
