"""Parses reports by hand: a DRF serializer costs more than the whole database call."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext

from apps.core.errors import DomainError, InvalidError
from apps.core.parsing.sentences import NOT_AN_OBJECT, one_of, unknown_member
from apps.core.parsing.values import MOMENT_EXAMPLE, read_moment, read_uuid
from apps.games.models import ACHIEVEMENT_KEY
from apps.unlocks.errors import ReportedPlayerNotFoundError
from apps.unlocks.models import Source
from apps.unlocks.reports import ProgressReport, Report, Verb

R = TypeVar("R")
BATCH_MAX = 1000
# The column's maximum.
STEPS_MAX = 2_147_483_647
REPORT_MEMBERS = frozenset({"player_id", "achievement_id", "unlocked_at"})
PROGRESS_MEMBERS = REPORT_MEMBERS | {"verb", "steps", "request_id"}
REQUEST_ID_PATTERN = r"^[!-~]{1,64}$"
VERBS = frozenset(Verb) - {Verb.UNLOCK}
_request_id_rule = re.compile(REQUEST_ID_PATTERN[1:-1])


class BatchTooLargeError(InvalidError):
    code = "batch_too_large"


def read_report(body: Any, *, game_id: UUID, own_ids: Sequence[UUID] = ()) -> Report:
    """Return the report in a JSON object; `own_ids` are those of the player a client's token acts for.

    Raises: InvalidError pointing at the invalid member, PlayerNotFoundError for a player other than the token's.
    """
    _require_object(body, REPORT_MEMBERS)
    achievement_id, achievement_key = _read_achievement(body.get("achievement_id"))
    return Report(
        game_id=game_id,
        player_id=_read_player(body.get("player_id", "me"), own_ids),
        achievement_id=achievement_id,
        achievement_key=achievement_key,
        unlocked_at=_read_time(body.get("unlocked_at")),
        source=Source.CLIENT if own_ids else Source.SERVER,
    )


def read_progress(
    body: Any, *, game_id: UUID, own_ids: Sequence[UUID] = (), verbs: frozenset[Verb] = VERBS
) -> ProgressReport:
    """Return the progress report in a JSON object. Raises: as read_report."""
    _require_object(body, PROGRESS_MEMBERS)
    achievement_id, achievement_key = _read_achievement(body.get("achievement_id"))
    verb = _read_verb(body.get("verb"), verbs)
    return ProgressReport(
        game_id=game_id,
        player_id=_read_player(body.get("player_id", "me"), own_ids),
        achievement_id=achievement_id,
        achievement_key=achievement_key,
        unlocked_at=_read_time(body.get("unlocked_at")),
        source=Source.CLIENT if own_ids else Source.SERVER,
        verb=verb,
        steps=_read_steps(body.get("steps"), verb),
        request_id=_read_request_id(body.get("request_id"), verb),
    )


def read_batch(body: object, *, member: str) -> list[object]:
    """Return a batch's unparsed items from its one member. Raises: InvalidError, BatchTooLargeError."""
    items = body.get(member) if isinstance(body, Mapping) else None
    if not isinstance(items, list) or not items:
        raise InvalidError(
            gettext('Send {{"{member}": [...]}} with at least one of them.').format(member=member), pointer=f"/{member}"
        )
    _require_object(body, {member})
    if len(items) > BATCH_MAX:
        raise BatchTooLargeError(
            gettext("{count:,} {member} in one batch; at most {maximum:,} are taken.").format(
                count=len(items), member=member, maximum=BATCH_MAX
            ),
            pointer=f"/{member}",
        )
    return items


def read_items(items: Sequence[object], read: Callable[[object], R]) -> tuple[dict[int, R], dict[int, DomainError]]:
    """Return what was read, and why the others were refused, both by their places in the batch."""
    reports: dict[int, R] = {}
    refused: dict[int, DomainError] = {}
    for index, item in enumerate(items):
        try:
            reports[index] = read(item)
        except DomainError as error:
            refused[index] = error
    return reports, refused


def _require_object(body: object, members: frozenset[str] | set[str]) -> None:
    if not isinstance(body, Mapping):
        raise InvalidError(str(NOT_AN_OBJECT), pointer="/")
    if not body.keys() <= members:
        name = min(body.keys() - members)
        raise InvalidError(
            unknown_member(sorted(members)),
            pointer=f"/{name}",
        )


def _read_player(value: object, own_ids: Sequence[UUID]) -> UUID:
    if own_ids and value == "me":
        return own_ids[0]
    player_id = read_uuid(value)
    if player_id is None:
        raise InvalidError(gettext("player_id must be a UUID."), pointer="/player_id")
    if own_ids and player_id not in own_ids:
        raise ReportedPlayerNotFoundError(gettext("This token speaks for another player."), pointer="/player_id")
    return player_id


def _read_achievement(value: object) -> tuple[UUID | None, str | None]:
    if (achievement_id := read_uuid(value)) is not None:
        return achievement_id, None
    if isinstance(value, str) and ACHIEVEMENT_KEY.fullmatch(value):
        return None, value
    raise InvalidError(
        gettext("achievement_id must be a UUID or an achievement's key, such as ACH_FIRST_LIGHT."),
        pointer="/achievement_id",
    )


def _read_time(value: object) -> datetime | None:
    if value is None:
        return None
    moment = read_moment(value)
    if moment is None:
        raise InvalidError(
            gettext("unlocked_at must be a time in the format of RFC 3339, such as {example}.").format(
                example=MOMENT_EXAMPLE
            ),
            pointer="/unlocked_at",
        )
    return moment


def _read_verb(value: object, verbs: frozenset[Verb]) -> Verb:
    if not isinstance(value, str) or value not in verbs:
        raise InvalidError(one_of(sorted(verbs)), pointer="/verb")
    return Verb(value)


def _read_steps(value: object, verb: Verb) -> int | None:
    if verb not in {Verb.INCREMENT, Verb.SET_AT_LEAST}:
        if value is not None:
            raise InvalidError(gettext("{verb} takes no steps.").format(verb=verb), pointer="/steps")
        return None
    if type(value) is not int or not 1 <= value <= STEPS_MAX:
        raise InvalidError(
            gettext("steps must be a whole number from 1 to {maximum:,}.").format(maximum=STEPS_MAX),
            pointer="/steps",
        )
    return value


def _read_request_id(value: object, verb: Verb) -> str | None:
    if value is None and verb is not Verb.INCREMENT:
        return None
    if not isinstance(value, str) or not _request_id_rule.fullmatch(value):
        raise InvalidError(
            gettext("request_id must be 1 to 64 printable characters, the same in every retry of this increment."),
            pointer="/request_id",
        )
    return value
