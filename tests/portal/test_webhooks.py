"""The pages of webhooks, from none to a delivery that is sent again."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from apps.core.clock import now
from apps.games.models import Game
from apps.webhooks.actions import create_endpoint
from apps.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.portal.conftest import text_of
from tests.webhooks.conftest import Receiver, deliver, serve

pytestmark = pytest.mark.django_db

WEBHOOKS = "/portal/games/tide/webhooks/"
NEW = {"url": "https://8.8.8.8/laurel", "description": "Chat", "event_types": ["achievement.unlocked"]}


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_ALLOW_PRIVATE = settings.WEBHOOKS_ALLOW_HTTP = True
    made = Receiver()
    server = serve(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def endpoint(tide: Game, receiver: Receiver) -> WebhookEndpoint:
    return create_endpoint(game=tide, url=receiver.url, event_types=["achievement.unlocked"]).endpoint


@pytest.fixture
def page(endpoint: WebhookEndpoint) -> str:
    return f"{WEBHOOKS}{endpoint.id}/"


@pytest.mark.parametrize(
    ("may_http", "may_private", "rule"),
    [
        (False, False, "https, at a public address."),
        (False, True, "https, at any address."),
        (True, False, "https or http, at a public address."),
        (True, True, "https or http, at any address."),
    ],
)
def test_the_form_and_the_documentation_say_which_urls_this_server_accepts(
    settings: Any, browser: Client, tide: Game, may_http: bool, may_private: bool, rule: str
) -> None:
    settings.WEBHOOKS_ALLOW_HTTP, settings.WEBHOOKS_ALLOW_PRIVATE = may_http, may_private

    pages = [text_of(browser.get(path)) for path in (WEBHOOKS, "/docs/webhooks/")]

    assert [re.findall(r"https(?: or http)?, at an?y? [a-z ]+\.", page) for page in pages] == [[rule], [rule]]


def test_a_new_endpoints_secret_is_shown_once(browser: Client, tide: Game) -> None:
    empty = text_of(browser.get(WEBHOOKS))
    answer = browser.post(WEBHOOKS, NEW)
    again = text_of(browser.get(WEBHOOKS))

    assert "No webhooks yet" in empty
    assert (answer.status_code, answer["Cache-Control"]) == (201, "private, no-store")
    (secret,) = set(re.findall(r"whsec_[\w+/=]{44}", html.unescape(text_of(answer))))
    assert secret not in again
    assert "https://8.8.8.8/laurel" in again
    assert "Nothing sent yet" in again
    assert WebhookEndpoint.objects.get().created_by is not None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": ""}, "This field is required."),
        ({"url": "http://8.8.8.8/"}, "It must begin with https://."),
        ({"url": "https://10.0.0.1/"}, "Its host is in a private or reserved network."),
        ({"url": "https://x"}, "Its host has no address"),
        ({"event_types": []}, "This field is required."),
        ({"event_types": ["webhook.test"]}, "is not one of the available choices."),
        ({"description": "x" * 121}, "at most 120 characters"),
    ],
)
def test_a_wrong_form_is_reported_and_creates_none(
    browser: Client, tide: Game, wrong: dict[str, Any], words: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr("apps.webhooks.url_policy._resolve", lambda host: [] if host == "x" else [host])

    response = browser.post(WEBHOOKS, NEW | wrong)

    assert response.status_code == 422
    assert words in html.unescape(text_of(response))
    assert "field__error" in text_of(response)
    assert WebhookEndpoint.objects.count() == 0


def test_changing_it_keeps_what_was_there(browser: Client, page: str, endpoint: WebhookEndpoint) -> None:
    form = text_of(browser.get(f"{page}edit/"))
    fields = {"url": endpoint.url, "description": "New words", "event_types": ["game.completed"]}

    response = browser.post(f"{page}edit/", fields, follow=True)

    assert re.findall(r'value="([\w.]+)"[^>]*checked', form) == ["achievement.unlocked"]
    assert "Saved." in text_of(response)
    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.event_types) == ("New words", ["game.completed"])


def test_a_test_event_is_sent_looked_at_and_sent_again(browser: Client, page: str, receiver: Receiver) -> None:
    def refuse(handler: Any) -> None:
        handler.send_response(503)
        handler.send_header("Content-Length", "15")
        handler.end_headers()
        handler.wfile.write(b"<b>not yet</b>\n")

    receiver.responses = [refuse, 200]

    sent = browser.post(f"{page}test/", follow=True)
    address = sent.redirect_chain[-1][0]
    deliver()
    failed = text_of(browser.get(address))
    again = browser.post(f"{address}resend/", follow=True)
    deliver()
    delivered = text_of(browser.get(address))

    assert "Not sent yet" in text_of(sent)
    assert "Service Unavailable" in failed
    assert "&lt;b&gt;not yet&lt;/b&gt;" in failed
    assert "Retrying" in failed
    assert "Resending it under the same id." in text_of(again)
    assert ">Delivered</span>" in delivered
    assert delivered.count("<article") == 2
    assert "webhook-signature: v1," in delivered
    assert "&quot;type&quot;: &quot;webhook.test&quot;" in delivered
    assert len(set(receiver.ids)) == 1


def test_all_that_failed_is_sent_again_by_one_button(browser: Client, page: str, receiver: Receiver) -> None:
    button = "Resend all failed"
    browser.post(f"{page}test/")
    before = text_of(browser.get(page))
    browser.post(f"{page}disable/")
    deliver()
    while_disabled = text_of(browser.get(page))
    browser.post(f"{page}enable/")

    failed = text_of(browser.get(page))
    again = text_of(browser.post(f"{page}resend-failed/", follow=True))
    deliver()

    assert [button in shown for shown in (before, while_disabled, failed, again)] == [False, False, True, False]
    assert "Resending failed deliveries." in again
    assert len(receiver.ids) == 1


def test_the_log_filters_and_goes_on(browser: Client, page: str, endpoint: WebhookEndpoint) -> None:
    for _ in range(31):
        browser.post(f"{page}test/")
    WebhookDelivery.objects.filter(pk=WebhookDelivery.objects.order_by("id").first().pk).update(  # type: ignore[union-attr]
        state="delivered", due_at=None, finished_at=now()
    )

    first = text_of(browser.get(page))
    (older,) = re.findall(r'href="\?(before=[\w-]+)"', first)

    assert first.count("/deliveries/") == 30
    assert text_of(browser.get(f"{page}?{older}")).count("/deliveries/") == 1
    assert text_of(browser.get(f"{page}?state=delivered")).count("/deliveries/") == 1
    assert "No deliveries with this status" in text_of(browser.get(f"{page}?state=failed"))
    assert text_of(browser.get(f"{page}?state=nonsense&before=nonsense")).count("/deliveries/") == 30


def test_a_rotated_secret_is_shown_once(browser: Client, page: str, endpoint: WebhookEndpoint) -> None:
    answer = browser.post(f"{page}rotate/")

    (secret,) = set(re.findall(r"whsec_[\w+/=]{44}", html.unescape(text_of(answer))))
    assert answer["Cache-Control"] == "private, no-store"
    again = text_of(browser.get(page))
    assert secret not in again
    assert "requests are also signed with the previous secret" in again


def test_disabled_enabled_deleted(browser: Client, page: str, endpoint: WebhookEndpoint) -> None:
    browser.post(f"{page}disable/")
    disabled = text_of(browser.get(page))
    refused = browser.post(f"{page}test/", follow=True)
    enabled = browser.post(f"{page}enable/", follow=True)
    deleted = browser.post(f"{page}delete/", follow=True)

    assert "Disabled by your studio" in disabled
    assert "Send test event" not in disabled
    assert "This endpoint is disabled, so nothing is sent to it." in text_of(refused)
    assert "Enabled. New events will be sent." in text_of(enabled)
    assert "Deleted. No more events will be sent." in text_of(deleted)
    assert "No webhooks yet" in text_of(deleted)
    assert browser.get(page).status_code == 404


def test_viewers_see_no_secret_and_no_button(member: Any, page: str, endpoint: WebhookEndpoint) -> None:
    shown = text_of(member("viewer").get(page))

    assert "whsec_" not in shown
    assert "/rotate/" not in shown
    assert "/test/" not in shown


@pytest.mark.parametrize("count", [1, 10])
def test_pages_cost_the_same_however_long_they_are(
    browser: Client, tide: Game, receiver: Receiver, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        made = create_endpoint(game=tide, url=receiver.url, event_types=["achievement.unlocked"]).endpoint
    for _ in range(count):
        browser.post(f"{WEBHOOKS}{made.id}/test/")
    deliver()
    assert WebhookAttempt.objects.count() == count

    # Two for who it is with the header, and the game with the role; then endpoints and their latest results, or the
    # endpoint with its own, its log and whether anything failed.
    with django_assert_num_queries(4):
        browser.get(WEBHOOKS)
    with django_assert_num_queries(6):
        browser.get(f"{WEBHOOKS}{made.id}/")


def test_only_games_with_modes_offer_the_events_of_hardcore(browser: Client, tide: Game) -> None:
    plain = text_of(browser.get(WEBHOOKS))
    refused = browser.post(WEBHOOKS, {**NEW, "event_types": ["achievement.hardcore"]})
    Game.objects.filter(pk=tide.pk).update(has_modes=True)
    with_modes = text_of(browser.get(WEBHOOKS))
    created = browser.post(WEBHOOKS, {**NEW, "event_types": ["achievement.hardcore"]})

    assert ("achievement.hardcore" in plain, refused.status_code) == (False, 422)
    assert with_modes.count('value="achievement.hardcore') == 3
    assert (created.status_code, WebhookEndpoint.objects.get().event_types) == (201, ["achievement.hardcore"])
