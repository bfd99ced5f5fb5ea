"""A version for every player that changes with whatever is cached of them, and one that changes with any profile.

What is cached of a player carries the first, and what shows many of them the second.

Whoever changes a player calls `touch_players`, or records an event that is one `OfPlayers`, with which it changes too.
"""

from collections.abc import Iterable
from dataclasses import fields
from uuid import UUID

from apps.core.background.outbox import Event
from apps.core.background.version_changes import change_soon

# A profile alone may be so old in a process's memory where its version says nothing.
CACHED_SECONDS = 60
PROFILES_KEY = "fresh:profiles"


def key_of(player_id: UUID) -> str:
    return f"fresh:{player_id.hex}"


def touch_players(player_ids: Iterable[UUID]) -> None:
    """Record a change of these players soon after the commit."""
    change_soon({key_of(player_id) for player_id in player_ids})


class OfPlayers(Event):
    """The base of events that change what is cached of the players they name."""

    __slots__ = ()

    @property
    def players(self) -> Iterable[UUID]:
        """The players that it names: in members called `player_id`, `..._player_id` or `player_ids`."""
        for field in fields(self):
            if not field.name.endswith(("player_id", "player_ids")):
                continue
            named = getattr(self, field.name)
            yield from (named if isinstance(named, tuple) else [named])

    def version_keys(self) -> Iterable[str]:
        return map(key_of, self.players)


class OfProfiles(OfPlayers):
    """The base of events that also change how the players show, or whether they do."""

    __slots__ = ()

    def version_keys(self) -> Iterable[str]:
        return [PROFILES_KEY, *super().version_keys()]
