"""What tests of progress need."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from apps.games.models import Achievement, Game
from tests.factories import make_achievement
from tests.unlocks.progress_calls import TARGET


@pytest.fixture
def lamps(game: Game) -> Achievement:
    return make_achievement(game, kind="incremental", target=TARGET, points=20)


@pytest.fixture
def at(time_machine: Any) -> Callable[[datetime], None]:
    """Stop the clock at a moment."""
    return lambda moment: time_machine.move_to(moment, tick=False)
