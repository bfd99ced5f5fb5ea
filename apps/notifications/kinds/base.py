"""What every kind of notification has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell a player, not yet numbered."""

    player_id: UUID
    kind: str
    # When it happened: notes of one step are numbered in this order.
    happened_at: datetime
    payload: dict[str, Any]
    # The game it is about, whose own clients may hear of it.
    game_id: UUID | None = None


class Kind(Protocol):
    """A kind's words, made from a stored payload."""

    key: ClassVar[str]

    @staticmethod
    def title(payload: Mapping[str, Any]) -> str: ...

    @staticmethod
    def body(payload: Mapping[str, Any]) -> str: ...
