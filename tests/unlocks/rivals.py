"""Runs what contends at the same moment, each with a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from tests.live import wait_until


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run each work in a thread with a connection of its own, and return what they return."""
    responses: list[Any] = [None] * len(works)
    ready = threading.Barrier(len(works))

    def run(index: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            responses[index] = works[index]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return responses


def beside(mine: Callable[[], Any], rival: Callable[[], Any], then: Callable[[], Any] = list) -> tuple[Any, Any]:
    """Run `mine`, and `then` when the rival waits for its commit; return what both came to."""
    theirs: list[Any] = []

    def work() -> None:
        try:
            theirs.append(rival())
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        result = mine()
        thread.start()
        wait_until(is_someone_waiting, "the rival to wait at a key")
        then()
    thread.join()
    return result, theirs[0]


def is_someone_waiting() -> bool:
    """Whether a connection waits for a lock of this one: others, such as an autovacuum's, may wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])
