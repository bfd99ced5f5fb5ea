"""Changing endpoints, and resending. Callers check permissions first, with games.access."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from apps.core.clock import now
from apps.core.database.sql import change_rows
from apps.core.errors import ConflictError, InvalidError
from apps.core.parsing.names import normal, problem_with_name
from apps.games.definitions.budget import lock_game
from apps.games.models import Game
from apps.players.models import Account
from apps.webhooks import messages, payloads, signing, url_policy
from apps.webhooks.event_types import CHOICES, EventType
from apps.webhooks.models import DeliveryState, DisabledReason, EndpointState, WebhookDelivery, WebhookEndpoint

ENDPOINTS_MAX = 10
RESENT_AT_ONCE = 10_000
DESCRIPTION_LENGTH_MAX = 120

_RESEND_FAILED = """
UPDATE webhook_delivery SET state = 'waiting', due_at = %(moment)s, attempt_count = 0, finished_at = NULL
WHERE id = ANY (ARRAY(
    SELECT id FROM webhook_delivery WHERE endpoint_id = %(endpoint_id)s AND state = 'failed'
    ORDER BY id LIMIT %(limit)s FOR UPDATE))
"""


class TooManyWebhooksError(ConflictError):
    code = "too_many_webhooks"


class WebhookDisabledError(ConflictError):
    code = "webhook_disabled"
    detail = gettext_noop("This endpoint is disabled, so nothing is sent to it. Enable it first.")


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """An endpoint with a new secret, which is shown only once."""

    endpoint: WebhookEndpoint
    secret: str


def create_endpoint(
    *,
    game: Game,
    url: str,
    event_types: Collection[str],
    description: str = "",
    created_by: Account | None = None,
) -> IssuedSecret:
    """Send a game's events to a URL from now on, signed with the secret that is returned.

    Raises: InvalidError, WebhookUrlRefusedError, TooManyWebhooksError.
    """
    chosen = _chosen(event_types)
    described = _described(description)
    # DNS may be slow, so this comes before the transaction.
    target = url_policy.require_target(url.strip())
    secret = signing.new_secret()
    with transaction.atomic():
        current = lock_game(game.id)
        if WebhookEndpoint.objects.filter(game=current, deleted_at=None).count() >= ENDPOINTS_MAX:
            detail = gettext("A game has at most {count} webhook endpoints. Delete one that nothing listens at.")
            raise TooManyWebhooksError(detail.format(count=ENDPOINTS_MAX))
        endpoint = WebhookEndpoint.objects.create(
            game=current,
            url=target,
            event_types=chosen,
            description=described,
            secret=signing.encrypted(secret),
            created_by=created_by,
        )
    return IssuedSecret(endpoint, secret)


def change_endpoint(
    *,
    endpoint: WebhookEndpoint,
    url: str | None = None,
    event_types: Collection[str] | None = None,
    description: str | None = None,
    is_enabled: bool | None = None,
) -> WebhookEndpoint:
    """Change what is given and leave the rest. Enabling it, or changing its URL, clears past failures.

    Raises: InvalidError, WebhookUrlRefusedError.
    """
    changes: dict[str, object] = {}
    if url is not None and url.strip() != endpoint.url:
        changes |= {"url": url_policy.require_target(url.strip()), "failing_since": None}
    if event_types is not None:
        changes["event_types"] = _chosen(event_types)
    if description is not None:
        changes["description"] = _described(description)
    if is_enabled is not None:
        changes |= _switched(endpoint, is_enabled=is_enabled)
    return _update(endpoint, **changes) if changes else endpoint


def delete_endpoint(*, endpoint: WebhookEndpoint) -> None:
    """Delete an endpoint; its log is deleted by the next trimming."""
    moment = now()
    stopped = {"state": EndpointState.DISABLED, "disabled_at": moment, "disabled_reason": DisabledReason.BY_HAND}
    _update(endpoint, deleted_at=moment, secret="", previous_secret="", previous_until=None, **stopped)


@transaction.atomic
def rotate_secret(*, endpoint: WebhookEndpoint) -> IssuedSecret:
    """Give an endpoint a new secret; the previous one signs too for a day, so that receivers can change over."""
    current = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    secret = signing.new_secret()
    until = now() + signing.ROTATION
    rotated = _update(current, secret=signing.encrypted(secret), previous_secret=current.secret, previous_until=until)
    return IssuedSecret(rotated, secret)


@transaction.atomic
def send_test_event(*, endpoint: WebhookEndpoint) -> UUID:
    """Send webhook.test to the endpoint; return the delivery's id. Dispatch the work queue afterwards.

    Raises: WebhookDisabledError.
    """
    _require_enabled(endpoint)
    test = payloads.message(EventType.TEST, endpoint.game_id, {"webhook_id": endpoint.id})
    return messages.store([test], {endpoint.game_id: [endpoint.id]})[0]


@transaction.atomic
def resend(*, delivery: WebhookDelivery) -> WebhookDelivery:
    """Resend a message under the same webhook-id, now and with the whole schedule of retries.

    One that waits for its next attempt is sent now; one under way is left alone. Dispatch the work queue afterwards.
    Raises: WebhookDisabledError.
    """
    _require_enabled(delivery.endpoint)
    current = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
    moment = now()
    is_under_way = current.claim_token is not None and current.due_at and current.due_at > moment
    if not is_under_way:
        current.state, current.due_at, current.finished_at = DeliveryState.WAITING, moment, None
        current.attempt_count, current.claim_token = 0, None
        current.save()
    return current


@transaction.atomic
def resend_failed(*, endpoint: WebhookEndpoint) -> int:
    """Resend failed deliveries, the oldest RESENT_AT_ONCE of them; return how many. One statement.

    Dispatch the work queue afterwards. Raises: WebhookDisabledError.
    """
    _require_enabled(endpoint)
    return change_rows(_RESEND_FAILED, {"endpoint_id": endpoint.pk, "moment": now(), "limit": RESENT_AT_ONCE})


def _switched(endpoint: WebhookEndpoint, *, is_enabled: bool) -> dict[str, object]:
    if is_enabled == (endpoint.state == EndpointState.ENABLED):
        return {}
    if is_enabled:
        return {"state": EndpointState.ENABLED, "disabled_at": None, "disabled_reason": "", "failing_since": None}
    return {"state": EndpointState.DISABLED, "disabled_at": now(), "disabled_reason": DisabledReason.BY_HAND}


def _update(endpoint: WebhookEndpoint, **changes: object) -> WebhookEndpoint:
    """Write only these columns: a worker may be recording failures in the others."""
    for name, value in changes.items():
        setattr(endpoint, name, value)
    endpoint.save(update_fields=list(changes))
    return endpoint


def _require_enabled(endpoint: WebhookEndpoint) -> None:
    if endpoint.state != EndpointState.ENABLED:
        raise WebhookDisabledError


def _chosen(event_types: Collection[str]) -> list[str]:
    if not event_types or not set(event_types) <= set(CHOICES):
        raise InvalidError(
            gettext("Choose at least one of {events}.").format(events=", ".join(CHOICES)), pointer="/event_types"
        )
    return [event_type for event_type in CHOICES if event_type in event_types]


def _described(description: str) -> str:
    described = normal(description)
    if len(described) > DESCRIPTION_LENGTH_MAX:
        raise InvalidError(
            gettext("Describe it in at most {maximum} characters.").format(maximum=DESCRIPTION_LENGTH_MAX),
            pointer="/description",
        )
    if described and (problem := problem_with_name(described)):
        raise InvalidError(problem, pointer="/description")
    return described
