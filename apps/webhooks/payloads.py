"""The JSON that is sent to endpoints."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
from django.db import connection

from apps.core.clock import now
from apps.core.ids import new_id
from apps.games.models import Achievement
from apps.leaderboards.events import GameCompleted
from apps.webhooks.event_types import EventType

# Of one player; a player merged from many has many, and payloads are limited in size.
EXTERNAL_IDS_MAX = 20

_EXTERNAL_IDS = """
SELECT game_id, player_id, external_id FROM external_identity
WHERE player_id = ANY (%s) AND game_id = ANY (%s) AND environment = 'live' ORDER BY created_at, id
"""
_ExternalIds = Mapping[tuple[UUID, UUID], list[str]]


class UnlockEvent(Protocol):
    """What events of unlocks, revocations and restored unlocks have in common."""

    @property
    def player_id(self) -> UUID: ...
    @property
    def game_id(self) -> UUID: ...
    @property
    def achievement_id(self) -> UUID: ...
    @property
    def points(self) -> int: ...
    @property
    def unlocked_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Message:
    """An event to be sent; `payload` is JSON."""

    id: UUID
    game_id: UUID
    type: EventType
    payload: str
    created_at: datetime


def unlock_messages(event_type: EventType, events: Sequence[UnlockEvent]) -> list[Message]:
    """Return a message for each event, in order. Two queries."""
    ids = {event.achievement_id for event in events}
    keys = dict(Achievement.objects.filter(id__in=ids).values_list("id", "key"))
    known_as = _external_ids(events)
    return [
        message(
            event_type,
            event.game_id,
            _player(event, known_as)
            | {
                "achievement_id": event.achievement_id,
                "achievement_key": keys.get(event.achievement_id),
                "points": event.points,
                "unlocked_at": event.unlocked_at,
            },
        )
        for event in events
    ]


def completion_messages(events: Sequence[GameCompleted]) -> list[Message]:
    """Return a message for each event, in order. One query."""
    known_as = _external_ids(events)
    return [
        message(
            EventType.COMPLETED,
            event.game_id,
            _player(event, known_as)
            | {"achievement_count": event.achievement_count, "completed_at": event.completed_at},
        )
        for event in events
    ]


def message(event_type: EventType, game_id: UUID, data: Mapping[str, object]) -> Message:
    moment = now()
    body = {"type": event_type, "timestamp": moment, "data": {"game_id": game_id, **data}}
    return Message(new_id(), game_id, event_type, orjson.dumps(body, option=orjson.OPT_UTC_Z).decode(), moment)


def _external_ids(events: Sequence[Any]) -> _ExternalIds:
    """Return the player's external ids in each game, by game and player."""
    found: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    players, games = {event.player_id for event in events}, {event.game_id for event in events}
    with connection.cursor() as cursor:
        cursor.execute(_EXTERNAL_IDS, [list(players), list(games)])
        for game_id, player_id, external_id in cursor.fetchall():
            found[game_id, player_id].append(external_id)
    return found


def _player(event: Any, known_as: _ExternalIds) -> dict[str, Any]:
    external_ids = known_as.get((event.game_id, event.player_id), [])
    return {"player_id": event.player_id, "external_ids": external_ids[:EXTERNAL_IDS_MAX]}
