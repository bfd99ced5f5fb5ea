"""Querysets composed once return what querysets return."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Count, F, QuerySet

from apps.core.clock import now
from apps.core.database.composed import composed
from apps.games.models import Achievement, Game
from apps.players.models import Player
from tests.factories import make_achievement, make_game

pytestmark = pytest.mark.django_db


def columns_of(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_objects_come_with_what_was_selected_and_annotated(django_assert_num_queries: Any) -> None:
    first, second = make_game(palette={"accent": "#112233"}), make_game()

    @composed
    def game_of(slug: str) -> QuerySet[Game]:
        return Game.objects.filter(slug=slug).annotate(twice=F("number") * 2).select_related("studio")

    for game in (first, second):
        with django_assert_num_queries(1):
            found: Any = game_of.first(slug=game.slug)
            studio = found.studio

        assert columns_of(found) == columns_of(Game.objects.annotate(twice=F("number") * 2).get(pk=game.pk))
        assert (studio.name, found.studio_id) == (game.studio.name, game.studio_id)
    assert game_of.first(slug="none") is None


def test_related_objects_that_there_are_not_are_none(game: Game, achievement: Achievement) -> None:
    @composed
    def achievements(game_id: UUID) -> QuerySet[Achievement]:
        return Achievement.objects.filter(game_id=game_id).select_related("completion")

    found = achievements.rows(game_id=game.id)

    assert found == [achievement]
    assert getattr(found[0], "completion", None) is None


def test_one_statement_takes_any_number_of_values(game: Game) -> None:
    made = [make_achievement(game).pk for _ in range(3)]

    @composed
    def among(ids: list[UUID], game_ids: list[UUID]) -> QuerySet[Any, Any]:
        found = Achievement.objects.filter(pk__among=ids, game_id__among=game_ids).values_list("game_id")
        return found.annotate(count=Count("pk"))

    assert among.rows(ids=made[:2], game_ids=[game.id]) == [(game.id, 2)]
    assert among.rows(ids=made, game_ids=[game.id]) == [(game.id, 3)]
    assert among.rows(ids=[], game_ids=[game.id]) == []
    assert among.rows(ids=made, game_ids=[]) == []


def test_the_queryset_is_made_once_and_each_call_has_its_own_values(alice: Player, bob: Player) -> None:
    made = []

    @composed
    def since(moment: datetime, handle: str) -> QuerySet[Player]:
        made.append(handle)
        return Player.objects.filter(created_at__gte=moment, handle=handle)

    soon = now() + timedelta(hours=1)

    assert since.rows(moment=alice.created_at, handle="alice") == [alice]
    assert since.rows(moment=bob.created_at, handle="bob") == [bob]
    assert since.rows(moment=soon, handle="bob") == []
    assert len(made) == 1


def test_a_parameter_that_is_not_given_is_an_error(game: Game) -> None:
    @composed
    def game_of(slug: str) -> QuerySet[Game]:
        return Game.objects.filter(slug=slug)

    with pytest.raises(KeyError):
        game_of.rows()
