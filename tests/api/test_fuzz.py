"""A short run of what `make fuzz` does at length."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest

from tests.api.fuzz import MAKERS, PHASES, ROLES, UNLIMITED, fuzz
from tests.supervised import Stack, supervised_stack

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(900)]

# The same requests each time: whether a change lands must not hang on luck. `make fuzz` draws new ones.
SEED = 1
# Between them they are let in everywhere; the long phase finds nothing new for those who may do a part of it.
ADMITTED = frozenset({"tool key", "studio", "token"})
# Side by side on two cores; those who change the same game come one after the other.
_BUSY = {*MAKERS, "session"}
LANES = ([role for role in ROLES if role in _BUSY], [role for role in ROLES if role not in _BUSY])


def test_generated_requests_find_no_fault() -> None:
    with patch.dict(os.environ, UNLIMITED), supervised_stack() as stack, ThreadPoolExecutor(len(LANES)) as threads:
        found = list(threads.map(lambda roles: failures(stack, roles), LANES))

    assert found == [[], []]


def failures(stack: Stack, roles: Iterable[str]) -> list[str]:
    """Return the kinds of callers that were answered otherwise than described."""
    return [role for role in roles if not fuzz(stack, role, examples=3, seed=SEED, phases=phases_of(role))]


def phases_of(role: str) -> str:
    return PHASES if role in ADMITTED else PHASES.replace("coverage,", "")
