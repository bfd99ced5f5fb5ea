"""Reports in and outcomes out, written by hand: a DRF serializer costs more than the whole database call."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from apps.core.errors import InvalidError
from apps.games.models import key_rule
from apps.games.rarity import tier_of
from apps.unlocks.reports import Outcome, Report

BATCH_MAX = 1000
STATUSES = {
    "unlocked": 201,
    "repeated": 200,
    "player_not_found": 404,
    "achievement_not_found": 404,
    "achievement_archived": 409,
    "achievement_not_published": 409,
    "unlocked_at_too_old": 400,
    "unlocked_at_in_future": 400,
}
DETAILS = {
    "player_not_found": "No player has this id.",
    "achievement_not_found": "This key's game has no such achievement.",
    "achievement_archived": "This achievement is archived and can't be earned any more.",
    "achievement_not_published": "This achievement is a draft. Publish it, or use a test key.",
    "unlocked_at_too_old": "unlocked_at is over 14 days ago.",
    "unlocked_at_in_future": "unlocked_at is over 5 minutes in the future. Check the clock.",
}


class BatchTooLargeError(InvalidError):
    code = "batch_too_large"


def read_report(body: Any, *, game_id: UUID) -> Report:
    """Return the report in a JSON object. Raises: InvalidError pointing at the member that is wrong."""
    if not isinstance(body, Mapping):
        raise InvalidError("Send a JSON object.", pointer="/")
    achievement_id, achievement_key = _read_achievement(body.get("achievement_id"))
    return Report(
        game_id=game_id,
        player_id=_read_uuid(body.get("player_id"), "/player_id"),
        achievement_id=achievement_id,
        achievement_key=achievement_key,
        unlocked_at=_read_time(body.get("unlocked_at")),
    )


def read_batch(body: Any) -> list[Any]:
    """Return the items of a batch, unread. Raises: InvalidError, BatchTooLargeError."""
    items = body.get("unlocks") if isinstance(body, Mapping) else None
    if not isinstance(items, list) or not items:
        raise InvalidError('Send {"unlocks": [...]} with at least one unlock.', pointer="/unlocks")
    if len(items) > BATCH_MAX:
        raise BatchTooLargeError(
            f"{len(items):,} unlocks in one batch; at most {BATCH_MAX:,} are taken.", pointer="/unlocks"
        )
    return items


def outcome_body(outcome: Outcome) -> dict[str, Any]:
    """Return the JSON of an unlock, new or repeated."""
    share = outcome.share
    return {
        "player_id": outcome.player_id,
        "achievement_id": outcome.achievement_id,
        "unlocked": outcome.is_new,
        "points": outcome.points,
        "rarity": None if share is None else {"share": round(share, 4), "tier": tier_of(share)},
        "unlocked_at": outcome.unlocked_at,
    }


def item_error(index: int, status: int, code: str, detail: str) -> dict[str, Any]:
    return {"index": index, "status": status, "error": {"code": code, "detail": detail}}


def _read_uuid(value: Any, pointer: str) -> UUID:
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError):
        raise InvalidError(f"{pointer[1:]} must be a UUID.", pointer=pointer) from None


def _read_achievement(value: Any) -> tuple[UUID | None, str | None]:
    if isinstance(value, str) and key_rule.regex.match(value):  # type: ignore[union-attr]
        return None, value
    try:
        return UUID(value), None
    except (TypeError, ValueError, AttributeError):
        raise InvalidError(
            "achievement_id must be a UUID or an achievement's key, such as ACH_FIRST_LIGHT.", pointer="/achievement_id"
        ) from None


def _read_time(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        # Without an offset it is UTC, as every time we send is.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise InvalidError("unlocked_at must be an ISO 8601 time.", pointer="/unlocked_at") from None
