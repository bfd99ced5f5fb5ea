"""The achievements of a real game, from the import file to every board, recomputed from the ledger in plain SQL."""

import pytest

from tests.supervised import Stack
from tests.tools.load.real_achievements import ABSENT, find_definitions
from tests.tools.load.real_game import play
from tests.tools.load.targets import local_target

pytestmark = pytest.mark.slow


def test_boards_and_totals_of_a_real_game_equal_a_recomputation(live_stack: Stack) -> None:
    definitions = find_definitions()
    if definitions is None:
        pytest.skip(ABSENT)

    played = play(live_stack, local_target(live_stack.base_url), definitions, players=2_000, unlocks=10_000)

    assert played.achievements == 194
    assert played.run.recorder.summary().errors == {}
    assert played.findings == []
