"""Whatever is reported in whatever batches, progress is what a few lines of Python say it is."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.models import OutboxEntry
from apps.games.models import Achievement, Game
from apps.unlocks.actions import record_progress
from apps.unlocks.models import Progress, Unlock
from apps.unlocks.reports import ProgressReport, Verb
from tests.factories import make_achievement, make_player

pytestmark = pytest.mark.django_db

TARGET = 10
steps = st.integers(1, 12)
verbs = st.one_of(
    st.tuples(st.just(Verb.INCREMENT), steps, st.sampled_from("abcde")),
    st.tuples(st.just(Verb.SET_AT_LEAST), steps, st.none()),
    st.tuples(st.sampled_from([Verb.REVEAL, Verb.UNLOCK]), st.none(), st.none()),
)


@dataclass
class Model:
    """One player in one achievement of TARGET steps, which is hidden."""

    steps: int = 0
    is_revealed: bool = False
    is_unlocked: bool = False
    requests: set[Any] = field(default_factory=set)

    def take(self, verb: Verb, count: int | None, request_id: str | None) -> tuple[bool, int, bool]:
        """Return (unlocked now, steps, revealed)."""
        was_unlocked = self.is_unlocked
        if not was_unlocked:
            self._change(verb, count or 0, request_id)
        steps = TARGET if self.is_unlocked else self.steps
        return self.is_unlocked and not was_unlocked, steps, self.is_revealed or self.is_unlocked

    def _change(self, verb: Verb, count: int, request_id: str | None) -> None:
        if verb is Verb.INCREMENT and request_id not in self.requests:
            self.requests.add(request_id)
            self.steps = min(TARGET, self.steps + count)
        elif verb is Verb.SET_AT_LEAST:
            self.steps = max(self.steps, min(TARGET, count))
        self.is_revealed = self.is_revealed or verb is Verb.REVEAL
        self.is_unlocked = verb is Verb.UNLOCK or self.steps >= TARGET


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(st.tuples(st.integers(0, 3), verbs), min_size=1, max_size=8), max_size=6))
def test_any_reports_in_any_batches_come_to_what_the_model_says(game: Game, batches: list[Any]) -> None:
    players = [make_player(), make_player()]
    achievements = [make_achievement(game, kind="incremental", target=TARGET, is_hidden=True) for _ in range(2)]
    pairs = [(player, achievement) for player in players for achievement in achievements]
    models = [Model() for _ in pairs]
    before = OutboxEntry.objects.count()

    for batch in batches:
        reports = [_report(*pairs[pair], *verb) for pair, verb in batch]
        outcomes = record_progress(reports=reports)
        expected = [models[pair].take(*verb) for pair, verb in batch]
        assert [(outcome.is_new, outcome.steps, outcome.is_revealed) for outcome in outcomes] == expected

    for (player, achievement), model in zip(pairs, models, strict=True):
        stored = Progress.objects.filter(player=player, achievement=achievement).first()
        assert (stored.steps if stored else 0) == model.steps
        assert Unlock.objects.filter(player=player, achievement=achievement).exists() == model.is_unlocked
    assert OutboxEntry.objects.count() - before == sum(model.is_unlocked for model in models)


def _report(player: Any, achievement: Achievement, verb: Verb, count: int | None, request_id: str | None) -> Any:
    plain = ProgressReport(achievement.game_id, player.id, achievement.id, None, None)
    return replace(plain, verb=verb, steps=count, request_id=request_id)
