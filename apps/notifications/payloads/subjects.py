"""What notifications are about: achievements, games and players as payloads show them, read in one query each."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from apps.core.media import media_url
from apps.games.models import Achievement, Game
from apps.games.rarity import Tier, tier_of
from apps.leaderboards.boards.modes import Mode, mode_of
from apps.players.models import Player

# Plain rows: with 500 model instances and their games, the relay's step took three times as long.
_ACHIEVEMENT = (
    *("id", "key", "name", "description", "icon", "is_hidden", "completion__share"),
    *("game__id", "game__slug", "game__name", "game__has_modes"),
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
    has_modes: bool

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


def shown_board(payload: Mapping[str, Any]) -> str:
    """Return what a board ranks, in words: a payload's game, and its mode in hardcore."""
    if not payload["game"]:
        return gettext("all games")
    name = str(payload["game"]["name"])
    return gettext("{game}, hardcore").format(game=name) if "mode" in payload else name


def in_mode(scope_id: UUID) -> dict[str, str]:
    """Return what a payload says of the mode of a board: nothing of casual ones."""
    mode = mode_of(scope_id)
    return {} if mode == Mode.CASUAL else {"mode": mode.value}


def shown_players(ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return {id, handle, display_name, avatar_url} of the players that exist, by id. One query."""
    rows = Player.objects.filter(id__in=ids).values_list("id", "handle", "display_name", "avatar")
    return {
        player_id: {"id": player_id, "handle": handle, "display_name": name, "avatar_url": media_url(avatar) or None}
        for player_id, handle, name, avatar in rows
    }


def _achievement(row: tuple[Any, ...]) -> ShownAchievement:
    achievement_id, key, name, description, icon, is_hidden, share, game_id, game_slug, game_name, has_modes = row
    game = {"id": game_id, "slug": game_slug, "name": game_name}
    icon_url = media_url(icon) or None
    tier = tier_of(share)
    return ShownAchievement(achievement_id, key, name, description, icon_url, is_hidden, tier, game, has_modes)
