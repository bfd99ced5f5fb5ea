"""Outcomes, lists and revocations as JSON, by hand: a DRF serializer costs more than the whole database call."""

from dataclasses import asdict
from functools import lru_cache
from typing import Any

from apps.core.api.wire.cursors import PageAddress, json_page_of
from apps.core.api.wire.responses import to_json
from apps.core.database.slices import Slice
from apps.core.errors import DomainError
from apps.games.rarity import tier_of
from apps.unlocks.first_pages import ListEntry
from apps.unlocks.imports.past_unlocks import ImportOutcome
from apps.unlocks.journals.actions import JournalOutcome, Taken
from apps.unlocks.models import Revocation, UnlockImport
from apps.unlocks.queries import ACHIEVEMENT_ORDER, PROGRESS_ORDER, UNLOCK_ORDER
from apps.unlocks.reports import ProgressOutcome, ReportOutcome


def unlock_outcome_body(outcome: ReportOutcome) -> dict[str, Any]:
    """Return the JSON of an unlock, new or repeated; for a merged player it names the one they became."""
    body = {
        "player_id": outcome.holder_id or outcome.player_id,
        "achievement_id": outcome.achievement_id,
        "unlocked": outcome.is_new,
        "points": outcome.points,
        "rarity": _rarity_body(outcome.share),
        "unlocked_at": outcome.unlocked_at,
    }
    if outcome.is_first_hardcore is not None:
        body |= {"hardcore": outcome.is_first_hardcore, "hardcore_at": outcome.hardcore_at}
    return body


def progress_outcome_body(outcome: ProgressOutcome) -> dict[str, Any]:
    """Return the JSON of progress; an unlocked achievement has all steps and its time."""
    return {
        **unlock_outcome_body(outcome),
        "steps": outcome.steps,
        "target": outcome.target,
        "revealed": outcome.is_revealed,
    }


def item_error_body(index: int, error: DomainError) -> dict[str, object]:
    """Return the JSON of a refused item in a batch."""
    flaws = [asdict(flaw) for flaw in error.flaws]
    body: dict[str, object] = {"code": error.code, "detail": error.detail, "errors": flaws}
    if error.pointer is not None:
        body["pointer"] = error.pointer
    return {"index": index, "status": error.status, "error": body}


def journal_body(outcome: JournalOutcome, count: int) -> dict[str, Any]:
    """Return the JSON of a list's outcome, with one result for each of its `count` entries."""
    results = [_taken_body(index, taken) for index, taken in enumerate(outcome.taken)]
    broken = outcome.broken
    if broken is not None:
        results += [item_error_body(index, broken) for index in range(len(results), count)]
    return {
        "results": results,
        "head": outcome.head._asdict(),
        "broken_at": None if broken is None else len(outcome.taken),
    }


def _taken_body(index: int, taken: Taken) -> dict[str, Any]:
    entry = taken.entry
    placed: dict[str, Any] = {"sequence": entry.sequence, "late": entry.is_late}
    if entry.device_time is not None:
        placed["device_time"] = entry.device_time
    if taken.error is not None:
        return item_error_body(index, taken.error) | placed
    is_unlocked = entry.outcome == "unlocked"
    return {
        "index": index,
        "status": 201 if is_unlocked else 200,
        **placed,
        "achievement_id": entry.achievement_id,
        "unlocked": is_unlocked,
        "points": entry.points,
        "unlocked_at": entry.unlocked_at,
    }


def import_outcome_body(outcome: ImportOutcome) -> dict[str, Any]:
    """Return the JSON of a past unlock that the ledger has, from before or now."""
    return {
        "player_id": outcome.player_id,
        "achievement_id": outcome.achievement_id,
        "unlocked": outcome.is_new,
        "points": outcome.points,
        "unlocked_at": outcome.unlocked_at,
    }


