"""What is deleted of webhooks, and what is not yet; operators look and change nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.core.background.scheduled_jobs import find_job, run_due
from apps.games.models import Game
from apps.webhooks.actions import IssuedSecret, delete_endpoint
from apps.webhooks.models import (
    DisabledReason,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
    WebhookNotice,
)
from tests.factories import make_account
from tests.webhooks.conftest import MOMENT, Receiver, deliver

pytestmark = pytest.mark.django_db
Earn = Callable[..., Any]


def trim() -> None:
    assert run_due(find_job("trim_webhooks"))


def counts() -> tuple[int, ...]:
    return tuple(table.objects.count() for table in (WebhookEndpoint, WebhookMessage, WebhookDelivery, WebhookAttempt))


def test_a_month_of_deliveries_is_retained(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, time_machine: Any
) -> None:
    time_machine.move_to(MOMENT, tick=False)
    earn(2)
    deliver()
    time_machine.move_to(MOMENT + timedelta(days=29), tick=False)
    earn()
    deliver()
    trim()
    assert counts() == (1, 3, 3, 3)

    time_machine.move_to(MOMENT + timedelta(days=31), tick=False)
    trim()

    assert counts() == (1, 1, 1, 1)


def test_what_still_waits_is_not_deleted(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, time_machine: Any
) -> None:
    time_machine.move_to(MOMENT, tick=False)
    earn()
    time_machine.move_to(MOMENT + timedelta(days=31), tick=False)

    trim()

    assert counts() == (1, 1, 1, 0)


def test_a_deleted_endpoint_goes_with_its_log(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, time_machine: Any
) -> None:
    time_machine.move_to(MOMENT, tick=False)
    earn(2)
    deliver()
    delete_endpoint(endpoint=endpoint)
    WebhookNotice.objects.create(endpoint=endpoint, account=make_account(), disabled_at=MOMENT, reason="gone")

    time_machine.move_to(MOMENT + timedelta(days=1), tick=False)
    trim()

    assert counts() == (0, 2, 0, 0)
    assert WebhookNotice.objects.count() == 0


def test_operators_look_and_see_no_secret(issued: IssuedSecret, receiver: Receiver, earn: Earn, game: Game) -> None:
    earn()
    deliver()
    endpoint, operator = issued.endpoint, make_account(is_staff=True, is_superuser=True)
    WebhookNotice.objects.create(endpoint=endpoint, account=operator, disabled_at=MOMENT, reason=DisabledReason.FAILING)
    browser = Client()
    browser.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")

    for table in (WebhookEndpoint, WebhookMessage, WebhookDelivery, WebhookAttempt, WebhookNotice):
        address = f"/admin/webhooks/{table.__name__.lower()}/"
        row = table.objects.get()
        listed, shown = browser.get(address), browser.get(f"{address}{row.pk}/change/")
        assert (listed.status_code, shown.status_code) == (200, 200)
        assert endpoint.secret not in shown.content.decode()
        assert browser.post(f"{address}{row.pk}/change/", {"url": "x"}).status_code == 403
        assert browser.get(f"{address}add/").status_code == 403
    for words in (WebhookDelivery.objects.get().pk, "no id"):
        assert browser.get(f"/admin/webhooks/webhookdelivery/?q={words}").status_code == 200
