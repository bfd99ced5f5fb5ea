"""Writes of the ledger; nothing else writes it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from apps.core.clock import now
from apps.core.database.sql import text_array
from apps.players.cache_versions import touch_players
from apps.unlocks import hardcore, replay_cache
from apps.unlocks.archive import bring_back
from apps.unlocks.models import Source
from apps.unlocks.reports import AHEAD_MAX, ProgressOutcome, ProgressReport, Report, ReportOutcome

BACKDATED_MAX = timedelta(days=14)
# A later retry counts as a new increment; longer than anything may be back-dated.
REQUEST_RETENTION = timedelta(days=30)

_COLUMNS = "%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[], %s::smallint[]"
_RECORD = f"SELECT * FROM record_unlocks({_COLUMNS}, %s)"  # noqa: S608
_RECORD_SANDBOX = _RECORD.replace("record_unlocks", "record_sandbox_unlocks")
_PROGRESS = f"SELECT * FROM record_progress({_COLUMNS}, %s::text[], %s::integer[], %s::text[], %s)"  # noqa: S608
_PROGRESS_SANDBOX = _PROGRESS.replace("record_progress", "record_sandbox_progress")
_DELETE_OLD_REQUESTS = """
DELETE FROM {table} WHERE (player_id, achievement_id, request_id) IN (
    SELECT player_id, achievement_id, request_id FROM {table} WHERE created_at < %s LIMIT %s)
