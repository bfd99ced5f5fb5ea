"""Signing, retrying, giving up, disabling: what happens to a delivery."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from standardwebhooks import Webhook, WebhookVerificationError

from apps.core.clock import now
from apps.games.models import Game, Membership
from apps.players.models import Account
from apps.webhooks import actions, deliveries, disabled_emails, retries, sending
from apps.webhooks.actions import (
    IssuedSecret,
    WebhookDisabledError,
    change_endpoint,
    delete_endpoint,
    resend,
    resend_failed,
    rotate_secret,
    send_test_event,
)
from apps.webhooks.deliveries import DELIVERIES
from apps.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookNotice
from tests.factories import make_account
from tests.webhooks.conftest import MOMENT, Receiver, deliver

pytestmark = pytest.mark.django_db
Earn = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch: Any) -> None:
    monkeypatch.setattr(retries, "JITTER", 0.0)


@pytest.fixture
def clock(time_machine: Any) -> Any:
    time_machine.move_to(MOMENT, tick=False)
    return time_machine


def states() -> list[tuple[str, int]]:
    return list(WebhookDelivery.objects.order_by("id").values_list("state", "attempt_count"))


def test_what_is_sent_is_signed_and_what_is_changed_is_noticed(
    issued: IssuedSecret, receiver: Receiver, earn: Earn
) -> None:
    earn()
    deliver()

    (request,) = receiver.received
    assert request.verified(issued.secret)["type"] == "achievement.unlocked"
    assert issued.secret.startswith("whsec_")
    with pytest.raises(WebhookVerificationError):
        Webhook(issued.secret).verify(request.body.replace(b"10", b"99"), request.headers)


def test_the_secret_is_stored_encrypted(issued: IssuedSecret, settings: Any, earn: Earn) -> None:
    row = WebhookEndpoint.objects.values().get()

    assert issued.secret not in str(row)
    settings.SECRET_KEY = "another"
    earn()
    deliver()
    assert WebhookAttempt.objects.get().error == "The secret can't be read any more. Rotate it."


def test_an_old_secret_key_still_opens_secrets(
    issued: IssuedSecret, receiver: Receiver, settings: Any, earn: Earn
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]

    earn()
    deliver()

    assert receiver.received[0].verified(issued.secret)


def test_for_a_day_after_a_rotation_both_secrets_verify(
    issued: IssuedSecret, receiver: Receiver, earn: Earn, clock: Any
) -> None:
    rotated = rotate_secret(endpoint=issued.endpoint)
    earn()
    deliver()
    (during,) = receiver.received
    assert during.verified(issued.secret) == during.verified(rotated.secret)
    assert len(during.headers["webhook-signature"].split(" ")) == 2

    clock.shift(timedelta(hours=24))
    earn()
    deliver()

    after = receiver.received[1]
    assert after.verified(rotated.secret)
    assert len(after.headers["webhook-signature"].split(" ")) == 1
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        after.verified(issued.secret)


def test_a_failed_delivery_is_tried_over_three_days_and_then_given_up(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, clock: Any
) -> None:
    receiver.responses = [500]
    earn()
    waits = []

    while DELIVERIES.waiting_since() is not None:
        deliver()
        due = WebhookDelivery.objects.get().due_at
        if due is not None:
            waits.append(due - now())
            clock.move_to(due - timedelta(seconds=1), tick=False)
            assert deliver() == 0, "not before its time"
            clock.move_to(due, tick=False)

    assert waits == list(retries.DELAYS)
    assert timedelta(days=2, hours=23) < sum(waits, timedelta()) < timedelta(days=3, hours=1)
    assert states() == [("failed", 11)]
    assert len(receiver.received) == WebhookAttempt.objects.filter(status=500).count() == 11
    assert len(set(receiver.ids)) == 1, "a receiver knows a repeat by its id"


def test_a_retry_is_signed_anew_so_that_it_is_not_too_old(
    issued: IssuedSecret, receiver: Receiver, earn: Earn, clock: Any
) -> None:
    receiver.responses = [503, 200]
    earn()
    deliver()
    clock.shift(timedelta(hours=1))

    deliver()

    first, second = receiver.received
    assert second.verified(issued.secret) == first.json
    with pytest.raises(WebhookVerificationError, match="too old"):
        first.verified(issued.secret)
    assert states() == [("delivered", 2)]


def test_jitter_spreads_what_failed_together(monkeypatch: Any) -> None:
    monkeypatch.setattr(retries, "JITTER", 0.2)

    found = [retries.next_attempt(failed_count=3, moment=MOMENT) for _ in range(200)]

    waits = [at - MOMENT for at in found if at is not None]
    assert timedelta(minutes=4) <= min(waits) < timedelta(minutes=4.4)
    assert timedelta(minutes=5.6) < max(waits) <= timedelta(minutes=6)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Wed, 25 Nov 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("999999999999999999", retries.RETRY_AFTER_MAX),
        ("Wed, 25 Nov 2099 12:30:00 GMT", retries.RETRY_AFTER_MAX),
        ("1", retries.DELAYS[0]),
        ("-5", retries.DELAYS[0]),
        ("soon", retries.DELAYS[0]),
        ("Wed, 25 Nov 2026 12:30:00", retries.DELAYS[0]),
        ("", retries.DELAYS[0]),
    ],
)
def test_a_receiver_may_request_more_time_within_reason(header: str, wait: timedelta) -> None:
    assert retries.next_attempt(failed_count=1, moment=MOMENT, retry_after=header) == MOMENT + wait


def test_retry_after_is_read_from_the_response(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, clock: Any
) -> None:
    def request_more_time(handler: Any) -> None:
        handler.send_response(429)
        handler.send_header("Retry-After", "90")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.responses = [request_more_time]
    earn()

    deliver()

    assert WebhookDelivery.objects.get().due_at == MOMENT + timedelta(seconds=90)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 429, 500, 503])
def test_everything_but_2xx_is_tried_again(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, clock: Any, status: int
) -> None:
    receiver.responses = [status]
    earn()

    deliver()

    assert states() == [("waiting", 1)]
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.failing_since) == ("enabled", MOMENT)


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_2xx_is_delivered_and_ends_a_row_of_failures(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, clock: Any, status: int
) -> None:
    receiver.responses = [500, status]
    earn()
    deliver()
    clock.shift(timedelta(seconds=5))

    deliver()

    assert states() == [("delivered", 2)]
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None
    assert DELIVERIES.waiting_since() is None


@pytest.fixture
def crew(game: Game) -> dict[str, str]:
    """The studio's people, and their addresses by role."""
    emails = {role: make_account().email for role in ("owner", "admin", "editor", "viewer")}
    for role, email in emails.items():
        Membership.objects.create(studio=game.studio, account=Account.objects.get(email=email), role=role)
    return emails


