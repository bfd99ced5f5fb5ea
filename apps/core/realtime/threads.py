"""Where sockets do what blocks: a few threads of their own, so that a storm of connects can't take every connection."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

from apps.core.database.budgets import REQUEST_SECONDS, spending

P = ParamSpec("P")
T = TypeVar("T")

# For rounds, for catching up, and for log-ins that connect; tickets are redeemed in groups (core.grouping).
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sockets")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking function and give its database connection back afterwards."""

    def run() -> T:
        try:
            with spending(REQUEST_SECONDS):
                return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, run)
