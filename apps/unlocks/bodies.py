"""Outcomes, lists and revocations as JSON, by hand: a DRF serializer costs more than the whole database call."""

from dataclasses import asdict
from typing import Any

from apps.core.errors import DomainError
from apps.core.media import media_url
from apps.games.models import Game
from apps.games.rarity import tier_of
from apps.unlocks.imports.past_unlocks import ImportOutcome
from apps.unlocks.journals.taking import JournalOutcome, Taken
from apps.unlocks.models import Revocation, UnlockImport
from apps.unlocks.queries import AchievementEntry, ProgressEntry, UnlockEntry
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


def achievement_entry_body(entry: AchievementEntry) -> dict[str, Any]:
    found, is_shown = entry.achievement, not entry.is_masked
    body = {
        "id": found.id,
        "number": found.number,
        "key": found.key if is_shown else None,
        "name": found.name if is_shown else None,
        "description": found.description if is_shown else None,
        "points": found.points,
        "set": found.set_key,
        "kind": found.kind,
        "target": found.target if is_shown else None,
        "hidden": found.is_hidden,
        "icon_url": (media_url(found.icon) or None) if is_shown else None,
        "locked_icon_url": (media_url(found.icon_locked) or None) if is_shown else None,
        "rarity": _rarity_body(found.share),
        "unlocked_at": entry.unlocked_at,
        "steps": entry.steps,
    }
    if found.has_modes:
        body |= {"hardcore_at": entry.hardcore_at, "hardcore_rarity": _rarity_body(found.hardcore_share)}
    return body


def unlock_entry_body(unlock: UnlockEntry) -> dict[str, Any]:
    return {
        "achievement": achievement_entry_body(unlock.entry),
        "game": _game_body(unlock.entry.achievement.game),
        "points": unlock.points,
        "unlocked_at": unlock.unlocked_at,
    }


def progress_entry_body(progress: ProgressEntry) -> dict[str, Any]:
    return {
        "achievement": achievement_entry_body(progress.entry),
        "game": _game_body(progress.entry.achievement.game),
        "steps": progress.steps,
        "target": progress.entry.achievement.target,
        "updated_at": progress.updated_at,
    }


def _game_body(game: Game) -> dict[str, object]:
    return {"id": game.id, "slug": game.slug, "name": game.name}


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