def write_emails() -> None:
    while disabled_emails.send_disabled_emails.work():
        pass


def test_410_disables_at_once_and_gives_up_what_waits(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, clock: Any, crew: dict[str, str]
) -> None:
    receiver.responses = [410]
    earn(9)

    deliver()
    earn()

    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.disabled_reason, endpoint.disabled_at) == ("disabled", "gone", MOMENT)
    assert len(receiver.received) == 4, "those that were on their way together"
    assert {state for state, _ in states()} == {"failed"}
    assert len(states()) == 9
    assert DELIVERIES.waiting_since() is None
    write_emails()
    assert sorted(email.to[0] for email in mail.outbox) == sorted([crew["owner"], crew["admin"]])
    assert "The endpoint answered 410 Gone" in str(mail.outbox[0].body)


def test_five_days_of_failures_disable_with_one_email_each(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, clock: Any, crew: dict[str, str]
) -> None:
    receiver.responses = [500]
    for day in range(5):
        clock.move_to(MOMENT + timedelta(days=day), tick=False)
        earn()
        deliver()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.failing_since) == ("enabled", MOMENT)

    clock.move_to(MOMENT + timedelta(days=5), tick=False)
    earn()
    deliver()
    deliver()
    write_emails()
    write_emails()

    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.disabled_reason) == ("disabled", "failing")
    assert sorted(email.to[0] for email in mail.outbox) == sorted([crew["owner"], crew["admin"]])
    email = mail.outbox[0]
    assert email.subject == f"Webhooks of {endpoint.game.name} are disabled"
    assert receiver.url in str(email.body)
    assert "Every attempt has failed for five days." in str(email.body)
    assert WebhookNotice.objects.count() == 0


