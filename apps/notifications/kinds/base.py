"""What every kind of notification has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.utils.functional import Promise


class Road(StrEnum):
    """How a notification reaches its player.

    The inbox is the record, which the others are read from: what a player does not want there is told nowhere.
    """

    INBOX = "inbox"
    SOCKET = "socket"
    EMAIL = "email"


class Choice(StrEnum):
    """How much of a kind a player wants on a road: each at once, gathered, or nothing."""

    ALL = "all"
    DIGEST = "digest"
    NONE = "none"


Roads = Mapping[Road, tuple[Choice, ...]]
ALL_OR_NONE = (Choice.ALL, Choice.NONE)
# The daily mail, for who has not turned it off, or who has turned it on.
MAILED = (Choice.DIGEST, Choice.NONE)
NOT_MAILED = (Choice.NONE, Choice.DIGEST)


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
    # What is told once, or once in the kind's `told_again_after`; empty for what is told each time.
    dedupe_key: str = ""
    # All that a gathering one stands for, where the payload has the first few.
    items: Sequence[Mapping[str, Any]] | None = None


class Kind(Protocol):
    """A kind: whom it is for, on what roads it is told, and its words, made from a stored payload."""

    key: ClassVar[str]
    # For the page of preferences: what it is called, and when one is told.
    label: ClassVar[Promise]
    audience: ClassVar[Promise]
    # After how long something of the same dedupe key is told again; None is never.
    told_again_after: ClassVar[timedelta | None]
    # What its roads let a player choose; the first is what holds until they do.
    roads: ClassVar[Roads]

    @staticmethod
    def title(payload: Mapping[str, Any]) -> str: ...

    @staticmethod
    def body(payload: Mapping[str, Any]) -> str: ...

    @staticmethod
    def link(payload: Mapping[str, Any]) -> str:
        """Return the path of the page that shows what it is about."""
        ...
