"""Which player a caller of the API means, and whether they may.

One rule for every address with a player's id in it. A key reads of any player what anyone may, and everything of those
whom its game knows: by an external id, in the key's environment, so that test keys know test players alone. Where it
acts in a player's place (tokens, socket tickets, link codes, the board of their friends), others do not exist for it.
Tokens and sessions act for their own player alone. Under the id of a merged player one finds whom they became.
"""

from uuid import UUID

from apps.core.api.auth.callers import Caller, NotAuthenticatedError
from apps.core.errors import NotFoundError
from apps.players.errors import PlayerNotFoundError
from apps.players.models import Player
from apps.players.queries import ANYONE, Eyes, followed_player, known_player, visible_player


def seen_player(caller: Caller | None, player_id: UUID | None) -> Player:
    """Return a player as the caller sees them, `me` being None. Raises: NotAuthenticatedError, PlayerNotFoundError."""
    if caller is None:
        if player_id is None:
            raise NotAuthenticatedError
        return visible_player(player_id, None)
    game_id = caller.game_id if caller.kind == "key" else None
    return visible_player(player_id or caller.player_id, caller.player_id, game_id=game_id, is_test=caller.is_test)


def eyes_of(caller: Caller | None, asked_id: UUID | None = None) -> Eyes:
    """Return through whose eyes a caller sees players; a key sees what the player does whom it asks about."""
    if caller is None:
        return ANYONE
    if caller.kind == "key":
        return Eyes(known_id=asked_id, game_id=caller.game_id, environment=environment_of(caller))
    return Eyes(caller.player_id)


def key_game_of(caller: Caller | None) -> UUID | None:
    """Return the game of a caller that is a key."""
    return caller.game_id if caller is not None and caller.kind == "key" else None


def represented_player(caller: Caller, player_id: UUID) -> Player:
    """Return a player in whose place the caller may act. At most two queries.

    Raises: PlayerNotFoundError, AccountDeactivatedError.
    """
    if caller.kind == "key":
        return known_player(player_id, game_id=game_of(caller), environment=environment_of(caller))
    player = followed_player(player_id)
    if player is None or player.id != caller.player_id:
        raise PlayerNotFoundError
    return player


def game_of(caller: Caller) -> UUID:
    """Return the game of a key or a token, which have one."""
    if caller.game_id is None:
        raise NotFoundError
    return caller.game_id


def environment_of(caller: Caller) -> str:
    return "test" if caller.is_test else "live"
