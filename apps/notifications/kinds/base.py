"""What every kind of notification has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol
from uuid import UUID


class Road(StrEnum):
    """How a notification reaches its player. What does not lie in the inbox is not pushed to sockets either."""

    INBOX = "inbox"


class Choice(StrEnum):
    """How much of a kind a player wants on a road."""

    ALL = "all"
    NONE = "none"


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
    # What its roads let a player choose; the first is what holds until they do.
    roads: ClassVar[Mapping[Road, tuple[Choice, ...]]]

    @staticmethod
    def title(payload: Mapping[str, Any]) -> str: ...

    @staticmethod
    def body(payload: Mapping[str, Any]) -> str: ...
