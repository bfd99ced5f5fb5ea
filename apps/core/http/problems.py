"""Turns every error of the API into RFC 9457 problem details, in one place."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.utils import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.log import log_response
from django.utils.translation import gettext, gettext_lazy
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.response import Response

from apps.core.circuit_breakers import PAUSE_SECONDS_MAX
from apps.core.database.availability import DatabaseUnavailableError, failure_detector
from apps.core.database.budgets import current_budget, has_fallback
from apps.core.disk import FULL_CODE, FULL_DETAIL, is_full, says_full
from apps.core.errors import DomainError, Flaw, InvalidError
from apps.core.parsing.json_text import pointer_to
from apps.core.parsing.sentences import sentence_of
from apps.core.redis.client import RedisUnavailableError

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: gettext_lazy("Bad request"),
    401: gettext_lazy("Not authenticated"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Method not allowed"),
    408: gettext_lazy("Too slow"),
    409: gettext_lazy("Conflict"),
    412: gettext_lazy("Precondition failed"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("Unsupported media type"),
    422: gettext_lazy("Not processable"),
    429: gettext_lazy("Too many requests"),
    431: gettext_lazy("Head too large"),
    500: gettext_lazy("Internal error"),
    503: gettext_lazy("Unavailable"),
}
RETRYABLE = frozenset({408, 429, 503})
# What programs read, and people don't: errors here are problems, and pages elsewhere.
_FOR_PROGRAMS = ("/api/", "/media/", "/livez/", "/readyz/", "/metrics/")
# For 503 responses without a better estimate.
RETRY_SECONDS = PAUSE_SECONDS_MAX
UNAVAILABLE_CODE = "database_unavailable"
UNAVAILABLE_DETAIL = gettext_lazy("The database is not responding. Try again shortly.")
# Others may get through: this request waited for a lock, or for its turn.
LATE_DETAIL = gettext_lazy("The database did not respond in time. Try again shortly.")
_LATE_SQLSTATES = frozenset({"57014", "55P03"})


def is_for_programs(path: str) -> bool:
    """Return whether a path's errors are problem details: the API, pictures, which games fetch too, and probes."""
    return f"{path}/".startswith(_FOR_PROGRAMS)


def problem(
    *, request_id: str, path: str, status: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Return the body of a problem: RFC 9457's members and code, retryable, request_id, errors[]."""
    return {
        "type": f"/docs/errors/#{code}",
        "title": str(TITLES.get(status) or HTTPStatus(status).phrase),
        "status": status,
        "detail": detail,
        "instance": path,
        "code": code,
        "retryable": status in RETRYABLE,
        "request_id": request_id,
        "errors": errors or [],
    }


def problem_http_response(
    request: HttpRequest, status: int, code: str, detail: str, flaws: Sequence[Flaw] = ()
) -> HttpResponse:
    """Return a problem as a plain Django response, for errors outside of a view."""
    body = problem(
        request_id=request.META.get("laurel.request_id", ""),
        path=request.path,
        status=status,
        code=code,
        detail=detail,
        errors=[asdict(flaw) for flaw in flaws],
    )
    return HttpResponse(orjson.dumps(body), status=status, content_type=MEDIA_TYPE)


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Map a view's exception to a problem; unknown ones pass on to Django and end in handler500."""
    request = context["request"]
    described = _describe(error)
    if described is None:
        return None
    status, code, detail, errors, headers = described
    body = problem(
        request_id=request.META.get("laurel.request_id", ""),
        path=request.path,
        status=status,
        code=code,
        detail=detail,
        errors=errors,
    )
    if "Retry-After" in headers:
        body["retry_after_seconds"] = int(headers["Retry-After"])
    response = Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)
    if status == 503:
        log_unavailable(request, response, code, error)
    # The rate limit's headers are sent with this response too.
    response.verdict = getattr(error, "verdict", None)  # type: ignore[attr-defined]
    return response


