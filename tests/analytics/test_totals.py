"""What there is to earn in a game, some moments after it has changed."""

from collections.abc import Callable

import pytest
from django.db import connection

from apps.analytics.counters import game_totals
from apps.analytics.models import GameTotal
from apps.core.background.relay import run_steps_until_empty
from apps.games.actions import archive_achievement, publish_achievement
from apps.games.models import Achievement, Game
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_achievement

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


def total_of(game: Game) -> tuple[int, int] | None:
    return GameTotal.objects.filter(pk=game.pk).values_list("achievement_count", "points").first()


def publish(game: Game, points: int) -> Achievement:
    draft = make_achievement(game, points=points, state="draft")
    return publish_achievement(achievement=draft)


def refreshes(work: Callable[[], object]) -> int:
    seen: list[str] = []

    def watch(execute: Callable[..., object], sql: str, *rest: object) -> object:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        work()
    return sum("REFRESH" in sql for sql in seen)


def test_publishing_and_archiving_show_after_one_refresh_for_all_of_them(game: Game) -> None:
    first, _ = publish(game, 10), publish(game, 25)
    run_steps_until_empty()

    assert refreshes(game_totals.refresh_when_due) == 1
    assert total_of(game) == (2, 35)
    assert refreshes(game_totals.refresh_when_due) == 0

    archive_achievement(achievement=first)
    run_steps_until_empty()
    game_totals.refresh_when_due()
    assert total_of(game) == (1, 25)


def test_a_refresh_that_was_killed_stays_due(game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(game, 10)
    run_steps_until_empty()

    def kill() -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(game_totals, "refresh", kill)
        with pytest.raises(Killed):
            game_totals.refresh_when_due()
    assert total_of(game) is None

    game_totals.refresh_when_due()
    assert total_of(game) == (1, 10)


def test_a_dashboard_shows_what_a_studio_publishes_and_archives(api: Api, game: Game, alice: Player) -> None:
    first = publish(game, 10)
    api.unlock(alice, first)

    def shown() -> tuple[int, int, float]:
        run_steps_until_empty()
        game_totals.refresh_when_due()
        (played,) = Api().get(f"players/{alice.id}/dashboard").json()["games"]
        return played["achievement_count"], played["total_achievements"], played["completion_percentage"]

    assert shown() == (1, 1, 100.0)
    second = publish(game, 25)
    assert shown() == (1, 2, 50.0)
    archive_achievement(achievement=second)
    assert shown() == (1, 1, 100.0)
