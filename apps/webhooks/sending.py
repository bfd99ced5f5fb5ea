"""The backlog of deliveries: claimed, sent side by side, written down."""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from django.db import transaction
from django.utils.translation import gettext

from apps.core.background.work_queues import backlog
from apps.core.clock import now
from apps.core.encryption import SealBrokenError
from apps.webhooks import deliveries, endpoint_health, http_client, retries, signing
from apps.webhooks.deliveries import AttemptOutcome, ClaimedDelivery
from apps.webhooks.http_client import EndpointResponse

BACKLOG = "webhooks"
GONE = 410
GIVEN_UP_AT_ONCE = 1_000


@backlog(name=BACKLOG, queue="notifications", waiting_since=deliveries.DELIVERIES.waiting_since)
def send_webhooks() -> int:
    """Send what is due, a few of each endpoint; return how many deliveries that took."""
    claimed = deliveries.claim_due()
    if not claimed:
        return deliveries.give_up(limit=GIVEN_UP_AT_ONCE)
    with ThreadPoolExecutor(len(claimed), thread_name_prefix="webhook") as threads:
        pending = {threads.submit(attempt, item) for item in claimed}
        while pending:
            # As they come: until it is written down, one that is done keeps others of its endpoint waiting.
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            record([future.result() for future in done])
    return len(claimed)


def attempt(claimed: ClaimedDelivery) -> AttemptOutcome:
    """Sign and send a delivery."""
    moment = now()
    secrets = tuple(filter(None, (claimed.secret, claimed.previous_secret)))
    try:
        headers = _HEADERS | signing.signed_headers(
            message_id=claimed.message_id, payload=claimed.payload, sealed_secrets=secrets, moment=moment
        )
    except SealBrokenError:
        return _outcome(
            claimed, {}, EndpointResponse(0, error=gettext("The secret can't be read any more. Rotate it."))
        )
    return _outcome(claimed, headers, http_client.send(claimed.url, claimed.payload.encode(), headers))


@transaction.atomic
def record(outcomes: Sequence[AttemptOutcome]) -> None:
    """Write down how attempts went, and disable endpoints that are gone or have failed for too long."""
    moment = now()
    endpoint_health.judge(outcomes, moment)
    deliveries.complete(outcomes, moment)


_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": "Laurel-Webhooks/1",
    # An answer is kept as it comes, and only its beginning.
    "Accept-Encoding": "identity",
}


def _outcome(claimed: ClaimedDelivery, headers: dict[str, str], answer: EndpointResponse) -> AttemptOutcome:
    moment = now()
    if answer.is_success or answer.status == GONE:
        return AttemptOutcome(claimed, moment, headers, answer, None)
    retry_after = next((value for name, value in answer.headers if name.lower() == "retry-after"), "")
    next_at = retries.next_attempt(failed_count=claimed.number, moment=moment, retry_after=retry_after)
    return AttemptOutcome(claimed, moment, headers, answer, next_at)
