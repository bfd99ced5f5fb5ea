"""Answers duplicates of recent unlocks from Redis, without a query.

It only ever confirms that an unlock exists, which stays true; the ledger's key decides every first unlock.

Entries are stored under the achievement's id only, so that a revocation finds them. A report by key looks the id up
among those this process has recently recorded for that key: an achievement with a live unlock has been published, and
games.rules never lets it be deleted or its key be reused. Should someone do so in the database itself, the id is
deleted with the entries.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from django.db import transaction

from apps.core.background.wakeup import wake_relay
from apps.core.redis.client import Client, Pipeline, RedisUnavailableError, run_with_breaker, values_of
from apps.games.achievement_keys import fold_key
from apps.unlocks.reports import Report, ReportOutcome

CACHE_SECONDS = 300
# Keys whose achievement id a process remembers: some 20 MB.
KEYS_MAX = 100_000

# By game and folded key.
_ids_by_key: dict[tuple[UUID, str], tuple[UUID, float]] = {}


def recall(reports: Sequence[Report]) -> list[ReportOutcome | None]:
    """Return the outcome of each report that repeats a recent unlock, and None for the others. One round trip.

    Without Redis, None for all.
    """
    ids = [report.achievement_id or _id_of_key(report) for report in reports]
    keys = [
        _key(report.game_id, report.player_id, achievement_id, is_hardcore=report.is_hardcore)
        for report, achievement_id in zip(reports, ids, strict=True)
        if achievement_id
    ]
    if not keys:
        return [None] * len(reports)
    try:
        cached = iter(run_with_breaker(lambda client: values_of(client, keys)))
    except RedisUnavailableError:
        return [None] * len(reports)
    return [
        _outcome(report, achievement_id, next(cached)) if achievement_id else None
        for report, achievement_id in zip(reports, ids, strict=True)
    ]


def remember(reports: Sequence[Report], outcomes: Sequence[ReportOutcome]) -> None:
    """Cache recorded outcomes for CACHE_SECONDS after the commit.

    Under the holder's id only: a revocation knows no other.
    """
    _learn_keys(reports, outcomes)
    writes = [
        _write(report.game_id, outcome)
        for report, outcome in zip(reports, outcomes, strict=True)
        if outcome.exists
        and outcome.holder_id == outcome.player_id
        # A hardcore report is repeated once there is a first one.
        and (not report.is_hardcore or outcome.hardcore_at)
    ]
    if writes:
        transaction.on_commit(lambda: wake_relay(*writes))


def bury(unlocks: Iterable[tuple[UUID, UUID, UUID]]) -> None:
    """Replace these (game, player, achievement) with tombstones for as long as entries may live.

    Raises: RedisUnavailableError; they must then be neither revoked nor moved.
    """
    keys = [_key(*unlock, is_hardcore=mode) for unlock in unlocks for mode in (False, True)]

    def send(redis: Client) -> None:
        pipeline = redis.pipeline(transaction=False)
        for key in keys:
            pipeline.set(key, b"", ex=CACHE_SECONDS)
        pipeline.execute()

    if keys:
        run_with_breaker(send)


def _id_of_key(report: Report) -> UUID | None:
    if report.achievement_key is None:
        return None
    achievement_id, until = _ids_by_key.get((report.game_id, fold_key(report.achievement_key)), (None, 0.0))
    return achievement_id if until > time.monotonic() else None


def _learn_keys(reports: Sequence[Report], outcomes: Sequence[ReportOutcome]) -> None:
    until = time.monotonic() + CACHE_SECONDS
    for report, outcome in zip(reports, outcomes, strict=True):
        if report.achievement_key and outcome.exists and outcome.achievement_id:
            if len(_ids_by_key) >= KEYS_MAX:
                _ids_by_key.clear()
            _ids_by_key[report.game_id, fold_key(report.achievement_key)] = outcome.achievement_id, until


def _outcome(report: Report, achievement_id: UUID, cached: bytes | None) -> ReportOutcome | None:
    if not cached:
        return None
    points, unlocked_at, share, *hardcore = orjson.loads(cached)
    moment = datetime.fromisoformat(unlocked_at)
    outcome = ReportOutcome("repeated", report.player_id, achievement_id, points, moment, share)
    if hardcore:
        outcome.is_first_hardcore, outcome.hardcore_at = False, datetime.fromisoformat(hardcore[0])
    return outcome


def _key(game_id: UUID, player_id: UUID, achievement_id: UUID, *, is_hardcore: bool) -> str:
    return f"repeat{'-hardcore' if is_hardcore else ''}:{game_id.hex}:{player_id.hex}:{achievement_id.hex}"


def _write(game_id: UUID, outcome: ReportOutcome) -> Callable[[Pipeline], object]:
    is_hardcore = outcome.hardcore_at is not None
    key = _key(game_id, outcome.player_id, outcome.achievement_id or outcome.player_id, is_hardcore=is_hardcore)
    hardcore = [outcome.hardcore_at] if is_hardcore else []
    value = orjson.dumps([outcome.points, outcome.unlocked_at, outcome.share, *hardcore])
    # NX: a late write must not overwrite a revocation's tombstone.
    return lambda pipeline: pipeline.set(key, value, ex=CACHE_SECONDS, nx=True)
