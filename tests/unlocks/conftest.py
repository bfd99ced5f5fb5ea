"""What tests of progress need."""

import pytest

from apps.games.models import Achievement, Game
from tests.factories import make_achievement
from tests.unlocks.progress_calls import TARGET


@pytest.fixture
def lamps(game: Game) -> Achievement:
    return make_achievement(game, kind="incremental", target=TARGET, points=20)
