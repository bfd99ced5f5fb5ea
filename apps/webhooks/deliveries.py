"""Claiming due deliveries under a lease (see core's claims.py), and recording how their attempts went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from apps.core.background.claims import DueTable
from apps.core.clock import now
from apps.core.database.sql import change_rows
from apps.core.ids import new_id
from apps.webhooks.http_client import EndpointResponse
from apps.webhooks.models import WebhookAttempt

# Much longer than a chunk takes: http_client.LIMIT_SECONDS, because all of it is sent at once.
LEASE = timedelta(seconds=60)
# Over all workers, so that a slow receiver holds up no other.
AT_ONCE_PER_ENDPOINT = 4
CHUNK = 16

# Claims have SQL of their own, because of the limit for each endpoint.
DELIVERIES = DueTable("webhook_delivery", waiting="state = 'waiting'")
# Finds endpoints with waiting deliveries by hopping from one to the next through the index, however many wait at each.
# Locks them, because the deliveries under way to each are counted next; other workers skip them.
_LOCK_ENDPOINTS = """
WITH RECURSIVE busy (endpoint_id) AS (
    (SELECT endpoint_id FROM webhook_delivery WHERE state = 'waiting' ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.endpoint_id FROM webhook_delivery d
            WHERE d.state = 'waiting' AND d.endpoint_id > busy.endpoint_id ORDER BY d.endpoint_id LIMIT 1)
    FROM busy WHERE busy.endpoint_id IS NOT NULL
)
SELECT e.id FROM webhook_endpoint e
JOIN busy ON busy.endpoint_id = e.id
CROSS JOIN LATERAL (
    SELECT d.due_at AS since FROM webhook_delivery d
    WHERE d.endpoint_id = e.id AND d.state = 'waiting' ORDER BY d.due_at LIMIT 1) AS oldest
WHERE e.state = 'enabled' AND oldest.since <= %(moment)s
    AND (SELECT count(*) FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.claim_token IS NOT NULL
        AND d.due_at > %(moment)s) < %(at_once)s
ORDER BY oldest.since, e.id LIMIT %(limit)s FOR NO KEY UPDATE OF e SKIP LOCKED
"""
# A separate statement: its snapshot must be younger than the locks, or it would count too few.
_CLAIM_DUE = """
WITH picked AS (
    SELECT due.id FROM webhook_endpoint e
    CROSS JOIN LATERAL (
        SELECT count(*) AS count FROM webhook_delivery d
        WHERE d.endpoint_id = e.id AND d.claim_token IS NOT NULL AND d.due_at > %(moment)s) AS sending
    CROSS JOIN LATERAL (
        SELECT d.id, d.due_at FROM webhook_delivery d
        WHERE d.endpoint_id = e.id AND d.state = 'waiting' AND d.due_at <= %(moment)s
        ORDER BY d.due_at, d.id LIMIT greatest(%(at_once)s - sending.count, 0)
        FOR UPDATE SKIP LOCKED) AS due
    WHERE e.id = ANY (%(endpoint_ids)s)
    ORDER BY due.due_at, due.id LIMIT %(limit)s
), claimed AS (
    UPDATE webhook_delivery d SET claim_token = %(claim_token)s, attempt_count = d.attempt_count + 1,
        due_at = %(lease_until)s
    FROM picked WHERE d.id = picked.id
    RETURNING d.id, d.endpoint_id, d.message_id, d.attempt_count
)
SELECT claimed.id, claimed.endpoint_id, claimed.message_id, claimed.attempt_count, e.url, e.secret,
    CASE WHEN e.previous_until > %(moment)s THEN e.previous_secret ELSE '' END, e.failing_since, m.payload
