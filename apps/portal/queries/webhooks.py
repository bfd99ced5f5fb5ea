"""Reads for a game's pages of webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import orjson
from django.db.models import QuerySet

from apps.core.database.composed import composed
from apps.games.models import Game
from apps.webhooks.http_client import is_success
from apps.webhooks.models import (
    DeliveryState,
    DisabledReason,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from apps.webhooks.queries import LatestResult, attempts_of, deliveries_of, endpoints_of, latest_results, rotating_until
from apps.webhooks.signing import webhook_id

LOG_LENGTH = 30
_LAST_ID = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint with its health."""

    id: UUID
    url: str
    description: str
    event_types: list[str]
    is_enabled: bool
    disabled_reason: str
    disabled_at: datetime | None
    failing_since: datetime | None
    rotating_until: datetime | None
    created_at: datetime
    latest: LatestResult | None


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery in an endpoint's log."""

    id: UUID
    webhook_id: str
    type: str
    state: str
    attempt_count: int
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """A page of a log, newest first; `older` is the cursor of the next page, None on the last."""

    rows: list[DeliveryRow]
    older: UUID | None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """A request and its response; `meaning` describes the status, headers are as sent and received."""

    at: datetime
    url: str
    status: int | None
    meaning: str
    error: str
    duration_ms: int
    request_headers: str
    answer_headers: str
    answer_body: str

    @property
    def is_success(self) -> bool:
        return is_success(self.status)


@composed
def _endpoints(game_id: UUID) -> QuerySet[WebhookEndpoint]:
    return endpoints_of(Game(pk=game_id)).order_by("-id")


@composed
def _deliveries(endpoint_id: UUID, before: UUID) -> QuerySet[WebhookDelivery]:
    found = deliveries_of(WebhookEndpoint(pk=endpoint_id)).filter(id__lt=before)
    return found.order_by("-id")[: LOG_LENGTH + 1]


@composed
def _deliveries_in(endpoint_id: UUID, before: UUID, state: str) -> QuerySet[WebhookDelivery]:
    found = deliveries_of(WebhookEndpoint(pk=endpoint_id)).filter(id__lt=before, state=state)
    return found.order_by("-id")[: LOG_LENGTH + 1]


def endpoint_rows(game: Game) -> list[EndpointRow]:
    """Return a game's endpoints, newest first. Two queries."""
    endpoints = _endpoints.rows(game_id=game.id)
    latest = latest_results(endpoints)
    return [_endpoint_row(endpoint, latest.get(endpoint.id)) for endpoint in endpoints]


def endpoint_row(endpoint: WebhookEndpoint) -> EndpointRow:
    """Return one endpoint with its health. One query."""
    return _endpoint_row(endpoint, latest_results([endpoint]).get(endpoint.id))


def log_of(endpoint: WebhookEndpoint, *, state: str = "", before: UUID | None = None) -> DeliveryLog:
    """Return a page of an endpoint's deliveries, optionally in one state. One query."""
    where = {"endpoint_id": endpoint.id, "before": before or _LAST_ID}
    is_one_state = state in DeliveryState.values
    found = _deliveries_in.rows(**where, state=state) if is_one_state else _deliveries.rows(**where)
    rows = [delivery_row(delivery) for delivery in found]
    return DeliveryLog(rows[:LOG_LENGTH], rows[LOG_LENGTH - 1].id if len(rows) > LOG_LENGTH else None)


def delivery_row(delivery: WebhookDelivery) -> DeliveryRow:
    return DeliveryRow(
        id=delivery.id,
        webhook_id=webhook_id(delivery.message_id),
        type=delivery.message.type,
        state=delivery.state,
        attempt_count=delivery.attempt_count,
        next_attempt_at=delivery.due_at,
        created_at=delivery.created_at,
        finished_at=delivery.finished_at,
    )


def attempt_views(delivery: WebhookDelivery) -> list[AttemptView]:
    """Return the attempts at a delivery, newest first. One query."""
    return [_attempt_view(attempt) for attempt in attempts_of(delivery)]


def indented(payload: str) -> str:
    """Return JSON indented for reading; the signed payload has no spaces."""
    return orjson.dumps(orjson.loads(payload), option=orjson.OPT_INDENT_2).decode()


def _endpoint_row(endpoint: WebhookEndpoint, latest: LatestResult | None) -> EndpointRow:
    reason = endpoint.disabled_reason
    return EndpointRow(
        id=endpoint.id,
        url=endpoint.url,
        description=endpoint.description,
        event_types=endpoint.event_types,
        is_enabled=endpoint.state == EndpointState.ENABLED,
        disabled_reason=str(DisabledReason(reason).label) if reason else "",
        disabled_at=endpoint.disabled_at,
        failing_since=endpoint.failing_since,
        rotating_until=rotating_until(endpoint),
        created_at=endpoint.created_at,
        latest=latest,
    )


def _attempt_view(attempt: WebhookAttempt) -> AttemptView:
    known = attempt.status in HTTPStatus.__members__.values()
    return AttemptView(
        at=attempt.at,
        url=attempt.url,
        status=attempt.status,
        meaning=HTTPStatus(attempt.status).phrase if known and attempt.status else "",
        error=attempt.error,
        duration_ms=attempt.duration_ms,
        request_headers=_lines(attempt.request_headers),
        answer_headers=_lines(attempt.answer_headers),
        answer_body=attempt.answer_body,
    )


def _lines(headers: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers)
