"""The fast path of POST /api/v1/achievements/unlock: parsed and answered on the event loop, recorded in batches.

A repeat that this process has lately answered takes neither a thread nor a round trip.
Handles nearly all requests: a cached live key, well-formed JSON, an unlock that is new or repeated. For anything else
it returns None, and the request goes through Django, which may safely repeat the work, as unlocks are idempotent.
At 64 connections on two cores, with the client beside it, it takes four times as many unlocks as Django.
"""

from time import monotonic
from typing import Any

import orjson

from apps.core.api.auth.callers import Scope
from apps.core.api.auth.throttles import header_fields_of, policy_of_kind
from apps.core.asgi.error_responses import refusal
from apps.core.asgi.micro_batching import MicroBatcher
from apps.core.asgi.responses import Finished
from apps.core.clock import now
from apps.core.database.availability import failure_detector
from apps.core.database.budgets import REQUEST_SECONDS, SECONDS_LEFT
from apps.core.errors import DomainError
from apps.core.http.problems import reason_of
from apps.core.http.request_ids import choose_request_id
from apps.core.http.security import is_refused_in_the_clear, security_fields
from apps.core.redis.rate_counters import VERDICT, Verdict, meter
from apps.games.auth.usual_callers import known_key
from apps.unlocks.actions import record_or_recall, refusal_by_clock
from apps.unlocks.bodies import unlock_outcome_body
from apps.unlocks.parsing import read_report
from apps.unlocks.replay_cache import recall_from_memory
from apps.unlocks.reports import Report, ReportOutcome

PATH = "/api/v1/achievements/unlock"

# How long a batch may wait for the database. A row locked for longer delays its batch by this much; then each report is
# retried alone, and only the one for that row waits on.
GROUP_SECONDS = 2.0
# Two batches at once: one computes while the other waits for the disk.
_together: MicroBatcher[Report, ReportOutcome] = MicroBatcher(
    record_or_recall, batches_max=2, size_max=200, database_seconds=GROUP_SECONDS
)


async def unlock(scope: dict[str, Any], body: bytes) -> Finished | None:
    """Return the finished response, or None for a request that Django must handle."""
    if failure_detector.is_down:
        return refusal(scope, 503, *reason_of())
    headers = dict(scope["headers"])
    is_usual = scope["method"] == "POST" and not scope["query_string"] and not is_refused_in_the_clear(scope)
    found = _read(headers, body) if is_usual else None
    if found is None:
        return None
    report, verdict = found
    # Django must not count it again.
    scope[VERDICT] = verdict
    began_at = monotonic()
    try:
        outcome = await _recalled(report) or await _together.call(report)
    except Exception:  # noqa: BLE001 - Django meets it again, logs it and answers
        scope[SECONDS_LEFT] = REQUEST_SECONDS - (monotonic() - began_at)
        return None
    if not outcome.exists:
        return None
    request_id = choose_request_id(headers.get(b"x-request-id", b"").decode("latin-1"))
    response = orjson.dumps(unlock_outcome_body(outcome), option=orjson.OPT_UTC_Z)
    fields = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id.encode()),
        (b"content-length", str(len(response)).encode()),
        *security_fields(scope),
    ]
    if verdict is not None:
        fields += header_fields_of(verdict)
    return 201 if outcome.is_new else 200, fields, response


async def _recalled(report: Report) -> ReportOutcome | None:
    """Return the outcome of a repeat that takes no thread."""
    outcome = await recall_from_memory(report)
    return None if outcome is None or refusal_by_clock(report, now()) else outcome


def _read(headers: dict[bytes, bytes], body: bytes) -> tuple[Report, Verdict | None] | None:
    media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    # Requests from other sites carry Origin: CORS belongs to the middleware, and so does content encoding.
    is_plain = b"origin" not in headers and b"content-encoding" not in headers
    if media_type != b"application/json" or not is_plain:
        return None
    identity = known_key(headers)
    if identity is None or Scope.UNLOCKS_WRITE not in identity.scopes:
        return None
    try:
        report = read_report(orjson.loads(body), game_id=identity.game_id)
    except (orjson.JSONDecodeError, DomainError):
        return None
    policy = policy_of_kind("key", "write")
    if not policy.limit:
        return report, None
    verdict = meter.hit_locally(identity.caller_id, policy)
    return None if verdict is None else (report, verdict)
