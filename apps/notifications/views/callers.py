"""Whose notifications a caller of the API means."""

from uuid import UUID

from apps.core.api.callers import Access, Caller
from apps.notifications.actions import PlayerNotFoundError

MINE = Access(token=True, session=True, test_keys=False)


def own_player_id(caller: Caller) -> UUID:
    """Return the caller's player. Raises: PlayerNotFoundError for an account that has none."""
    if caller.player_id is None:
        raise PlayerNotFoundError
    return caller.player_id
