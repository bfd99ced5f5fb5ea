"""The JSON that is sent to endpoints."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from apps.core.background.outbox import Event
from apps.core.clock import now
from apps.core.ids import new_id
from apps.games.models import Achievement
from apps.leaderboards.events import GameCompleted
from apps.unlocks.events import LedgerEvent, UnlockEvent
from apps.webhooks.event_types import EventType

# Of one player; a player merged from many has many, and payloads are limited in size.
EXTERNAL_IDS_MAX = 20

_EXTERNAL_IDS = """
SELECT game_id, player_id, external_id FROM external_identity
WHERE player_id = ANY (%s) AND game_id = ANY (%s) AND environment = 'live' ORDER BY created_at, id
"""
_ExternalIds = Mapping[tuple[UUID, UUID], list[str]]
_Shown = Mapping[UUID, tuple[str | None, bool]]
# Returns when an event happened.
HappenedAt = Callable[[Event], datetime]


@dataclass(frozen=True, slots=True)
class Message:
    """An event to be sent; `payload` is JSON."""

    id: UUID
    game_id: UUID
    type: EventType
    payload: str
    created_at: datetime


def unlock_messages(event_type: EventType, events: Sequence[UnlockEvent], happened_at: HappenedAt) -> list[Message]:
    """Return a message for each event, in order. Two queries."""
    shown, known_as = _shown(events), _external_ids(events)
    return [
        message(
            event_type,
            event.game_id,
            _earned(event, shown, known_as)
            | {"unlocked_at": event.unlocked_at}
            | ({"hardcore_at": event.hardcore_at} if shown.get(event.achievement_id, (None, False))[1] else {}),
            happened_at(event),
        )
        for event in events
    ]


def hardcore_messages(event_type: EventType, events: Sequence[LedgerEvent], happened_at: HappenedAt) -> list[Message]:
    """Return a message for each event of a mode alone, in order; none where modes are off. Two queries."""
    shown, known_as = _shown(events), _external_ids(events)
    return [
        message(
            event_type,
            event.game_id,
            _earned(event, shown, known_as) | {"hardcore_at": event.unlocked_at},
            happened_at(event),
        )
        for event in events
        if shown.get(event.achievement_id, (None, False))[1]
    ]


def completion_messages(
    event_type: EventType, events: Sequence[GameCompleted], happened_at: HappenedAt
) -> list[Message]:
    """Return a message for each event, in order. One query."""
    known_as = _external_ids(events)
    return [
        message(
            event_type,
            event.game_id,
            _player(event, known_as)
            | {"achievement_count": event.achievement_count, "completed_at": event.completed_at},
            happened_at(event),
        )
        for event in events
    ]


def message(
    event_type: EventType, game_id: UUID, data: Mapping[str, object], happened_at: datetime | None = None
) -> Message:
    """Return a message made now; its `timestamp` is when that happened, by which receivers order messages."""
    moment = now()
    body = {"type": event_type, "timestamp": happened_at or moment, "data": {"game_id": game_id, **data}}
    return Message(new_id(), game_id, event_type, orjson.dumps(body, option=orjson.OPT_UTC_Z).decode(), moment)


def _shown(events: Sequence[LedgerEvent]) -> _Shown:
    """Return the key of each achievement, and whether its game has modes."""
    ids = {event.achievement_id for event in events}
    rows = Achievement.objects.filter(id__in=ids).values_list("id", "key", "game__has_modes")
    return {achievement_id: (key, has_modes) for achievement_id, key, has_modes in rows}


def _earned(event: LedgerEvent, shown: _Shown, known_as: _ExternalIds) -> dict[str, Any]:
    key, _ = shown.get(event.achievement_id, (None, False))
    return _player(event, known_as) | {
        "achievement_id": event.achievement_id,
        "achievement_key": key,
        "points": event.points,
    }


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
