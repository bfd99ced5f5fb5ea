"""Which player an API caller may read or act for.

One rule for every path with a player's id. A key reads of any player what anyone may, and everything of players its
game knows: by an external id, in the key's environment, so that test keys know test players only. Where it acts in a
player's place (tokens, socket tickets, link codes, the board of their friends), it gets 404 for others.
Tokens and sessions act for their own player only. The id of a merged player leads to the one they became.
"""

from uuid import UUID

from django.utils.translation import gettext

from apps.core.api.auth.callers import Caller, NotAuthenticatedError
from apps.core.errors import NotFoundError
from apps.players.errors import PlayerNotFoundError, PlayerNotInGameError
from apps.players.models import Player
from apps.players.queries import ANYONE, Viewer, followed_player, known_player, visible_player


def seen_player(caller: Caller | None, player_id: UUID | None) -> Player:
    """Return a player as visible to the caller; None is `me`. Raises: NotAuthenticatedError, PlayerNotFoundError."""
    if caller is None:
        if player_id is None:
            raise NotAuthenticatedError
        return visible_player(player_id, None)
    game_id = caller.game_id if caller.kind == "key" else None
    return visible_player(player_id or own_player_id(caller), caller.player_id, game_id=game_id, is_test=caller.is_test)


def viewer_id_of(caller: Caller | None) -> UUID | None:
    """Return the player whose view a caller gets where a key sees what anyone does; None for anyone."""
    return None if caller is None else caller.player_id


def viewer_of(caller: Caller | None, named_id: UUID | None = None) -> Viewer:
    """Return the viewer for a caller; a key gets the view of the player it names."""
    if caller is None:
        return ANYONE
    if caller.kind == "key":
        return Viewer(known_id=named_id, game_id=caller.game_id, environment=environment_of(caller))
    return Viewer(caller.player_id)


def own_player(caller: Caller) -> Player:
    """Return the caller's own player. Raises: PlayerNotFoundError for an account without one."""
    return visible_player(own_player_id(caller), caller.player_id)


def own_player_id(caller: Caller) -> UUID:
    """Return the id of the caller's own player. Raises: PlayerNotFoundError for a key, or an account without one."""
    if caller.player_id is None:
        is_key = caller.kind in {"key", "publishable"}
        raise PlayerNotFoundError(
            gettext("A key is no player. Name one.") if is_key else gettext("Your account has no player.")
        )
    return caller.player_id


def key_game_of(caller: Caller | None) -> UUID | None:
    """Return a key's game; None for other callers."""
    return caller.game_id if caller is not None and caller.kind == "key" else None


def represented_player(caller: Caller, player_id: UUID) -> Player:
    """Return a player the caller may act for. At most two queries.

    Raises: PlayerNotFoundError, AccountDeactivatedError.
    """
    if caller.kind == "key":
        return known_player(player_id, game_id=game_of(caller), environment=environment_of(caller))
    player = followed_player(player_id)
    if player is None or player.id != caller.player_id:
        raise PlayerNotFoundError
    return player


def reported_player_id(caller: Caller, player_id: UUID | None) -> UUID:
    """Return the player a caller reports for: a token's own, or for a key any live player.

    Raises: PlayerNotFoundError.
    """
    wanted = player_id or own_player_id(caller)
    if caller.kind != "key":
        return represented_player(caller, wanted).id
    found = followed_player(wanted)
    if found is None or found.is_test:
        raise PlayerNotFoundError
    return found.id


def player_in_game(caller: Caller, player_id: UUID) -> Player:
    """Return a player of a key's game, whom it may act for. Raises: PlayerNotInGameError, AccountDeactivatedError."""
    try:
        return represented_player(caller, player_id)
    except PlayerNotFoundError as error:
        raise PlayerNotInGameError from error


def game_of(caller: Caller) -> UUID:
    """Return the game of a key or a token; both have one."""
    if caller.game_id is None:
        raise NotFoundError
    return caller.game_id


def key_of(caller: Caller) -> UUID:
    """Return the id of a key, or of the one behind a token. Raises: NotFoundError for others."""
    if caller.key_id is None:
        raise NotFoundError
    return caller.key_id


def environment_of(caller: Caller) -> str:
    return "test" if caller.is_test else "live"
