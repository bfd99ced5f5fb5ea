"""Endpoints, deliveries and attempts as JSON."""

from typing import Any

from apps.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from apps.webhooks.queries import LatestResult, rotating_until
from apps.webhooks.signing import webhook_id


def webhook_body(endpoint: WebhookEndpoint, latest: LatestResult | None) -> dict[str, object]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
        "state": endpoint.state,
        "disabled_reason": endpoint.disabled_reason or None,
        "disabled_at": endpoint.disabled_at,
        "failing_since": endpoint.failing_since,
        "rotating_until": rotating_until(endpoint),
        "created_at": endpoint.created_at,
        "latest_result": None if latest is None else _result_body(latest),
    }


def delivery_body(delivery: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "webhook_id": webhook_id(delivery.message_id),
        "type": delivery.message.type,
        "state": delivery.state,
        "attempt_count": delivery.attempt_count,
        "next_attempt_at": delivery.due_at,
        "created_at": delivery.created_at,
        "finished_at": delivery.finished_at,
    }


def delivery_detail_body(delivery: WebhookDelivery, attempts: list[WebhookAttempt]) -> dict[str, object]:
    return delivery_body(delivery) | {
        "payload": delivery.message.payload,
        "attempts": [_attempt_body(attempt) for attempt in attempts],
    }


def _attempt_body(attempt: WebhookAttempt) -> dict[str, object]:
    return {
        "at": attempt.at,
        "url": attempt.url,
        "status": attempt.status,
        "error": attempt.error,
        "duration_ms": attempt.duration_ms,
        "request_headers": attempt.request_headers,
        "answer_headers": attempt.answer_headers,
        "answer_body": attempt.answer_body,
    }


def _result_body(latest: LatestResult) -> dict[str, object]:
    return {
        "at": latest.at,
        "status": latest.status,
        "error": latest.error,
        "duration_ms": latest.duration_ms,
    }
