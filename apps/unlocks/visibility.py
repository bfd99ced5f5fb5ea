"""Whose unlocks and progress an API caller reads, and for which viewer; the rule for players is in players' own."""

from dataclasses import dataclass, replace
from uuid import UUID

from apps.core.api.auth.callers import Caller, NotAuthenticatedError
from apps.games.queries import GameNotFoundError
from apps.players.errors import PlayerNotFoundError
from apps.players.queries import Sight, visible_player
from apps.players.visibility import own_player_id


@dataclass(frozen=True, slots=True)
class Reading:
    """Whose unlocks and progress are read, and the viewer for whom hidden achievements are masked.

    `game_id` restricts keys and tokens to their game. `is_test` reads the sandbox, drafts included. `is_key` reads its
    game's players whether the game is published or not. `sight` is set until the player was seen to be visible and not
    merged: statements check that on the way, and whoever finds nothing calls `proven`.
    """

    player_id: UUID | None = None
    viewer_id: UUID | None = None
    game_id: UUID | None = None
    is_test: bool = False
    is_key: bool = False
    sight: Sight | None = None

    @property
    def is_open_to_unpublished(self) -> bool:
        """Whether what was earned in `game_id` is read even if that is not published: by its studio, and one's own."""
        return self.game_id is not None and (self.is_key or self.is_test or self.is_own)

    @property
    def is_strangers(self) -> bool:
        """Whether a game's list reads as it does for anyone, while the game is published."""
        return self.player_id is None and self.viewer_id is None and not self.is_test

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
        return Reading(named_id, sight=Sight() if named_id else None)
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
        return Reading(player_id, sight=Sight())
    return _reading_of(caller, player_id or own_player_id(caller))


def own_reading(caller: Caller, player_id: UUID | None) -> Reading:
    """Return the reading of a player by themselves, or by a key of their game. Raises: PlayerNotFoundError."""
    reading = reading_of_player(caller, player_id)
    if not reading.is_own:
        # Unless it is the caller's id from before a merge.
        reading = proven(reading)
    if not reading.is_own:
        raise PlayerNotFoundError
    return reading


def proven(reading: Reading) -> Reading:
    """Return the reading of the player whom the id leads to, if visible. One query. Raises: PlayerNotFoundError."""
    sight = reading.sight
    if sight is None or reading.player_id is None:
        return reading
    found = visible_player(reading.player_id, sight.viewer_id, game_id=sight.game_id, is_test=sight.is_test).id
    return replace(reading, player_id=found, viewer_id=found if reading.is_own else reading.viewer_id, sight=None)


def _reading_of(caller: Caller, player_id: UUID | None) -> Reading:
    if caller.kind == "key":
        # Games show lists to their players, so a key sees what the player does.
        sight = Sight(None, caller.game_id, caller.is_test)
        return Reading(player_id, player_id, caller.game_id, caller.is_test, is_key=True, sight=sight)
    if player_id is None:
        # An account without a player.
        return Reading()
    return Reading(player_id, caller.player_id, caller.game_id, caller.is_test, sight=Sight(caller.player_id))
