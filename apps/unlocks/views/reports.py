"""Reports by games: unlocks and progress, single or in batches."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Caller, Scope, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.responses import json_response
from apps.players.own_ids import OwnIds
from apps.unlocks import serializers
from apps.unlocks.actions import record_or_recall, record_progress, record_unlocks
from apps.unlocks.bodies import progress_outcome_body, unlock_outcome_body
from apps.unlocks.errors import REFUSALS, AchievementNotIncrementalError, UnlockedAtImplausibleError, refusal_of
from apps.unlocks.models import Source
from apps.unlocks.parsing import BatchTooLargeError, read_batch, read_progress, read_report
from apps.unlocks.reports import ReportOutcome, Verb
from apps.unlocks.views.batch_results import results_of

O = TypeVar("O", bound=ReportOutcome)  # noqa: E741 - any outcome of a report

_PROGRESS_REFUSALS = tuple(error for error in REFUSALS.values() if error is not UnlockedAtImplausibleError)
_UNLOCK_REFUSALS = tuple(error for error in _PROGRESS_REFUSALS if error is not AchievementNotIncrementalError)


class ReportView(ApiView):
    """For reporters: a game server with a key, or a game client with its player's token."""

    access = {"POST": Access(key=Scope.UNLOCKS_WRITE, token=True)}
    tags = ("Unlocks",)
    rate = "write"


class UnlockView(ReportView):
    @operation(
        "Unlock an achievement",
        request=serializers.UnlockReportSerializer,
        responses={201: serializers.UnlockAnswerSerializer, 200: serializers.UnlockAnswerSerializer},
        errors=_UNLOCK_REFUSALS,
        description="201 the first time. Any repeat, retry or race gets 200 with the first time and points, and "
        "changes nothing.",
        examples=[serializers.UNLOCK_EXAMPLE],
    )
    def post(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        report = read_report(request.data, **_sender(caller))
        (outcome,) = record_unlocks(reports=[report], is_test=True) if caller.is_test else record_or_recall([report])
        return _response(outcome, unlock_outcome_body)


class UnlockBatchView(ReportView):
    @operation(
        "Unlock many achievements",
        request=serializers.UnlockBatchSerializer,
        responses={200: serializers.UnlockBatchAnswerSerializer},
        errors=(BatchTooLargeError,),
        description="Up to 1,000 unlocks, one result each in the order sent; a bad one fails alone. `status` of a "
        "result is what a request of its own would have answered.",
    )
    def post(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        sender = _sender(caller)
        results = results_of(
            read_batch(request.data, member="unlocks"),
            read=lambda item: read_report(item, **sender),
            record=lambda reports: record_unlocks(reports=reports, is_test=caller.is_test),
            body=unlock_outcome_body,
        )
        return json_response({"results": results})


class ProgressView(ReportView):
    @operation(
        "Report progress",
        request=serializers.PROGRESS_REPORT,
        responses={200: serializers.ProgressAnswerSerializer, 201: serializers.ProgressAnswerSerializer},
        errors=_PROGRESS_REFUSALS,
        description="201 when this reached the target and unlocked the achievement, in the same transaction. "
        "An `increment` is applied once under its `request_id`, however often it is sent; `set_at_least` never goes "
        "down; `reveal` shows a hidden achievement to its player. Nothing changes once it is unlocked.",
        examples=[serializers.INCREMENT_EXAMPLE, serializers.SET_EXAMPLE],
    )
    def post(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        report = read_progress(request.data, **_sender(caller))
        (outcome,) = record_progress(reports=[report], is_test=caller.is_test)
        return _response(outcome, progress_outcome_body)


class ProgressBatchView(ReportView):
    @operation(
        "Report progress of many",
        request=serializers.ProgressBatchSerializer,
        responses={200: serializers.ProgressBatchAnswerSerializer},
        errors=(BatchTooLargeError,),
        description="Up to 1,000 reports of any verb, `unlock` among them, taken in the order sent; one result each, "
        "and a bad one fails alone.",
    )
    def post(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        sender = _sender(caller)
        results = results_of(
            read_batch(request.data, member="reports"),
            read=lambda item: read_progress(item, **sender, verbs=frozenset(Verb)),
            record=lambda reports: record_progress(reports=reports, is_test=caller.is_test),
            body=progress_outcome_body,
        )
        return json_response({"results": results})


def _sender(caller: Caller) -> dict[str, Any]:
    """Return whom a caller may report for, a token for its own player only, and who vouches for what it says."""
    return {"game_id": caller.game_id, "own_ids": OwnIds(caller.own_ids), "source": source_of(caller)}


def source_of(caller: Caller) -> Source:
    """Return who vouches for what a caller reports."""
    if caller.kind == "key":
        return Source.SERVER
    return Source.CLIENT if caller.device_id is None else Source.PUBLISHABLE


def _response(outcome: O, body: Callable[[O], dict[str, object]]) -> HttpResponse:
    if outcome.outcome in REFUSALS:
        raise refusal_of(outcome.outcome)
    return json_response(body(outcome), status=201 if outcome.is_new else 200)
