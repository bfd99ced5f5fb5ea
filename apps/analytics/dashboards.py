"""A player's dashboard: games played, totals, rank and latest unlocks."""

from uuid import UUID

from apps.analytics.bodies import dashboard_body
from apps.analytics.queries import played_games
from apps.core.api.wire.responses import to_json
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.places import rank_of_player
from apps.players.models import Player
from apps.unlocks.queries import latest_unlocks

LATEST_COUNT = 10


def dashboard(player: Player, viewer_id: UUID | None, *, key_game_id: UUID | None = None) -> bytes:
    """Return the dashboard as JSON, as visible to the viewer; a key sees what the player has earned in its game."""
    games = played_games(player.id, key_game_id=key_game_id)
    player_rank = rank_of_player(Board(PLATFORM_ID), player.id, reach=0)
    latest = latest_unlocks(player.id, viewer_id, count=LATEST_COUNT, key_game_id=key_game_id)
    return to_json(dashboard_body(player, games=games, player_rank=player_rank, latest=latest))
