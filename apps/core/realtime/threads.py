"""A few threads for blocking work of sockets, so that a storm of connects can't take every database connection."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

from apps.core.database.budgets import REQUEST_SECONDS, spending

P = ParamSpec("P")
T = TypeVar("T")

# For rounds, catching up, and log-ins that connect; tickets are redeemed in batches (core.asgi.micro_batching).
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sockets")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking function and return its database connection afterwards."""

    def run() -> T:
        try:
            with spending(REQUEST_SECONDS):
                return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, run)
