"""Counters and completion rates."""

from collections.abc import Callable

import pytest

from apps.analytics.counters.completion_rates import refresh_completion_rates
from apps.analytics.models import AchievementCounter, GameCounter
from apps.games.models import Achievement, AchievementCompletion, Game
from apps.games.rarity import tier_of
from tests.conftest import Api
from tests.factories import make_achievement, make_player

pytestmark = pytest.mark.django_db(transaction=True)


def test_counters_follow_the_ledger(api: Api, achievement: Achievement, relay: Callable[[], int], boards: None) -> None:
    players = [make_player() for _ in range(3)]
    for player in players:
        api.unlock(player, achievement)
        api.unlock(player, achievement)
    relay()

    assert AchievementCounter.objects.get(achievement_id=achievement.id).unlock_count == 3
    assert GameCounter.objects.get(game_id=achievement.game_id).unlock_count == 3


def test_rates_are_the_share_of_the_games_players(api: Api, game: Game, relay: Callable[[], int], boards: None) -> None:
    everyones, half, nobodys = (make_achievement(game) for _ in range(3))
    players = [make_player() for _ in range(20)]
    for number, player in enumerate(players):
        api.unlock(player, everyones)
        if number % 2:
            api.unlock(player, half)
    relay()

    refresh_completion_rates()
    refresh_completion_rates()

    shares = dict(AchievementCompletion.objects.values_list("achievement_id", "share"))
    assert shares == {everyones.id: 1.0, half.id: 0.5, nobodys.id: 0.0}
    assert api.unlock(make_player(), half).json()["rarity"] == {"share": 0.5, "tier": "common"}


def test_a_game_with_nineteen_players_has_no_rates_yet(
    api: Api, achievement: Achievement, relay: Callable[[], int], boards: None
) -> None:
    for _ in range(19):
        api.unlock(make_player(), achievement)
    relay()

    refresh_completion_rates()

    row = AchievementCompletion.objects.get()
    assert (row.share, row.unlock_count, row.player_count) == (None, 19, 19)


@pytest.mark.parametrize(
    ("share", "tier"),
    [
        (1.0, "common"),
        (0.5, "common"),
        (0.4999, "uncommon"),
        (0.2, "uncommon"),
        (0.05, "rare"),
        (0.01, "epic"),
        (0.0099, "legendary"),
        (0.0, "legendary"),
        (None, None),
    ],
)
def test_tiers_begin_at_their_floor(share: float | None, tier: str | None) -> None:
    assert tier_of(share) == tier
