"""Players' dashboards: games played, totals, rank and latest unlocks; one, or those of many calls at once."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from apps.analytics.bodies import dashboard_body
from apps.analytics.queries import DashboardGame, played_games
from apps.core.api.wire.responses import to_json
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.places import Rank, rank_alone, ranks_alone
from apps.players.models import Player
from apps.players.queries import players_by_id
from apps.unlocks.first_pages import FirstPage, ListEntry, first_unlocks
from apps.unlocks.queries import latest_unlocks

LATEST_COUNT = 10


class WantedDashboard(NamedTuple):
    """A player's dashboard, as anyone sees it, or as a key of a game does."""

    player_id: UUID
    key_game_id: UUID | None


def dashboard(player: Player, viewer_id: UUID | None, *, key_game_id: UUID | None = None) -> bytes:
    """Return the dashboard as JSON, as visible to the viewer; a key sees what the player has earned in its game."""
    (games,) = played_games([player.id], [key_game_id])
    rank = rank_alone(Board(PLATFORM_ID), player.id)
    latest = latest_unlocks(player.id, viewer_id, count=LATEST_COUNT, key_game_id=key_game_id)
    return _json(player, games, rank, latest)


def dashboards(wanted: Sequence[WantedDashboard]) -> list[bytes | None]:
    """Return each dashboard as JSON, None for a player who was merged or whom the caller may not see.

    One round trip to Redis and three queries, for any number. Raises: RedisUnavailableError, BoardsMissingError.
    """
    latest = first_unlocks([_page(item) for item in wanted])
    seen = [item for item, unlocks in zip(wanted, latest, strict=True) if unlocks is not None]
    players = players_by_id(item.player_id for item in seen)
    games = played_games([item.player_id for item in seen], [item.key_game_id for item in seen])
    ranks = ranks_alone(Board(PLATFORM_ID), [item.player_id for item in seen])
    found = {
        item: (held, rank) for item, held, rank in zip(seen, games, ranks, strict=True) if item.player_id in players
    }
    return [
        _json(players[item.player_id], *found[item], unlocks) if unlocks is not None and item in found else None
        for item, unlocks in zip(wanted, latest, strict=True)
    ]


def _page(wanted: WantedDashboard) -> FirstPage:
    sight = "anyone" if wanted.key_game_id is None else "key"
    return FirstPage(wanted.player_id, sight, False, None, wanted.key_game_id, LATEST_COUNT)


def _json(player: Player, games: list[DashboardGame], rank: Rank | None, latest: list[ListEntry]) -> bytes:
    return to_json(dashboard_body(player, games=games, rank=rank, latest=latest))
