"""A dependency that is down is left alone; one caller a pause tries whether it is back."""

from contextlib import suppress
from typing import Any

import pytest

from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker
from tests.core.conftest import Clock


class Server:
    """A Redis that is down, and counts its calls."""

    def __init__(self) -> None:
        self.call_count = 0
        self.is_down = True

    def call(self, client: Any) -> str:
        self.call_count += 1
        if self.is_down:
            raise redis.RedisError("down")
        return "here"

    def is_called(self) -> bool:
        """Call through the breaker, and return whether the call came here."""
        before = self.call_count
        with suppress(redis.RedisUnavailableError):
            redis.run_with_breaker(self.call)
        return self.call_count > before


def test_redis_is_tried_after_a_second_and_then_every_two(clock: Clock) -> None:
    server = Server()
    opening = [server.is_called() for _ in range(6)]

    pauses = []
    for _ in range(6):
        began_at = clock.moment
        while not server.is_called():
            clock.moment += 0.5
        pauses.append(clock.moment - began_at)

    assert opening == [True] * 5 + [False]
    assert pauses == [1.0, 2.0, 2.0, 2.0, 2.0, 2.0]


def test_one_caller_tries_while_the_others_are_refused(clock: Clock) -> None:
    server, seen = Server(), []
    for _ in range(5):
        server.is_called()
    clock.moment += 1.0

    def call_beside(client: Any) -> str:
        seen.append(server.is_called())
        return "here"

    response = redis.run_with_breaker(call_beside)

    assert (response, seen) == ("here", [False])
    assert breaker.state == "closed"


def test_calls_that_fail_late_lengthen_no_pause(clock: Clock) -> None:
    server = Server()

    def fail_after_the_others(client: Any) -> None:
        for _ in range(5):
            server.is_called()
        raise redis.RedisError("late")

    with pytest.raises(redis.RedisUnavailableError):
        redis.run_with_breaker(fail_after_the_others)
    clock.moment += 1.0

    assert breaker.state == "half-open"
    assert server.is_called()


def test_a_response_makes_the_next_pause_a_second_again(clock: Clock) -> None:
    server = Server()
    for seconds in (0, 1, 2):
        clock.moment += seconds
        for _ in range(5):
            server.is_called()
    clock.moment += 2.0
    server.is_down = False

    back = [server.is_called() for _ in range(2)]
    server.is_down = True
    for _ in range(5):
        server.is_called()
    clock.moment += 1.0

    assert back == [True, True]
    assert server.is_called()


def test_a_known_loss_opens_at_once(clock: Clock) -> None:
    server = Server()

    breaker.trip()

    assert (breaker.state, server.is_called()) == ("open", False)
    clock.moment += 1.0
    assert server.is_called()