def test_one_success_in_five_days_keeps_an_endpoint(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, clock: Any
) -> None:
    receiver.responses = [500, 200, 500]
    for day in (0, 4, 6):
        clock.move_to(MOMENT + timedelta(days=day), tick=False)
        WebhookDelivery.objects.all().delete()
        earn()
        deliver()

    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.failing_since) == ("enabled", MOMENT + timedelta(days=6))


def test_a_mail_server_that_is_down_gets_the_email_later(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, clock: Any, crew: dict[str, str], settings: Any
) -> None:
    receiver.responses = [410]
    earn()
    deliver()
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )

    write_emails()
    settings.EMAIL_BACKEND = works
    write_emails()
    early = len(mail.outbox)
    clock.shift(disabled_emails.LEASE)
    write_emails()

    assert (early, len(mail.outbox)) == (0, 2)
    assert len({email.extra_headers["Message-ID"] for email in mail.outbox}) == 2


def test_enabled_again_it_goes_on_with_a_clean_slate(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, clock: Any
) -> None:
    receiver.responses = [410, 200]
    earn()
    deliver()
    endpoint.refresh_from_db()

    change_endpoint(endpoint=endpoint, is_enabled=True)
    earn()
    deliver()

    assert states() == [("failed", 1), ("delivered", 1)]
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.disabled_reason, endpoint.failing_since) == ("enabled", "", None)


def test_410_of_an_address_it_no_longer_has_disables_nothing(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn
) -> None:
    receiver.responses = [410]
    earn()
    claimed = deliveries.claim_due()
    outcomes = [sending.attempt(item) for item in claimed]
    change_endpoint(endpoint=endpoint, url=receiver.url.replace("/hooks", "/new"))

    sending.record(outcomes)

    endpoint.refresh_from_db()
    assert endpoint.state == "enabled"


def test_sent_again_by_hand_it_is_the_same_message(
    issued: IssuedSecret, receiver: Receiver, earn: Earn, clock: Any
) -> None:
    earn()
    deliver()
    delivery = WebhookDelivery.objects.select_related("endpoint").get()

    resend(delivery=delivery)
    deliver()

    first, second = receiver.received
    assert second.verified(issued.secret) == first.verified(issued.secret)
    assert len(set(receiver.ids)) == 1
    assert states() == [("delivered", 1)]
    assert WebhookAttempt.objects.count() == 2


def test_all_that_failed_is_sent_again_by_hand_some_at_a_time(
    issued: IssuedSecret, endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn, monkeypatch: Any
) -> None:
    monkeypatch.setattr(actions, "RESENT_AT_ONCE", 2)
    earn()
    deliver()
    earn(3)
    change_endpoint(endpoint=endpoint, is_enabled=False)
    deliver()
    given_up = states()
    change_endpoint(endpoint=endpoint, is_enabled=True)

    counts = [resend_failed(endpoint=endpoint) for _ in range(3)]
    deliver()

    assert sorted(given_up) == [("delivered", 1)] + [("failed", 0)] * 3
    assert counts == [2, 1, 0]
    assert states() == [("delivered", 1)] * 4
    assert len(receiver.ids) == len(set(receiver.ids)) == 4


def test_a_test_event_goes_to_its_endpoint_alone(issued: IssuedSecret, receiver: Receiver, game: Game) -> None:
    send_test_event(endpoint=issued.endpoint)
    deliver()

    assert receiver.received[0].verified(issued.secret)["type"] == "webhook.test"
    assert receiver.received[0].json["data"] == {"game_id": str(game.id), "webhook_id": str(issued.endpoint.id)}


def test_nothing_is_sent_to_a_disabled_endpoint_by_hand_either(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn
) -> None:
    earn()
    deliver()
    change_endpoint(endpoint=endpoint, is_enabled=False)

    with pytest.raises(WebhookDisabledError):
        send_test_event(endpoint=endpoint)
    with pytest.raises(WebhookDisabledError):
        resend(delivery=WebhookDelivery.objects.select_related("endpoint").get())
    with pytest.raises(WebhookDisabledError):
        resend_failed(endpoint=endpoint)
    assert states() == [("delivered", 1)]


def test_a_deleted_endpoint_gets_nothing_more(endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn) -> None:
    earn()

    delete_endpoint(endpoint=endpoint)
    earn()
    deliver()

    assert receiver.received == []
    assert {state for state, _ in states()} == {"failed"}
    assert DELIVERIES.waiting_since() is None
