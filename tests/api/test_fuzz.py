"""A short run of what `make fuzz` does at length."""

import os
from unittest.mock import patch

import pytest

from tests.api.fuzz import ROLES, UNLIMITED, fuzz
from tests.supervised import supervised_stack

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(300)]


def test_generated_requests_find_no_fault() -> None:
    with patch.dict(os.environ, UNLIMITED), supervised_stack() as stack:
        found = [role for role in ROLES if not fuzz(stack, role, examples=3)]

    assert found == []