def unlock_import_body(found: UnlockImport) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "state": found.state,
        "expected_count": found.expected_count,
        "unlock_count": found.unlock_count,
        "recorded_count": found.recorded_count,
        "created_by": found.created_by,
        "created_at": found.created_at,
        "ended_at": found.ended_at,
    }


def achievement_json(entry: ListEntry) -> str:
    """Return an achievement as JSON, with what there is of it for the player and the viewer."""
    definition = entry.definition
    modes = ""
    if definition.has_modes:
        modes = f',"hardcore_at":{_moment(entry.hardcore_at)},"hardcore_rarity":{_rarity_json(entry.hardcore_share)}'
    return (
        f"{{{definition.masked if entry.is_masked else definition.shown},"
        f'"rarity":{_rarity_json(entry.share)},"unlocked_at":{_moment(entry.unlocked_at)},"steps":{_steps(entry)}{modes}}}'
    )


def unlock_json(entry: ListEntry) -> str:
    return (
        f'{{"achievement":{achievement_json(entry)},"game":{entry.definition.game},'
        f'"points":{entry.value},"unlocked_at":{_moment(entry.unlocked_at)}}}'
    )


def progress_json(entry: ListEntry) -> str:
    target = entry.definition.target
    steps = entry.steps if target is None else min(entry.steps or 0, target)
    return (
        f'{{"achievement":{achievement_json(entry)},"game":{entry.definition.game},'
        f'"steps":{steps},"target":{"null" if target is None else target},"updated_at":{_moment(entry.value)}}}'
    )


def unlock_page_json(address: PageAddress, piece: Slice, entries: list[ListEntry]) -> bytes:
    return json_page_of(
        address,
        piece,
        entries,
        order=UNLOCK_ORDER,
        values=lambda entry: (_cursor_moment(entry.unlocked_at), entry.id),
        text=unlock_json,
    )


def progress_page_json(address: PageAddress, piece: Slice, entries: list[ListEntry]) -> bytes:
    return json_page_of(
        address,
        piece,
        entries,
        order=PROGRESS_ORDER,
        values=lambda entry: (_cursor_moment(entry.value), entry.id),
        text=progress_json,
    )


def achievement_page_json(address: PageAddress, piece: Slice, entries: list[ListEntry]) -> bytes:
    return json_page_of(
        address,
        piece,
        entries,
        order=ACHIEVEMENT_ORDER,
        values=lambda entry: (entry.value, entry.id),
        text=achievement_json,
    )


def _steps(entry: ListEntry) -> int | str:
    """Return the steps so far as JSON: all of them once earned, and other players' are private."""
    target = entry.definition.target
    if target is None or not entry.is_own or entry.is_masked:
        return "null"
    return target if entry.unlocked_at is not None else min(entry.steps or 0, target)


def _cursor_moment(text: str | None) -> str:
    """Return a moment as cursors hold it."""
    return str(text).replace(".000000Z", "Z").replace("Z", "+00:00")


def _moment(text: str | None) -> str:
    """Return a moment as JSON: whole seconds have no fraction."""
    return "null" if text is None else f'"{text.replace(".000000Z", "Z")}"'


@lru_cache(maxsize=10_000)
def _rarity_json(share: float | None) -> str:
    return to_json(_rarity_body(share)).decode()


def _rarity_body(share: float | None) -> dict[str, object] | None:
    return None if share is None else {"share": round(share, 4), "tier": tier_of(share)}


def revocation_body(revocation: Revocation) -> dict[str, Any]:
    return {
        "id": revocation.id,
        "player_id": revocation.player_id,
        "achievement_id": revocation.achievement_id,
        "hardcore_only": revocation.is_hardcore_only,
        "reason": revocation.reason,
        "state": revocation.state,
        "revoked_by": revocation.revoked_by,
        "created_at": revocation.created_at,
        "unlock_count": revocation.unlock_count,
        "restored_by": revocation.restored_by or None,
        "restored_at": revocation.restored_at,
        "restored_count": revocation.restored_count,
        "kept_count": revocation.kept_count,
    }
