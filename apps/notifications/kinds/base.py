"""The interface of notification kinds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.utils.functional import Promise


class Road(StrEnum):
    """A channel by which a notification reaches its player.

    The inbox is the record that the others are read from: what a player does not want there is sent nowhere.
    """

    INBOX = "inbox"
    SOCKET = "socket"
    EMAIL = "email"


class Choice(StrEnum):
    """How much of a kind a player wants on a road: each at once, a digest, or nothing."""

    ALL = "all"
    DIGEST = "digest"
    NONE = "none"


# The content of a notification, as stored; each kind says what its own holds.
Payload = Mapping[str, Any]
Roads = Mapping[Road, tuple[Choice, ...]]
ALL_OR_NONE = (Choice.ALL, Choice.NONE)
# The daily email, unless a player turns it off; and only if a player turns it on.
MAILED = (Choice.DIGEST, Choice.NONE)
NOT_MAILED = (Choice.NONE, Choice.DIGEST)


@dataclass(frozen=True, slots=True)
class Note:
    """A notification before it is numbered and stored."""

    player_id: UUID
    kind: str
    # The time of its cause: notes of one step are numbered in this order.
    happened_at: datetime
    payload: Payload
    # The game it is about, whose clients may receive it.
    game_id: UUID | None = None
    # Sent once, or once in the kind's `sent_again_after`; empty to send it each time.
    dedupe_key: str = ""
    # All unlocks of a grouped note, where the payload has the first few.
    items: Sequence[Payload] | None = None


class Kind(Protocol):
    """A kind: whom it is for, on what roads it is sent, and its text, made from a stored payload."""

    key: ClassVar[str]
    # For the page of preferences: its name, and when one is sent.
    label: ClassVar[Promise]
    audience: ClassVar[Promise]
    # After how long a note with the same dedupe key is sent again; None is never.
    sent_again_after: ClassVar[timedelta | None]
    # What a player can choose on each road; the first is the default.
    roads: ClassVar[Roads]

    @staticmethod
    def title(payload: Payload) -> str: ...

    @staticmethod
    def body(payload: Payload) -> str: ...

    @staticmethod
    def link(payload: Payload) -> str:
        """Return the path of the page about its subject."""
        ...
