"""Which player a caller of the API means and may see."""

from uuid import UUID

from apps.core.api.callers import Caller, NotAuthenticatedError
from apps.players.models import Player
from apps.players.queries import visible_player


def seen_player(caller: Caller | None, player_id: UUID | None) -> Player:
    """Return a player as the caller sees them, `me` being None. Raises: NotAuthenticatedError, PlayerNotFoundError."""
    if caller is None:
        if player_id is None:
            raise NotAuthenticatedError
        return visible_player(player_id, None)
    game_id = caller.game_id if caller.kind == "key" else None
    return visible_player(player_id or caller.player_id, caller.player_id, game_id=game_id, is_test=caller.is_test)
