"""Reading endpoints with their latest results, and their logs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from apps.core.clock import now
from apps.core.database.composed import Tuples, composed
from apps.core.errors import NotFoundError
from apps.games.models import Game
from apps.webhooks.http_client import is_success
from apps.webhooks.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint

# Shown of a delivery: the latest, because it may be resent any number of times.
ATTEMPTS_SHOWN = 50

_LATEST = """
SELECT e.id, a.at, a.status, a.error, a.duration_ms FROM unnest(%s::uuid[]) AS e (id)
CROSS JOIN LATERAL (
    SELECT at, status, error, duration_ms FROM webhook_attempt
    WHERE endpoint_id = e.id ORDER BY id DESC LIMIT 1) AS a
"""


@dataclass(frozen=True, slots=True)
class LatestResult:
    """The result of the latest attempt at an endpoint."""

    at: datetime
    status: int | None
    error: str
    duration_ms: int

    @property
    def is_success(self) -> bool:
        return is_success(self.status)


def endpoints_of(game: Game) -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.filter(game=game, deleted_at=None)


@composed
def _endpoint(game_id: UUID, endpoint_id: UUID) -> QuerySet[WebhookEndpoint]:
    return endpoints_of(Game(pk=game_id)).filter(pk=endpoint_id)


@composed
def _delivery(endpoint_id: UUID, delivery_id: UUID) -> QuerySet[WebhookDelivery]:
    return deliveries_of(WebhookEndpoint(pk=endpoint_id)).filter(pk=delivery_id)


@composed
def _failed(endpoint_id: UUID) -> Tuples:
    return WebhookDelivery.objects.filter(endpoint_id=endpoint_id, state=DeliveryState.FAILED).values_list("id")[:1]


@composed
def _attempts(delivery_id: UUID) -> QuerySet[WebhookAttempt]:
    return WebhookAttempt.objects.filter(delivery_id=delivery_id).order_by("-id")[:ATTEMPTS_SHOWN]


def open_endpoint(game: Game, endpoint_id: UUID) -> WebhookEndpoint:
    """Return an endpoint of the game. Raises: NotFoundError, also for another game's."""
    found = _endpoint.first(game_id=game.id, endpoint_id=endpoint_id)
    if found is None:
        raise NotFoundError
    return found


def open_delivery(endpoint: WebhookEndpoint, delivery_id: UUID) -> WebhookDelivery:
    """Return a delivery to the endpoint, with its message. Raises: NotFoundError."""
    found = _delivery.first(endpoint_id=endpoint.id, delivery_id=delivery_id)
    if found is None:
        raise NotFoundError
    found.endpoint = endpoint
    return found


def deliveries_of(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(endpoint=endpoint).select_related("message")


def has_failed_deliveries(endpoint: WebhookEndpoint) -> bool:
    return _failed.first(endpoint_id=endpoint.id) is not None


def attempts_of(delivery: WebhookDelivery) -> list[WebhookAttempt]:
    """Return the attempts at a delivery, newest first. One query."""
    return _attempts.rows(delivery_id=delivery.id)


def latest_results(endpoints: Iterable[WebhookEndpoint]) -> dict[UUID, LatestResult]:
    """Return the latest attempt's result by endpoint; leaves out those never sent to. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [[endpoint.id for endpoint in endpoints]])
        return {id_: LatestResult(at, status, error, ms) for id_, at, status, error, ms in cursor.fetchall()}


def rotating_until(endpoint: WebhookEndpoint) -> datetime | None:
    """Return until when the previous secret signs too, None when it no longer does."""
    until = endpoint.previous_until
    return until if until is not None and until > now() else None
