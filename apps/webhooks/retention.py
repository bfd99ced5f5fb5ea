"""Deleting what was sent over 30 days ago, and what is left of deleted endpoints."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from apps.core.background.scheduled_jobs import Counts
from apps.core.database.sql import change_rows, fetch_value

RETENTION = timedelta(days=30)
# By then no relay or worker still uses a deleted endpoint.
DELETED_RETENTION = timedelta(hours=1)
ROWS_AT_ONCE = 2_000

# A message goes with all its deliveries and attempts; one that was just resent stays.
_TRIM = """
WITH old AS (
    SELECT m.id FROM webhook_message m
    WHERE m.created_at < %(before)s AND NOT EXISTS (
        SELECT 1 FROM webhook_delivery d WHERE d.message_id = m.id AND d.state = 'waiting')
    ORDER BY m.created_at LIMIT %(limit)s
), delivery AS (
    DELETE FROM webhook_delivery WHERE message_id IN (SELECT id FROM old) AND state <> 'waiting' RETURNING id
), attempt AS (
    DELETE FROM webhook_attempt WHERE delivery_id IN (SELECT id FROM delivery)
)
DELETE FROM webhook_message WHERE id IN (SELECT id FROM old)
"""
_TRIM_DELETED = """
WITH delivery AS (
    DELETE FROM webhook_delivery WHERE id IN (
        SELECT d.id FROM webhook_endpoint e
        CROSS JOIN LATERAL (
            SELECT id FROM webhook_delivery WHERE endpoint_id = e.id ORDER BY id DESC LIMIT %(limit)s) AS d
        WHERE e.deleted_at < %(before)s LIMIT %(limit)s)
    RETURNING id
), attempt AS (
    DELETE FROM webhook_attempt WHERE delivery_id IN (SELECT id FROM delivery)
)
SELECT count(*) FROM delivery
"""
_DELETE_ENDPOINTS = """
WITH gone AS (
    SELECT id FROM webhook_endpoint e WHERE e.deleted_at < %(before)s
        AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = e.id)
    ORDER BY id LIMIT %(limit)s FOR UPDATE
), notice AS (
    DELETE FROM webhook_notice WHERE endpoint_id IN (SELECT id FROM gone)
)
DELETE FROM webhook_endpoint WHERE id IN (SELECT id FROM gone)
"""


def trim(moment: datetime) -> Iterator[Counts]:
    """Yield the numbers of rows deleted per chunk: old deliveries with attempts, then all of deleted endpoints."""
    limit: dict[str, object] = {"limit": ROWS_AT_ONCE}
    while trimmed := change_rows(_TRIM, limit | {"before": moment - RETENTION}):
        yield {"webhook_messages_trimmed": trimmed}
    deleted = limit | {"before": moment - DELETED_RETENTION}
    while trimmed := fetch_value(_TRIM_DELETED, deleted):
        yield {"webhook_deliveries_trimmed": trimmed}
    while deleted_count := change_rows(_DELETE_ENDPOINTS, deleted):
        yield {"webhook_endpoints_deleted": deleted_count}
