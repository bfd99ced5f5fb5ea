"""Idempotency-Key: a retried POST gets the first response, stored in the transaction of its effects."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, gettext_noop
from rest_framework.request import Request

from apps.core.api.auth.callers import require_caller
from apps.core.clock import now
from apps.core.errors import ConflictError, DomainError, InvalidError
from apps.core.models import IdempotencyRecord
from apps.core.parsing.values import UUID_PATTERN

RETENTION = timedelta(hours=24)
# Each new record deletes old ones, so the table needs no other maintenance.
DELETED_AT_ONCE = 20
_sane = re.compile(r"[!-~]{1,255}\Z")
_uuid = re.compile(UUID_PATTERN)


class IdempotencyKeyInUseError(ConflictError):
    code = "idempotency_key_in_use"
    detail = gettext_noop("A request with this Idempotency-Key is under way. Try again in a moment.")
    retry_after_seconds = 1


class IdempotencyKeyReusedError(DomainError):
    code = "idempotency_key_reused"
    status = 422
    detail = gettext_noop("This Idempotency-Key came with another body before. Use a new key for a new request.")


def respond_once(request: Request, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run the handler, or return its response to this caller's first request with this key.

    Stores successful responses only, for RETENTION. Raises: IdempotencyKeyInUseError, IdempotencyKeyReusedError,
    InvalidError.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return run()
    if not _sane.match(key):
        raise InvalidError(
            gettext("Send one Idempotency-Key, of 1 to 255 visible ASCII characters without spaces."),
            pointer="Idempotency-Key",
        )
    # An id in capitals is the same id.
    path = _uuid.sub(lambda found: found[0].lower(), request.path)
    name = f"{require_caller(request).id} {path} {key}"
    digest = hashlib.sha256(request.body).hexdigest()
    with transaction.atomic():
        _take_turn(name)
        stored = IdempotencyRecord.objects.filter(name=name, created_at__gt=now() - RETENTION).first()
        if stored is not None:
            return _replay(stored, digest)
        response = run()
        if isinstance(response, HttpResponse) and 200 <= response.status_code < 300:
            _store(name, digest, response)
    return response


def _take_turn(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7))", [name])
        (is_mine,) = cursor.fetchone()
    if not is_mine:
        raise IdempotencyKeyInUseError


def _replay(stored: IdempotencyRecord, digest: str) -> HttpResponse:
    if stored.body_digest != digest:
        raise IdempotencyKeyReusedError
    response = HttpResponse(bytes(stored.answer), status=stored.status, content_type="application/json")
    response["Idempotency-Replayed"] = "true"
    return response


def _store(name: str, digest: str, response: HttpResponse) -> None:
    old = IdempotencyRecord.objects.filter(created_at__lte=now() - RETENTION).order_by("created_at", "name")
    names = list(old.values_list("name", flat=True)[:DELETED_AT_ONCE])
    IdempotencyRecord.objects.filter(name__in=[*names, name]).delete()
    IdempotencyRecord.objects.create(
        name=name, body_digest=digest, status=response.status_code, answer=response.content
    )
