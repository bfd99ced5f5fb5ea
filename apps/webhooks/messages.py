"""Storing messages with their deliveries, in the transaction of the event."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db import connection

from apps.core.ids import new_id
from apps.webhooks.event_types import EventType
from apps.webhooks.payloads import Message

# Plain SQL, because every step of the relay runs it: building the query from models would take longer than the query.
_WANTING = """
SELECT game_id, id FROM webhook_endpoint
WHERE game_id = ANY (%s) AND state = 'enabled' AND deleted_at IS NULL AND %s = ANY (event_types) ORDER BY id
"""
# One round trip for any number of messages and endpoints.
_STORE = """
WITH message AS (
    INSERT INTO webhook_message (id, game_id, type, payload, created_at)
    SELECT * FROM unnest(%(ids)s::uuid[], %(game_ids)s::uuid[], %(types)s::text[], %(payloads)s::text[],
        %(created_ats)s::timestamptz[])
    RETURNING id, created_at
)
INSERT INTO webhook_delivery (id, message_id, endpoint_id, state, attempt_count, due_at, created_at)
SELECT delivery.id, message.id, delivery.endpoint_id, 'waiting', 0, message.created_at, message.created_at
FROM unnest(%(delivery_ids)s::uuid[], %(message_ids)s::uuid[], %(endpoint_ids)s::uuid[])
    AS delivery (id, message_id, endpoint_id)
JOIN message ON message.id = delivery.message_id
"""
EndpointIds = Mapping[UUID, Sequence[UUID]]


def endpoints_wanting(event_type: EventType, game_ids: Collection[UUID]) -> EndpointIds:
    """Return the enabled endpoints that want this type, by game; leaves out games without one. One query."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_WANTING, [list(game_ids), event_type.value])
        for game_id, endpoint_id in cursor.fetchall():
            found[game_id].append(endpoint_id)
    return found


def store(messages: Sequence[Message], endpoint_ids: EndpointIds) -> list[UUID]:
    """Store messages with a delivery to each endpoint of their game; return the deliveries' ids. One query."""
    deliveries = [(new_id(), message.id, id_) for message in messages for id_ in endpoint_ids[message.game_id]]
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "ids": [message.id for message in messages],
                "game_ids": [message.game_id for message in messages],
                "types": [message.type.value for message in messages],
                "payloads": [message.payload for message in messages],
                "created_ats": [message.created_at for message in messages],
                "delivery_ids": [id_ for id_, _, _ in deliveries],
                "message_ids": [id_ for _, id_, _ in deliveries],
                "endpoint_ids": [id_ for _, _, id_ in deliveries],
            },
        )
    return [id_ for id_, _, _ in deliveries]
