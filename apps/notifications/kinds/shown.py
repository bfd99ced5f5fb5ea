"""Achievements, games and players as notifications show them, read in one query each."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from apps.core.media import media_url
from apps.games.models import Achievement, Game
from apps.games.rarity import Tier, tier_of
from apps.players.models import Player

# Plain rows: with 500 model instances and their games, the relay's step took three times as long.
_ACHIEVEMENT = (
    *("id", "key", "name", "description", "icon", "is_hidden", "completion__share"),
    *("game__id", "game__slug", "game__name"),
)


@dataclass(frozen=True, slots=True)
class ShownAchievement:
    """An achievement with its current names; `game` is {id, slug, name}."""

    id: UUID
    key: str
    name: str
    description: str
    icon_url: str | None
    is_hidden: bool
    tier: Tier | None
    game: dict[str, Any]

    def for_others(self) -> dict[str, Any]:
        """Return {id, name, icon_url} as players who may not have earned it may see them."""
        if self.is_hidden:
            return {"id": self.id, "name": gettext("a hidden achievement"), "icon_url": None}
        return {"id": self.id, "name": self.name, "icon_url": self.icon_url}


def shown_achievements(ids: Collection[UUID]) -> dict[UUID, ShownAchievement]:
    """Return the achievements that exist, by id. One query."""
    rows = Achievement.objects.filter(id__in=ids).values_list(*_ACHIEVEMENT)
    return {row[0]: _achievement(row) for row in rows}


def shown_games(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return {id, slug, name} of the games that exist, by id. One query."""
    rows = Game.objects.filter(id__in=ids).values_list("id", "slug", "name")
    return {game_id: {"id": game_id, "slug": slug, "name": name} for game_id, slug, name in rows}


def shown_players(ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return {id, handle, display_name, avatar_url} of the players that exist, by id. One query."""
    rows = Player.objects.filter(id__in=ids).values_list("id", "handle", "display_name", "avatar")
    return {
        player_id: {"id": player_id, "handle": handle, "display_name": name, "avatar_url": media_url(avatar) or None}
        for player_id, handle, name, avatar in rows
    }


def _achievement(row: tuple[Any, ...]) -> ShownAchievement:
    achievement_id, key, name, description, icon, is_hidden, share, game_id, game_slug, game_name = row
    game = {"id": game_id, "slug": game_slug, "name": game_name}
    icon_url = media_url(icon) or None
    return ShownAchievement(achievement_id, key, name, description, icon_url, is_hidden, tier_of(share), game)
