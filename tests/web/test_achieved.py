"""Medals and the line of ranks on a player's page."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client

from apps.core.clock import now
from apps.games.models import Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.models import FinalPlace
from apps.players.models import Player
from apps.unlocks.models import Unlock
from apps.web.queries.achieved import medals_of, rank_line
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_player

pytestmark = pytest.mark.django_db


def place(player: Player, window: str, opened_on: date, rank: int, game: Game | None = None) -> None:
    FinalPlace.objects.create(
        player_id=player.id, scope_id=game.id if game else PLATFORM_ID, window=window, opened_on=opened_on, rank=rank,
        points=1200, unlock_count=3, reached_at=now(), region="EU",
    )  # fmt: skip


def keep_ranks(player: Player, ranks: list[int]) -> None:
    first = now().date().replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO rank_history VALUES (%s, %s, %s, %s)", [player.id, PLATFORM_ID, first, ranks])


def test_the_best_medals_come_first_months_before_weeks_before_days(alice: Player, game: Game) -> None:
    place(alice, "day", date(2026, 11, 5), 1)
    place(alice, "day", date(2026, 11, 6), 4)
    place(alice, "week", date(2026, 11, 2), 3, game)
    place(alice, "week", date(2026, 10, 26), 2, game)
    place(alice, "month", date(2026, 10, 1), 3)

    shown = [(item.medal, item.scope_name, item.when) for item in medals_of(alice)]

    assert shown == [
        ("bronze", "All games", "October 2026"),
        ("silver", game.name, "Week of 26 October to 1 November"),
        ("bronze", game.name, "Week of 2 November to 8 November"),
        ("gold", "All games", "5 November 2026"),
    ]


def test_a_line_runs_from_the_first_rank_to_the_last(alice: Player) -> None:
    keep_ranks(alice, [40, 20, 30])

    line = rank_line(alice)

    assert line is not None
    assert (line.first_rank, line.last_rank, line.best_rank, line.days) == (40, 30, 20, 2)
    assert line.points == "2.0,44.0 120.0,4.0 238.0,24.0"


def test_one_day_is_no_line(alice: Player) -> None:
    keep_ranks(alice, [40])

    assert rank_line(alice) is None
    assert rank_line(make_player()) is None


def test_the_page_shows_both_in_words(client: Client, api: Api, alice: Player, game: Game, boards: None) -> None:
    achievement = make_achievement(game)
    api.unlock(alice, achievement)
    assert Unlock.objects.exists()
    place(alice, "week", date(2026, 11, 2), 1, game)
    place(alice, "week", date(2026, 11, 2), 1, make_game(is_published=True))
    keep_ranks(alice, [4, 2])
    from apps.core.background.relay import run_steps_until_empty

    run_steps_until_empty()

    page = client.get("/players/alice/").content.decode()

    assert "Medals" in page
    assert f'href="/games/{game.slug}/"' in page
    assert "Rank over 1 day: from 4th to 2nd" in page