FROM claimed JOIN webhook_endpoint e ON e.id = claimed.endpoint_id JOIN webhook_message m ON m.id = claimed.message_id
ORDER BY claimed.id
"""
# A delivery that failed meanwhile, because its endpoint was disabled, is delivered if the receiver accepted it.
_COMPLETE = """
WITH held AS (
    SELECT d.id, o.state, o.due_at
    FROM jsonb_to_recordset(%(outcomes)s::jsonb) AS o (id uuid, state text, due_at timestamptz)
    JOIN webhook_delivery d ON d.id = o.id
    WHERE d.claim_token = %(claim_token)s OR (o.state = 'delivered' AND d.state <> 'delivered')
    ORDER BY d.id FOR UPDATE OF d
)
UPDATE webhook_delivery d SET state = held.state, due_at = held.due_at, claim_token = NULL,
    finished_at = CASE WHEN held.state <> 'waiting' THEN %(moment)s::timestamptz END
FROM held WHERE d.id = held.id
"""
# Bounded, because a receiver that was down for days may have left very many.
_GIVE_UP = """
UPDATE webhook_delivery SET state = 'failed', due_at = NULL, claim_token = NULL, finished_at = %(moment)s
WHERE id = ANY (ARRAY(
    SELECT d.id FROM webhook_endpoint e
    CROSS JOIN LATERAL (
        SELECT id FROM webhook_delivery WHERE endpoint_id = e.id AND state = 'waiting'
        ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED) AS d
    WHERE e.state = 'disabled' LIMIT %(limit)s))
"""


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery under a lease, with what sending it takes."""

    claim_token: UUID
    id: UUID
    endpoint_id: UUID
    message_id: UUID
    # This attempt's number, from 1.
    number: int
    url: str
    secret: str
    previous_secret: str
    failing_since: datetime | None
    payload: str


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """How an attempt went; `due_at` is when the next one is due, None for none."""

    claimed: ClaimedDelivery
    at: datetime
    request_headers: dict[str, str]
    response: EndpointResponse
    due_at: datetime | None

    @property
    def state(self) -> str:
        if self.response.is_success:
            return "delivered"
        return "failed" if self.due_at is None else "waiting"


@transaction.atomic
def claim_due() -> list[ClaimedDelivery]:
    """Claim due deliveries, the oldest first and a few of each endpoint. Two queries, however many wait."""
    moment = now()
    values: dict[str, Any] = {"moment": moment, "at_once": AT_ONCE_PER_ENDPOINT, "limit": CHUNK}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_ENDPOINTS, values)
        endpoint_ids = [id_ for (id_,) in cursor.fetchall()]
        if not endpoint_ids:
            return []
        claim_token = new_id()
        leased: dict[str, Any] = {
            "endpoint_ids": endpoint_ids,
            "claim_token": claim_token,
            "lease_until": moment + LEASE,
        }
        cursor.execute(_CLAIM_DUE, values | leased)
        return [ClaimedDelivery(claim_token, *row) for row in cursor.fetchall()]


def complete(outcomes: Sequence[AttemptOutcome], moment: datetime) -> None:
    """Record attempts and set the state of each delivery. Call inside a transaction. Two queries."""
    WebhookAttempt.objects.bulk_create(
        WebhookAttempt(
            delivery_id=outcome.claimed.id,
            endpoint_id=outcome.claimed.endpoint_id,
            at=outcome.at,
            url=outcome.claimed.url,
            status=outcome.response.status,
            error=outcome.response.error,
            duration_ms=outcome.response.duration_ms,
            request_headers=list(outcome.request_headers.items()),
            answer_headers=outcome.response.headers,
            answer_body=outcome.response.body,
        )
        for outcome in outcomes
    )
    rows = [{"id": outcome.claimed.id, "state": outcome.state, "due_at": outcome.due_at} for outcome in outcomes]
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "outcomes": orjson.dumps(rows).decode(),
            "claim_token": outcomes[0].claimed.claim_token,
            "moment": moment,
        }
        cursor.execute(_COMPLETE, values)


def give_up(*, limit: int) -> int:
    """Fail deliveries that wait for a disabled endpoint; return how many. One query."""
    return change_rows(_GIVE_UP, {"moment": now(), "limit": limit})