"""
_SOURCES = {source: str(source.value) for source in Source}

R = TypeVar("R", bound=Report)
O = TypeVar("O", bound=ReportOutcome)  # noqa: E741 - outcomes of reports R


def record_unlocks(
    *, reports: Sequence[Report], is_test: bool = False, moment: datetime | None = None
) -> list[ReportOutcome]:
    """Record unlocks with their outbox rows in one statement, and return one outcome per report, in order.

    Durable when it returns. A duplicate, a retry or the loser of a race gets `repeated` with the first time and points;
    a refused report changes nothing and doesn't affect the others. Times over 14 days old or 5 minutes ahead are
    refused, and so are clients' reports of achievements that only servers may set. Reports for a merged player count
    for the one they were merged into.
    Test reports go to the sandbox: drafts can be unlocked, test players play, and nothing counts.
    `moment` is the time of their arrival, for a caller that judged by it.
    Cost: one round trip for any number of reports.
    """
    arrived_at = moment or now()
    return _in_order(reports, ReportOutcome, arrived_at, lambda accepted: _record(accepted, arrived_at, is_test))


def record_judged(*, reports: Sequence[Report], is_test: bool, moment: datetime) -> list[ReportOutcome]:
    """Record unlocks as record_unlocks does, at times that the caller has judged; `moment` is that of their arrival."""
    return _record(list(reports), moment, is_test) if reports else []


def record_progress(*, reports: Sequence[ProgressReport], is_test: bool = False) -> list[ProgressOutcome]:
    """Record progress, and the unlocks it leads to, in one statement; return one outcome per report, in order.

    Reports apply in the order sent. An increment applies once per request id, however often it is sent; set_at_least
    never lowers; steps stop at the target, and reaching it unlocks the achievement in the same transaction. After that
    nothing changes. Refusals and cost as in record_unlocks; one-shot achievements have no steps.
    """
    moment = now()
    return _in_order(reports, ProgressOutcome, moment, lambda accepted: _progress(accepted, moment, is_test))


def record_or_recall(reports: Sequence[Report]) -> list[ReportOutcome]:
    """Record live reports as record_unlocks does, answering recent duplicates from Redis where possible.

    Cost: at most one cache read and one statement, for any number of reports.
    """
    moment = now()
    # A repeat with an invalid time is refused, cached or not; for reports that are not cached, record_unlocks checks.
    recalled = [
        outcome if outcome is not None and refusal_by_clock(report, moment) is None else None
        for report, outcome in zip(reports, replay_cache.recall(reports), strict=True)
    ]
    unknown = [report for report, outcome in zip(reports, recalled, strict=True) if outcome is None]
    recorded = record_unlocks(reports=unknown, moment=moment) if unknown else []
    replay_cache.remember(unknown, recorded)
    remaining = iter(recorded)
    outcomes = [outcome if outcome is not None else next(remaining) for outcome in recalled]
    replay_cache.repeats.note(outcomes)
    return outcomes


def refusal_by_clock(report: Report, moment: datetime) -> str | None:
    """Return the code with which a report is refused for its time, whatever is there."""
    if report.unlocked_at is None:
        return None
    if report.unlocked_at < moment - BACKDATED_MAX:
        return "unlocked_at_too_old"
    return "unlocked_at_in_future" if report.unlocked_at > moment + AHEAD_MAX else None


def delete_progress_requests(*, rows_max: int = 10_000) -> int:
    """Delete request ids too old to be retried, and return how many; call again while it returns `rows_max`."""
    count = 0
    with connection.cursor() as cursor:
        for table in ("progress_request", "sandbox_progress_request"):
            cursor.execute(_DELETE_OLD_REQUESTS.format(table=table), [now() - REQUEST_RETENTION, rows_max - count])
            count += cursor.rowcount
    return count


def _in_order(
    reports: Sequence[R], outcome_type: type[O], moment: datetime, write: Callable[[list[R]], list[O]]
) -> list[O]:
    """Write the reports with valid times, and return all outcomes in order, refusals by the clock included."""
    codes = [refusal_by_clock(report, moment) for report in reports]
    accepted = [report for report, code in zip(reports, codes, strict=True) if code is None]
    written = iter(write(accepted) if accepted else ())
    return [
        outcome_type(code, report.player_id, None, None, None, None) if code else next(written)
        for report, code in zip(reports, codes, strict=True)
    ]


def _columns(reports: Sequence[Report]) -> list[Any]:
    return [
        text_array(report.game_id.hex for report in reports),
        text_array(report.player_id.hex for report in reports),
        text_array(None if report.achievement_id is None else report.achievement_id.hex for report in reports),
        # Quoted, as a key may be NULL; key_rule leaves nothing in it that would need more.
        text_array(None if report.achievement_key is None else f'"{report.achievement_key}"' for report in reports),
        text_array(None if report.unlocked_at is None else report.unlocked_at.isoformat() for report in reports),
        text_array(_SOURCES[report.source] for report in reports),
    ]


def _progress_columns(reports: Sequence[ProgressReport]) -> list[Any]:
    return [
        *_columns(reports),
        [report.verb.value for report in reports],
        [report.steps for report in reports],
        [report.request_id for report in reports],
    ]


def _rows(
    statement: str, reports: Sequence[R], columns: Callable[[Sequence[R]], list[Any]], moment: datetime
) -> list[tuple[Any, ...]]:
    """Return a function's rows in the order of the reports, without their positions.

    Restores archived unlocks of the players first; their reports are written after that.
    """
    rows = _run(statement, columns(reports), reports, moment)
    returning = [number for number, row in enumerate(rows) if row[0] == "player_archived"]
    if returning:
        again = [reports[number] for number in returning]
        bring_back({report.player_id for report in again})
        for number, row in zip(returning, _run(statement, columns(again), again, moment), strict=True):
            rows[number] = row
    return rows


def _run(statement: str, columns: list[Any], reports: Sequence[Report], moment: datetime) -> list[tuple[Any, ...]]:
    """Run a function of the ledger; for hardcore reports, whose rows have two more columns, with what they add."""
    parameters: list[Any] | dict[str, Any] = [*columns, moment]
    if any(report.is_hardcore for report in reports):
        statement, parameters = hardcore.extended(statement, columns, reports, moment)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[1:] for row in sorted(cursor.fetchall(), key=lambda row: row[0])]


def _record(reports: list[Report], moment: datetime, is_test: bool) -> list[ReportOutcome]:
    rows = _rows(_RECORD_SANDBOX if is_test else _RECORD, reports, _columns, moment)
    outcomes = []
    seen: set[tuple[UUID, UUID]] = set()
    for report, row in zip(reports, rows, strict=True):
        outcome, achievement_id, points, unlocked_at, share, holder_id = row[:6]
        became = outcome
        if outcome == "unlocked":
            # Duplicates in one batch share the new row; the first one earned it.
            became = "repeated" if (holder_id, achievement_id) in seen else outcome
            seen.add((holder_id, achievement_id))
        outcomes.append(ReportOutcome(became, report.player_id, achievement_id, points, unlocked_at, share, holder_id))
        if report.is_hardcore:
            outcomes[-1].is_first_hardcore, outcomes[-1].hardcore_at = row[6:]
    _announce(outcomes)
    return outcomes


def _progress(reports: list[ProgressReport], moment: datetime, is_test: bool) -> list[ProgressOutcome]:
    rows = _rows(_PROGRESS_SANDBOX if is_test else _PROGRESS, reports, _progress_columns, moment)
    outcomes = []
    for report, row in zip(reports, rows, strict=True):
        outcomes.append(ProgressOutcome(row[0], report.player_id, *row[1:9]))
        if report.is_hardcore:
            outcomes[-1].is_first_hardcore, outcomes[-1].hardcore_at = row[9:]
    _announce(outcomes)
    return outcomes


def _announce(outcomes: Sequence[ReportOutcome]) -> None:
    """Wake the relay, and have whoever reads the players' lists next find what is new there.

    The relay does so again once boards have what its event says, of which dashboards show a part; new progress alone
    has no event.
    """
    touch_players(
        outcome.holder_id
        for outcome in outcomes
        if outcome.holder_id and (outcome.is_new or outcome.is_first_hardcore or outcome.outcome == "recorded")
    )