def log_unavailable(
    request: HttpRequest, response: HttpResponse, reason: str, error: BaseException | None = None
) -> None:
    """Log a 503 as one warning with its code and what the server said, where Django would log an error of ours.

    That of a quick attempt is discarded, and not logged.
    """
    said = reason if error is None or isinstance(error, DomainError) else f"{reason}: {error}"[:200]
    level = "debug" if has_fallback() else "warning"
    text, values = "%s: %s (%s)", (response.reason_phrase, request.path, said)
    log_response(text, *values, response=response, request=request, logger=_log, level=level)


Described = tuple[int, str, str, list[dict[str, object]], dict[str, str]]


def _describe(error: Exception) -> Described | None:
    if isinstance(error, exceptions.ValidationError):
        # Whoever reads a body, its problem states the first flaw.
        error = InvalidError.of(*_flaws(error.get_full_details(), ""))
    if isinstance(error, DomainError):
        errors = [asdict(flaw) for flaw in error.flaws]
        headers = _headers(error.status)
        if error.retry_after_seconds is not None:
            headers["Retry-After"] = str(error.retry_after_seconds)
        return error.status, error.code, error.detail, errors, headers
    if says_full(error) or isinstance(error, OperationalError | InterfaceError | PoolTimeout | RedisUnavailableError):
        return _describe_absence(error)
    if isinstance(error, Http404):
        return 404, "not_found", gettext("There is nothing here, or nothing you may see."), [], {}
    if isinstance(error, PermissionDenied):
        return 403, "forbidden", gettext("You may not do this."), [], {}
    if isinstance(error, exceptions.APIException):
        return _describe_api_exception(error)
    return None


def _describe_absence(error: Exception) -> Described:
    if isinstance(error, RedisUnavailableError):
        return 503, "redis_unavailable", gettext("Redis is not responding. Try again shortly."), [], _headers(503)
    code, detail = reason_of(error)
    return 503, code, detail, [], _headers(503)


def reason_of(error: BaseException | None = None) -> tuple[str, str]:
    """Return the code and detail for a database outage: a full disk if that is the cause, or ours is full."""
    if says_full(error) or is_full(settings.LAUREL_HOME):
        return FULL_CODE, str(FULL_DETAIL)
    return UNAVAILABLE_CODE, str(LATE_DETAIL if _says_late(error) else UNAVAILABLE_DETAIL)


def _says_late(error: BaseException | None) -> bool:
    """Whether the wait ended by the server's limit, for lack of a connection, or with the budget."""
    if error is None or isinstance(error, DatabaseUnavailableError) or failure_detector.is_down:
        return False
    budget = current_budget()
    cause = error.__cause__ or error
    is_ended = isinstance(cause, PoolTimeout) or getattr(cause, "sqlstate", None) in _LATE_SQLSTATES
    return is_ended or (budget is not None and budget.seconds_left <= 0)


def _headers(status: int) -> dict[str, str]:
    if status == 503:
        return {"Retry-After": str(RETRY_SECONDS)}
    return {"WWW-Authenticate": "Bearer"} if status == 401 else {}


def _describe_api_exception(error: exceptions.APIException) -> Described:
    detail, code = str(error.detail), str(error.get_codes())
    if isinstance(error, exceptions.MethodNotAllowed):
        detail = gettext("This address does not take this method. The Allow header lists what it takes.")
    if isinstance(error, exceptions.UnsupportedMediaType):
        detail = gettext("Send the body as application/json.")
    headers = _headers(error.status_code)
    return error.status_code, code, detail, [], headers


def _flaws(details: Any, pointer: str) -> Iterator[Flaw]:
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield Flaw(pointer, details["code"], sentence_of(details["code"], details["message"]))
        return
    items = details.items() if isinstance(details, dict) else enumerate(details)
    for name, inner in items:
        is_message = isinstance(inner, dict) and set(inner) == {"message", "code"}
        is_here = name == "non_field_errors" or (isinstance(name, int) and is_message)
        yield from _flaws(inner, pointer if is_here else pointer_to(pointer, str(name)))
