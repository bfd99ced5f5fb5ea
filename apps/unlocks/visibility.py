"""Whose unlocks and progress an API caller reads, and for which viewer; the rule for players is in players' own."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.api.auth.callers import Caller, NotAuthenticatedError
from apps.games.queries import GameNotFoundError
from apps.players.errors import PlayerNotFoundError
from apps.players.queries import visible_player
from apps.players.visibility import own_player_id


@dataclass(frozen=True, slots=True)
class Reading:
    """Whose unlocks and progress are read, and the viewer for whom hidden achievements are masked.

    `game_id` restricts keys and tokens to their game. `is_test` reads the sandbox, drafts included. `is_key` reads its
    game's players whether the game is published or not.
    """

    player_id: UUID | None = None
    viewer_id: UUID | None = None
    game_id: UUID | None = None
    is_test: bool = False
    is_key: bool = False

    @property
    def is_open_to_unpublished(self) -> bool:
        """Whether what was earned in `game_id` is read even if that is not published: by its studio, and one's own."""
        return self.game_id is not None and (self.is_key or self.is_test or self.is_own)

    @property
    def is_own(self) -> bool:
        """Whether the viewer reads what is theirs."""
        return self.viewer_id is not None and self.viewer_id == self.player_id


def reading_in_game(caller: Caller | None, game_id: UUID, named_id: UUID | None) -> Reading:
    """Return whose list of a game is read: the player named, or the caller's own.

    Raises: GameNotFoundError, PlayerNotFoundError.
    """
    if caller is not None and caller.game_id not in {None, game_id}:
        # Keys and tokens of other games are anonymous here.
        if caller.is_test:
            raise GameNotFoundError
        caller = None
    if caller is None:
        return Reading(player_id=visible_player(named_id, None).id if named_id else None)
    if caller.kind == "publishable" and named_id is None:
        # A test key's game may try out drafts.
        return Reading(game_id=caller.game_id, is_test=caller.is_test)
    if caller.kind != "key" or named_id is not None:
        return _reading_of(caller, named_id or caller.player_id)
    return Reading(game_id=caller.game_id, is_test=caller.is_test, is_key=True)


def reading_of_player(caller: Caller | None, player_id: UUID | None) -> Reading:
    """Return the reading of a player; None is `me`. Raises: NotAuthenticatedError, PlayerNotFoundError."""
    if caller is None:
        if player_id is None:
            raise NotAuthenticatedError
        return Reading(player_id=visible_player(player_id, None).id)
    return _reading_of(caller, player_id or own_player_id(caller))


def own_reading(caller: Caller, player_id: UUID | None) -> Reading:
    """Return the reading of a player by themselves, or by a key of their game. Raises: PlayerNotFoundError."""
    reading = reading_of_player(caller, player_id)
    if not reading.is_own:
        raise PlayerNotFoundError
    return reading


def _reading_of(caller: Caller, player_id: UUID | None) -> Reading:
    if caller.kind == "key":
        # Games show lists to their players, so a key sees what the player does.
        found = visible_player(player_id, None, game_id=caller.game_id, is_test=caller.is_test).id
        return Reading(found, found, caller.game_id, caller.is_test, is_key=True)
    if player_id is None:
        # An account without a player.
        return Reading()
    found = visible_player(player_id, caller.player_id).id
    viewer_id = found if player_id == caller.player_id else caller.player_id
    return Reading(found, viewer_id, caller.game_id, caller.is_test)
