"""The pytest plugin that shares the tests among workers by file: what is made once a file or a run is made by one.

Files with `slow` tests come first, so that no worker is left with one when the others have nothing more to do.
"""

import re
from functools import cache
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.supervised import CHECKOUT

# All files whose tests want the processes that run for a whole run go to one worker.
_wants_processes = re.compile(r"\blive_(stack|orm)\b")


class ByFile(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring what takes long to the front, in a worker, where the order of collection is that of handing out."""
    if hasattr(config, "workerinput"):
        slow = {_group_of(item) for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: _group_of(item) not in slow)


def _group_of(item: pytest.Item) -> str:
    return _group(item.nodeid.partition("::")[0])


@cache
def _group(file: str) -> str:
    return "live" if _wants_processes.search((CHECKOUT / file).read_text()) else file
