"""Answers duplicates of recent unlocks from Redis, without a query.

It only ever confirms that an unlock exists, which stays true; the ledger's key decides every first unlock.

Entries are stored under the achievement's id only, so that a revocation finds them. A report by key looks the id up
among those this process has recently recorded for that key: an achievement with a live unlock has been published, and
games.rules never lets it be deleted or its key be reused. Should someone do so in the database itself, the id is
deleted with the entries.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson
from django.db import transaction

from apps.core.background.wakeup import wake_relay
from apps.core.redis.cache_versions import EXPIRY_SECONDS, change_versions
from apps.core.redis.client import Client, Pipeline, RedisUnavailableError, run_with_breaker, values_of
from apps.games.achievement_keys import fold_key
from apps.unlocks import replay_memory
from apps.unlocks.reports import Report, ReportOutcome

CACHE_SECONDS = 300
# Keys whose achievement id a process remembers: some 20 MB.
KEYS_MAX = 100_000

# After so many batches in a row without a repeat nothing is recalled from Redis, until the ledger finds one.
BATCHES_WITHOUT_MAX = 16

# By game and folded key.
_ids_by_key: dict[tuple[UUID, str], tuple[UUID, float]] = {}

_TOMBSTONE = b""
# Game, player and achievement.
Buried = tuple[UUID, UUID, UUID]
# What is in Redis, by key.
_Found = dict[str, bytes | None]


class _Entry(NamedTuple):
    key: str
    achievement_id: UUID


class _Repeats:
    """Whether repeats have come of late: only then is looking for them in Redis worth a round trip.

    It takes a fifth of a batch thread's time for one new unlock, and a repeat in a statement with others takes little.
    """

    batches_without = 0

    @property
    def are_likely(self) -> bool:
        return self.batches_without < BATCHES_WITHOUT_MAX

    def note(self, outcomes: Iterable[ReportOutcome | None]) -> None:
        """Note what has become of a batch's reports."""
        has_repeat = any(outcome is not None and outcome.outcome == "repeated" for outcome in outcomes)
        self.batches_without = 0 if has_repeat else self.batches_without + 1


# Of this process; threads that count at once do no harm.
repeats = _Repeats()


def recall(reports: Sequence[Report]) -> list[ReportOutcome | None]:
    """Return the outcome of each report that repeats a recent unlock, and None for the others.

    One round trip, and none while no repeats come. Without Redis, None for all.
    """
    if not repeats.are_likely:
        return [None] * len(reports)
    entries = [_entry_of(report) for report in reports]
    keys = [entry.key for entry in entries if entry]
    if not keys:
        return [None] * len(reports)
    version_keys = list({replay_memory.version_key_of(report.game_id) for report in reports})
    try:
        found = run_with_breaker(lambda client: _read(client, keys, version_keys))
    except RedisUnavailableError:
        return [None] * len(reports)
    return [
        _recalled(report, entry, found) if entry and found[entry.key] else None
        for report, entry in zip(reports, entries, strict=True)
    ]


async def recall_from_memory(report: Report) -> ReportOutcome | None:
    """Return the outcome of a repeat that this process has lately recalled; on the event loop, mostly at once."""
    entry = _entry_of(report)
    return None if entry is None else await replay_memory.recall(entry.key)


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


def bury(unlocks: Iterable[Buried]) -> float:
    """Replace these with tombstones for as long as entries may live.

    Returns the moment (monotonic) from which on no process has one of them in memory, some milliseconds later.
    Raises: RedisUnavailableError; they must then be neither revoked nor moved.
    """
    buried = list(unlocks)
    keys = _keys_of(buried)

    def send(redis: Client) -> None:
        pipeline = redis.pipeline(transaction=False)
        for key in keys:
            pipeline.set(key, _TOMBSTONE, ex=CACHE_SECONDS)
        # Last: what is read with the new version has met the tombstones.
        change_versions(pipeline, list({replay_memory.version_key_of(game_id) for game_id, _, _ in buried}))
        pipeline.execute()

    if keys:
        run_with_breaker(send)
    return time.monotonic() + replay_memory.OUTDATED_SECONDS


def bury_flushed(unlocks: Sequence[Buried]) -> None:
    """Bury these anew, after the commit, if Redis has lost tombstones: a repeat may have found the unlock before it."""
    keys = _keys_of(unlocks)
    with suppress(RedisUnavailableError):
        if set(run_with_breaker(lambda client: values_of(client, keys))) != {_TOMBSTONE}:
            wait_until_outdated(bury(unlocks))


def wait_until_outdated(moment: float) -> None:
    """Wait for the moment that `bury` has returned."""
    time.sleep(max(0.0, moment - time.monotonic()))


def _keys_of(unlocks: Iterable[Buried]) -> list[str]:
    return [_key(*unlock, is_hardcore=mode) for unlock in unlocks for mode in (False, True)]


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


def _entry_of(report: Report) -> _Entry | None:
    """Return what a repeat of the report is found by, if this process knows which achievement it means."""
    achievement_id = report.achievement_id or _id_of_key(report)
    if achievement_id is None:
        return None
    key = _key(report.game_id, report.player_id, achievement_id, is_hardcore=report.is_hardcore)
    return _Entry(key, achievement_id)


def _read(redis: Client, keys: Sequence[str], version_keys: Sequence[str]) -> _Found:
    """Return what is at these keys. Of a version that is missing there is a new one from then on."""
    wanted = [*keys, *version_keys]
    found = dict(zip(wanted, values_of(redis, wanted), strict=True))
    for key in version_keys:
        if found[key] is None:
            redis.set(key, str(time.time_ns()), ex=EXPIRY_SECONDS, nx=True)
    return found


def _recalled(report: Report, entry: _Entry, found: _Found) -> ReportOutcome:
    """Return the outcome that was found, noted for the next repeat."""
    points, unlocked_at, share, *hardcore = orjson.loads(found[entry.key] or b"")
    moment = datetime.fromisoformat(unlocked_at)
    outcome = ReportOutcome("repeated", report.player_id, entry.achievement_id, points, moment, share)
    if hardcore:
        outcome.is_first_hardcore, outcome.hardcore_at = False, datetime.fromisoformat(hardcore[0])
    version_key = replay_memory.version_key_of(report.game_id)
    if (version := found[version_key]) is not None:
        replay_memory.note(entry.key, outcome, version_key, version)
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
