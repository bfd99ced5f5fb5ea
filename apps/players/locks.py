"""Locks of external ids: a game's servers take one each, an import all of a game's."""

from uuid import UUID

from django.db.backends.utils import CursorWrapper

_ONE = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 1)), pg_advisory_xact_lock(hashtextextended(%s, 0))"
_ALL = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))"


def lock_external_id(cursor: CursorWrapper, game_id: UUID, environment: str, external_id: str) -> None:
    """Wait until nobody else creates a player with this id, and let nobody begin until the transaction ends."""
    game = f"{game_id}:{environment}"
    cursor.execute(_ONE, [game, f"{game}:{external_id}"])


def lock_external_ids(cursor: CursorWrapper, game_id: UUID, environment: str) -> None:
    """As lock_external_id, for every id of a game."""
    cursor.execute(_ALL, [f"{game_id}:{environment}"])
