"""The work queue of deliveries: claims a chunk, sends it in parallel, and records each attempt."""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from django.db import transaction
from django.utils.translation import gettext

from apps.core.background.work_queues import work_queue
from apps.core.clock import now
from apps.core.encryption import DecryptionError
from apps.webhooks import deliveries, endpoint_health, http_client, retries, signing
from apps.webhooks.deliveries import AttemptOutcome, ClaimedDelivery
from apps.webhooks.http_client import EndpointResponse

WORK_QUEUE = "webhooks"
GONE = 410
GIVEN_UP_AT_ONCE = 1_000


@work_queue(name=WORK_QUEUE, queue="notifications", waiting_since=deliveries.DELIVERIES.waiting_since)
def send_webhooks() -> int:
    """Send due deliveries, a few of each endpoint; return how many that took."""
    claimed = deliveries.claim_due()
    if not claimed:
        return deliveries.give_up(limit=GIVEN_UP_AT_ONCE)
    with ThreadPoolExecutor(len(claimed), thread_name_prefix="webhook") as threads:
        pending = {threads.submit(attempt, item) for item in claimed}
        while pending:
            # One by one: until it is recorded, an attempt counts against the limit of its endpoint.
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            record([future.result() for future in done])
    return len(claimed)


def attempt(claimed: ClaimedDelivery) -> AttemptOutcome:
    """Sign and send a delivery."""
    moment = now()
    secrets = tuple(filter(None, (claimed.secret, claimed.previous_secret)))
    try:
        headers = _HEADERS | signing.signed_headers(
            message_id=claimed.message_id, payload=claimed.payload, encrypted_secrets=secrets, moment=moment
        )
    except DecryptionError:
        return _outcome(
            claimed, {}, EndpointResponse(0, error=gettext("The secret can't be read any more. Rotate it."))
        )
    return _outcome(claimed, headers, http_client.send(claimed.url, claimed.payload.encode(), headers))


@transaction.atomic
def record(outcomes: Sequence[AttemptOutcome]) -> None:
    """Record how attempts went, and disable endpoints that are gone or have failed for too long."""
    moment = now()
    endpoint_health.judge(outcomes, moment)
    deliveries.complete(outcomes, moment)


_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": "Laurel-Webhooks/1",
    # The beginning of the response is stored as it comes.
    "Accept-Encoding": "identity",
}


def _outcome(claimed: ClaimedDelivery, headers: dict[str, str], response: EndpointResponse) -> AttemptOutcome:
    moment = now()
    if response.is_success or response.status == GONE:
        return AttemptOutcome(claimed, moment, headers, response, None)
    retry_after = next((value for name, value in response.headers if name.lower() == "retry-after"), "")
    next_at = retries.next_attempt(failed_count=claimed.number, moment=moment, retry_after=retry_after)
    return AttemptOutcome(claimed, moment, headers, response, next_at)
