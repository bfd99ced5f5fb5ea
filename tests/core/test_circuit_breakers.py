"""A dependency that is away is left alone, and asked by one caller a pause whether it is back."""

from contextlib import suppress
from typing import Any

import pytest

from apps.core import circuit_breakers
from apps.core.redis import client as redis


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.moment = 1000.0

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(circuit_breakers, "monotonic", clock)
    return clock


class Server:
    """A Redis that is away, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_away = True

    def ask(self, client: Any) -> str:
        self.asked += 1
        if self.is_away:
            raise redis.RedisError("away")
        return "here"

    def is_asked(self) -> bool:
        """Call through the breaker, and return whether the call came here."""
        before = self.asked
        with suppress(redis.RedisAwayError):
            redis.attempt(self.ask)
        return self.asked > before


def test_redis_is_asked_after_a_second_and_then_after_twice_as_long_up_to_ten(clock: Clock) -> None:
    server = Server()
    opening = [server.is_asked() for _ in range(6)]

    pauses = []
    for _ in range(6):
        began_at = clock.moment
        while not server.is_asked():
            clock.moment += 0.5
        pauses.append(clock.moment - began_at)

    assert opening == [True] * 5 + [False]
    assert pauses == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_one_caller_asks_while_the_others_are_refused(clock: Clock) -> None:
    server, seen = Server(), []
    for _ in range(5):
        server.is_asked()
    clock.moment += 1.0

    def ask_beside(client: Any) -> str:
        seen.append(server.is_asked())
        return "here"

    answer = redis.attempt(ask_beside)

    assert (answer, seen) == ("here", [False])
    assert redis.breaker.state == "closed"


def test_calls_that_fail_late_lengthen_no_pause(clock: Clock) -> None:
    server = Server()

    def fail_after_the_others(client: Any) -> None:
        for _ in range(5):
            server.is_asked()
        raise redis.RedisError("late")

    with pytest.raises(redis.RedisAwayError):
        redis.attempt(fail_after_the_others)
    clock.moment += 1.0

    assert redis.breaker.state == "half-open"
    assert server.is_asked()


def test_an_answer_makes_the_next_pause_a_second_again(clock: Clock) -> None:
    server = Server()
    for seconds in (0, 1, 2):
        clock.moment += seconds
        for _ in range(5):
            server.is_asked()
    clock.moment += 4.0
    server.is_away = False

    back = [server.is_asked() for _ in range(2)]
    server.is_away = True
    for _ in range(5):
        server.is_asked()
    clock.moment += 1.0

    assert back == [True, True]
    assert server.is_asked()


def test_a_known_loss_opens_at_once(clock: Clock) -> None:
    server = Server()

    redis.breaker.trip()

    assert (redis.breaker.state, server.is_asked()) == ("open", False)
    clock.moment += 1.0
    assert server.is_asked()
