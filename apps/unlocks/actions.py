"""Writing to the ledger; the only place that does."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.clock import now
from apps.core.wakeup import wake_relay
from apps.unlocks import repeats
from apps.unlocks.reports import Outcome, Report

BACKDATED_MAX = timedelta(days=14)
AHEAD_MAX = timedelta(minutes=5)

_RECORD = "SELECT * FROM record_unlocks(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s, %s::smallint[], %s)"
_RECORD_SANDBOX = _RECORD.replace("record_unlocks", "record_sandbox_unlocks")


def record_unlocks(*, reports: Sequence[Report], is_test: bool = False) -> list[Outcome]:
    """Record unlocks with their outbox rows in one statement, and return one outcome a report, in order.

    Durable when it returns. A repeat, a retry or the loser of a race gets `repeated` and the first time and points; a
    refused report changes nothing and holds up none beside it. Times over 14 days old or 5 minutes ahead are refused.
    Test reports go to the sandbox, where drafts may be unlocked and nothing counts.
    Cost: one round trip, whatever the number of reports.
    """
    moment = now()
    refused = {position: code for position, report in enumerate(reports) if (code := _refusal(report, moment))}
    accepted = [position for position in range(len(reports)) if position not in refused]
    outcomes: list[Outcome | None] = [None] * len(reports)
    for position, code in refused.items():
        outcomes[position] = Outcome(code, reports[position].player_id, None, None, None, None)
    if accepted:
        _record([reports[position] for position in accepted], accepted, outcomes, moment, is_test)
    return [outcome for outcome in outcomes if outcome is not None]


def record_or_recall(reports: Sequence[Report]) -> list[Outcome]:
    """Record live reports as record_unlocks does, answering repeats of the last minutes from Redis where it can.

    Cost: one cache read and at most one statement, whatever the number of reports.
    """
    recalled = repeats.recall(reports)
    unknown = [report for report, outcome in zip(reports, recalled, strict=True) if outcome is None]
    if not unknown:
        return [outcome for outcome in recalled if outcome is not None]
    recorded = record_unlocks(reports=unknown)
    repeats.remember(unknown, recorded)
    remaining = iter(recorded)
    return [outcome if outcome is not None else next(remaining) for outcome in recalled]


def _refusal(report: Report, moment: datetime) -> str | None:
    if report.unlocked_at is None:
        return None
    if report.unlocked_at < moment - BACKDATED_MAX:
        return "unlocked_at_too_old"
    return "unlocked_at_in_future" if report.unlocked_at > moment + AHEAD_MAX else None


def _record(
    reports: list[Report], positions: list[int], outcomes: list[Outcome | None], moment: datetime, is_test: bool
) -> None:
    columns: list[Any] = [
        [report.game_id for report in reports],
        [report.player_id for report in reports],
        [report.achievement_id for report in reports],
        [report.achievement_key for report in reports],
        [report.unlocked_at for report in reports],
        [int(report.source) for report in reports],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RECORD_SANDBOX if is_test else _RECORD, [*columns, moment])
        rows = cursor.fetchall()
    seen: set[tuple[UUID, UUID]] = set()
    for ordinal, outcome, achievement_id, points, unlocked_at, share in sorted(rows, key=lambda row: row[0]):
        player_id, became = reports[ordinal - 1].player_id, outcome
        if outcome == "unlocked":
            # Twins in one batch share the new row; the first of them earned it.
            became = "repeated" if (player_id, achievement_id) in seen else outcome
            seen.add((player_id, achievement_id))
        outcomes[positions[ordinal - 1]] = Outcome(became, player_id, achievement_id, points, unlocked_at, share)
    if seen:
        wake_relay()
