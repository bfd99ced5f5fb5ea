"""Who vouches for a report decides what it may set, for every source there is."""

from typing import Any

import pytest

from apps.games.models import Game
from apps.players.models import Player
from apps.unlocks.actions import record_progress, record_unlocks
from apps.unlocks.models import Progress, Source, Unlock
from apps.unlocks.reports import ProgressReport, Report, Verb
from tests.factories import make_achievement

pytestmark = pytest.mark.django_db
CLIENTS = {Source.CLIENT, Source.PUBLISHABLE}
COUNTED = {"kind": "incremental", "target": 5}


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("setter", ["server", "client"])
def test_clients_set_only_what_clients_may(game: Game, alice: Player, source: Source, setter: str) -> None:
    earned, counted = (make_achievement(game, setter=setter, **kind) for kind in ({}, COUNTED))
    said: dict[str, Any] = {"achievement_key": None, "unlocked_at": None, "source": source}

    (unlock,) = record_unlocks(reports=[Report(game.id, alice.id, earned.id, **said)])
    (progress,) = record_progress(
        reports=[ProgressReport(game.id, alice.id, counted.id, **said, verb=Verb.SET_AT_LEAST, steps=2)]
    )

    is_refused = setter == "server" and source in CLIENTS
    assert unlock.outcome == ("set_by_server" if is_refused else "unlocked")
    assert progress.outcome == ("set_by_server" if is_refused else "recorded")
    assert list(Unlock.objects.values_list("source", flat=True)) == ([] if is_refused else [source])
    assert Progress.objects.count() == (0 if is_refused else 1)
