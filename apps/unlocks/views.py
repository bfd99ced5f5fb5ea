"""Unlocks over HTTP."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.answers import json_answer
from apps.core.api.callers import Access, Scope, require_caller
from apps.core.api.views import ApiView
from apps.core.errors import DomainError, InvalidError
from apps.unlocks.actions import record_or_recall, record_unlocks
from apps.unlocks.reports import Outcome, Report
from apps.unlocks.serializers import DETAILS, STATUSES, item_error, outcome_body, read_batch, read_report


class UnlockRefusedError(DomainError):
    """A report the ledger refused, as a problem."""

    def __init__(self, outcome: str) -> None:
        self.code = outcome
        self.status = STATUSES[outcome]
        is_about_time = outcome.startswith("unlocked_at")
        super().__init__(DETAILS[outcome], pointer="/unlocked_at" if is_about_time else None)


class UnlockView(ApiView):
    """POST /api/v1/achievements/unlock."""

    access = {"POST": Access(key=Scope.UNLOCKS_WRITE)}

    def post(self, request: Request) -> HttpResponse:
        key = require_caller(request)
        report = read_report(request.data, game_id=key.game_id)
        (outcome,) = record_unlocks(reports=[report], is_test=True) if key.is_test else record_or_recall([report])
        if outcome.outcome in DETAILS:
            raise UnlockRefusedError(outcome.outcome)
        return json_answer(outcome_body(outcome), status=STATUSES[outcome.outcome])


class UnlockBatchView(ApiView):
    """POST /api/v1/achievements/unlock/batch."""

    access = {"POST": Access(key=Scope.UNLOCKS_WRITE)}

    def post(self, request: Request) -> HttpResponse:
        key = require_caller(request)
        items = read_batch(request.data)
        results: list[dict[str, Any]] = [{}] * len(items)
        reports: dict[int, Report] = {}
        for index, item in enumerate(items):
            try:
                reports[index] = read_report(item, game_id=key.game_id)
            except InvalidError as error:
                results[index] = item_error(index, error.status, error.code, error.detail)
        outcomes = record_unlocks(reports=list(reports.values()), is_test=key.is_test)
        for index, outcome in zip(reports, outcomes, strict=True):
            results[index] = _item(index, outcome)
        return json_answer({"results": results})


def _item(index: int, outcome: Outcome) -> dict[str, Any]:
    status = STATUSES[outcome.outcome]
    if outcome.outcome in DETAILS:
        return item_error(index, status, outcome.outcome, DETAILS[outcome.outcome])
    return {"index": index, "status": status, **outcome_body(outcome)}
