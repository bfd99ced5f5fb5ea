"""Plans of webhooks' queries where much was sent, much waits and much has failed: none may scan a table that grows."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from apps.core.background.scheduled_jobs import find_job, run_due
from apps.core.clock import now
from apps.portal.queries.webhooks import log_of
from apps.webhooks import deliveries, messages, payloads, queries, retention, sending
from apps.webhooks.actions import change_endpoint, resend, resend_failed
from apps.webhooks.deliveries import AttemptOutcome, ClaimedDelivery
from apps.webhooks.event_types import EventType
from apps.webhooks.http_client import EndpointResponse
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.budgets.conftest import Plans, around_a_file, fill
from tests.factories import make_game

_scan = re.compile(r"Seq Scan on webhook_(message|delivery|attempt)\b")
# Each of 10,000 messages went to ten endpoints: to the first all failed, for the second all wait, and so on; the oldest
# tenth is over 30 days old.
FILL = """
INSERT INTO webhook_endpoint (id, game_id, url, description, event_types, state, disabled_reason, secret,
    previous_secret, created_at)
SELECT ('00000000-0000-7000-8000-' || to_char(n, 'FM000000000000'))::uuid, %(game_id)s, 'https://8.8.8.8/' || n, '',
    '{achievement.unlocked}', 'enabled', '', 'sealed', '', now()
FROM generate_series(1, 10) n;
INSERT INTO webhook_message (id, game_id, type, payload, created_at)
SELECT ('00000000-0000-7000-9000-' || to_char(n, 'FM000000000000'))::uuid, %(game_id)s, 'achievement.unlocked', '{}',
    now() - make_interval(days => 33 * (10000 - n) / 10000)
FROM generate_series(1, 10000) n;
INSERT INTO webhook_delivery (id, message_id, endpoint_id, state, attempt_count, due_at, created_at,
    finished_at)
SELECT gen_random_uuid(), m.id, e.id, s.state, 1, CASE s.state WHEN 'waiting' THEN m.created_at END, m.created_at,
    CASE s.state WHEN 'waiting' THEN NULL ELSE m.created_at END
FROM webhook_message m CROSS JOIN webhook_endpoint e
CROSS JOIN LATERAL (SELECT CASE right(e.id::text, 1) WHEN '1' THEN 'failed' WHEN '2' THEN 'waiting'
    ELSE 'delivered' END AS state) s;
INSERT INTO webhook_attempt (id, delivery_id, endpoint_id, at, url, status, error, duration_ms, request_headers,
    answer_headers, answer_body)
SELECT gen_random_uuid(), id, endpoint_id, created_at, '', 200, '', 5, '[]', '[]', '' FROM webhook_delivery;
ANALYZE webhook_endpoint, webhook_message, webhook_delivery, webhook_attempt;
"""


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[WebhookEndpoint]]:
    """Ten endpoints of a game and what was sent to them; the first has failures, what goes to the second waits."""
    with around_a_file(django_db_blocker):
        fill(FILL, game_id=make_game().id)
        yield list(WebhookEndpoint.objects.order_by("id"))


def test_no_query_of_webhooks_scans_what_was_sent(
    db: None, filled: list[WebhookEndpoint], plans: Plans, monkeypatch: Any
) -> None:
    # As small a share of what there is here as 2,000 of the millions elsewhere.
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 200)
    failing, waiting, well, *_ = filled
    game_id = failing.game_id
    claimed: list[ClaimedDelivery] = []
    delivery = WebhookDelivery.objects.filter(endpoint=failing).select_related("endpoint", "message")[0]

    def record() -> None:
        response = EndpointResponse(5, 500)
        sending.record([AttemptOutcome(item, now(), {}, response, now() + timedelta(minutes=1)) for item in claimed])

    def deliver() -> None:
        wanting = messages.endpoints_wanting(EventType.UNLOCKED, [game_id])
        messages.store([payloads.message(EventType.UNLOCKED, game_id, {})], wanting)

    def give_up() -> None:
        change_endpoint(endpoint=waiting, is_enabled=False)
        assert deliveries.give_up(limit=1_000) == 1_000

    works: dict[str, Callable[[], Any]] = {
        "due": deliveries.DELIVERIES.waiting_since,
        "claim": lambda: claimed.extend(deliveries.claim_due()),
        "record": record,
        "deliver": deliver,
        "log": lambda: log_of(well),
        "log of failures": lambda: log_of(failing, state="failed"),
        "log without any": lambda: log_of(well, state="failed"),
        "any failed": lambda: queries.has_failed_deliveries(well),
        "latest results": lambda: queries.latest_results(filled),
        "attempts": lambda: queries.attempts_of(delivery),
        "resend": lambda: resend(delivery=delivery),
        "resend failed": lambda: resend_failed(endpoint=failing),
        "give up": give_up,
        "trim": lambda: run_due(find_job("trim_webhooks")),
    }
    found = {name: plans(work) for name, work in works.items()}

    assert len(claimed) == deliveries.AT_ONCE_PER_ENDPOINT
    assert [name for name, seen in found.items() if not seen] == []
    assert {name: plan for name, seen in found.items() for plan in seen if _scan.search(plan)} == {}


def test_the_detector_sees_a_scan(db: None, filled: list[WebhookEndpoint], plans: Plans) -> None:
    (plan,) = plans(lambda: WebhookDelivery.objects.filter(attempt_count=7).first())

    assert _scan.search(plan) is not None
