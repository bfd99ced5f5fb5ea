"""An endpoint's health by its attempts: failing, healthy again, disabled with an email to the studio."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from apps.core.ids import new_id
from apps.games.access import Ability, roles_with
from apps.games.models import Membership
from apps.webhooks.deliveries import AttemptOutcome
from apps.webhooks.models import DisabledReason, WebhookEndpoint, WebhookNotice

FAILING_MAX = timedelta(days=5)

# Only endpoints whose URL is still the one that was sent to: a new URL has no failures yet.
_LOCK = """
SELECT e.id, e.failing_since FROM webhook_endpoint e
JOIN unnest(%s::uuid[], %s::text[]) AS sent (id, url) ON sent.id = e.id AND sent.url = e.url
WHERE e.state = 'enabled' ORDER BY e.id FOR NO KEY UPDATE OF e
"""


def judge(outcomes: Sequence[AttemptOutcome], moment: datetime) -> None:
    """Record since when endpoints fail, and disable those that are gone or have failed for five days in a row.

    Call inside a transaction. Writes and locks nothing for healthy endpoints.
    """
    well = {outcome.claimed.endpoint_id for outcome in outcomes if outcome.response.is_success}
    gone = {outcome.claimed.endpoint_id for outcome in outcomes if outcome.response.status == 410}
    sent_to = {
        item.endpoint_id: item.url
        for item in (outcome.claimed for outcome in outcomes)
        if item.endpoint_id not in well or item.endpoint_id in gone or item.failing_since
    }
    if not sent_to:
        return
    failing_since = _lock(sent_to)
    for endpoint_id, since in failing_since.items():
        if endpoint_id in gone:
            _disable(endpoint_id, DisabledReason.GONE, moment)
        elif endpoint_id in well:
            WebhookEndpoint.objects.filter(pk=endpoint_id).update(failing_since=None)
        elif since is None:
            WebhookEndpoint.objects.filter(pk=endpoint_id).update(failing_since=moment)
        elif moment - since >= FAILING_MAX:
            _disable(endpoint_id, DisabledReason.FAILING, moment)


def _lock(urls: dict[UUID, str]) -> dict[UUID, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(urls), list(urls.values())])
        return dict(cursor.fetchall())


def _disable(endpoint_id: UUID, reason: DisabledReason, moment: datetime) -> None:
    """Disable an endpoint and enqueue an email to its studio's owners and admins."""
    WebhookEndpoint.objects.filter(pk=endpoint_id).update(state="disabled", disabled_reason=reason, disabled_at=moment)
    WebhookNotice.objects.bulk_create(
        WebhookNotice(
            id=new_id(),
            endpoint_id=endpoint_id,
            account_id=account_id,
            disabled_at=moment,
            reason=reason,
            due_at=moment,
        )
        for account_id in _recipients(endpoint_id)
    )


def _recipients(endpoint_id: UUID) -> Collection[UUID]:
    members = Membership.objects.filter(
        studio__games__webhook_endpoints=endpoint_id,
        role__in=roles_with(Ability.MANAGE_WEBHOOKS),
        account__is_active=True,
    )
    return list(members.order_by("account_id").values_list("account_id", flat=True))
