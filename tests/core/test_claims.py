"""Leases, the same for every table: nobody claims what another has, and who outlives one changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, models

from apps.core.background import scheduled_jobs
from apps.core.background.scheduled_jobs import HOUR, Job
from apps.core.clock import now
from apps.core.ids import new_id
from apps.core.models import JobSlot
from apps.leaderboards.models import BoardState
from apps.leaderboards.sorted_sets import state
from apps.notifications import delivery
from apps.notifications.kinds.base import Note
from apps.notifications.mail import sending as mail_sending
from apps.notifications.mail.due_readers import DIGESTS
from apps.notifications.models import EmailDigest
from apps.webhooks import deliveries, disabled_emails
from apps.webhooks.deliveries import AttemptOutcome
from apps.webhooks.http_client import EndpointResponse
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookNotice
from tests.factories import make_account, make_game, make_player

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Leased:
    """A table with one row that is due, and what a worker does with it; None for what its workers never do."""

    model: type[models.Model]
    make: Callable[[], None]
    # Returns what the worker has claimed, None or an empty list when there is nothing.
    claim: Callable[[], Any]
    complete: Callable[[Any], object]
    renew: Callable[[Any], object] | None = None
    release: Callable[[Any], object] | None = None


def make_endpoint() -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(game=make_game(), url="https://8.8.8.8/", event_types=[], secret="sealed")


def make_delivery() -> None:
    endpoint = make_endpoint()
    message = WebhookMessage.objects.create(game=endpoint.game, type="webhook.test", payload="{}")
    WebhookDelivery.objects.create(endpoint=endpoint, message=message, due_at=now() - MINUTE)


def complete_deliveries(claimed: list[deliveries.ClaimedDelivery]) -> None:
    failed = EndpointResponse(5, 500)
    deliveries.complete([AttemptOutcome(item, now(), {}, failed, now() + MINUTE) for item in claimed], now())


def make_notice() -> None:
    WebhookNotice.objects.create(
        endpoint=make_endpoint(), account=make_account(), disabled_at=now(), reason="gone", due_at=now() - MINUTE
    )


def make_digest() -> None:
    player = make_player(handle="mira", time_zone="UTC", account=make_account(email="mira@example.com"))
    player.account.emailaddress_set.create(email="mira@example.com", verified=True, primary=True)
    someone = {"id": str(uuid4()), "handle": "jon", "display_name": "Jon", "avatar_url": None}
    delivery.deliver([Note(player.id, "new_follower", now(), {"player": someone})])
    yesterday = datetime.combine(now().date() - timedelta(days=1), time(18), UTC)
    EmailDigest.objects.create(player=player, due_at=yesterday, mailed_seq=0)


def claim_digest() -> Any:
    return mail_sending.claim_due(new_id())[1]


def complete_digest(claimed: Any) -> None:
    digest, token = claimed[0].digest, claimed[0].digest.claim_token
    digest.mark_sent(now())
    DIGESTS.complete([digest.row()], token)


def claim_slot() -> Any:
    job = Job("counting", HOUR, lambda context: iter(()))
    return scheduled_jobs.claim_due(job, datetime(2026, 11, 24, 11, tzinfo=UTC), now())


def renew_slot(run: scheduled_jobs.JobRun) -> bool:
    try:
        run._renew_lease()
    except scheduled_jobs.LeaseLostError:
        return False
    return True


def claim_rebuild() -> Any:
    token = new_id()
    return token if state.claim_rebuild(token) else None


LEASED = (
    Leased(WebhookDelivery, make_delivery, deliveries.claim_due, complete_deliveries),
    Leased(
        WebhookNotice,
        make_notice,
        disabled_emails.claim_due,
        lambda email: disabled_emails.complete(email, is_sent=True),
    ),
    Leased(
        EmailDigest,
        make_digest,
        claim_digest,
        complete_digest,
        renew=lambda claimed: DIGESTS.renew_lease(claimed[0].digest.player_id, claimed[0].digest.claim_token),
        release=lambda claimed: DIGESTS.release(
            [claimed[0].digest.player_id], claimed[0].digest.claim_token, due_at=now()
        ),
    ),
    Leased(
        JobSlot,
        lambda: None,
        claim_slot,
        scheduled_jobs.JobRun._complete,
        renew=renew_slot,
        release=scheduled_jobs.JobRun.release,
    ),
    Leased(
        BoardState,
        lambda: None,
        claim_rebuild,
        state.complete,
        renew=lambda token: state.renew_lease(token) is not None,
        release=state.release,
    ),
)
every_table = pytest.mark.parametrize("leased", LEASED, ids=lambda item: item.model._meta.db_table)


def end_lease(leased: Leased) -> None:
    """Have the time of the lease pass."""
    columns = {field.name for field in leased.model._meta.get_fields()}
    column = "lease_until" if "lease_until" in columns else "due_at"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {leased.model._meta.db_table} SET {column} = %s", [now() - MINUTE])


def rows(leased: Leased) -> list[dict[str, Any]]:
    return list(leased.model._default_manager.values())


def two_workers(leased: Leased) -> tuple[Any, Any]:
    """Return what a worker claimed that has outlived its lease, and what another has claimed since."""
    leased.make()
    first = leased.claim()
    end_lease(leased)
    second = leased.claim()
    assert first
    assert second
    return first, second


def test_every_table_with_a_claim_token_is_tested_here() -> None:
    with_token = {
        model for model in apps.get_models() if any(f.name == "claim_token" for f in model._meta.get_fields())
    }

    assert with_token == {leased.model for leased in LEASED}


@every_table
def test_nobody_claims_a_row_under_a_lease(leased: Leased) -> None:
    leased.make()

    first, second = leased.claim(), leased.claim()

    assert (bool(first), bool(second)) == (True, False)


@every_table
def test_who_outlives_the_lease_completes_nothing(leased: Leased) -> None:
    first, second = two_workers(leased)
    before = rows(leased)

    leased.complete(first)

    assert rows(leased) == before
    leased.complete(second)
    assert rows(leased) != before
    assert not leased.model._default_manager.filter(claim_token__isnull=False).exists()


@every_table
def test_only_who_has_the_row_renews_the_lease(leased: Leased) -> None:
    if leased.renew is None:
        return
    first, second = two_workers(leased)
    before = rows(leased)

    assert not leased.renew(first)

    assert rows(leased) == before
    assert leased.renew(second)
    assert leased.claim() in (None, [])


@every_table
def test_a_released_row_is_claimed_at_once_and_only_its_worker_releases_it(leased: Leased) -> None:
    if leased.release is None:
        return
    first, second = two_workers(leased)
    before = rows(leased)

    leased.release(first)

    assert rows(leased) == before
    leased.release(second)
    assert leased.claim()
