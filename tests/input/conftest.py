"""A world in which every operation has something to work on."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.games.models import Game
from apps.players.models import Player
from tests.conftest import Api
from tests.input.bodies import World, make_world


@pytest.fixture
def world(game: Game, as_account: Callable[[Any], Api], as_player: Callable[[Player], Api]) -> World:
    return make_world(game, as_account, as_player)
