"""Parses reports by hand: a DRF serializer costs more than the whole database call."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from apps.core.errors import DomainError, Flaw, InvalidError
from apps.core.parsing import sentences
from apps.core.parsing.json_text import pointer_to
from apps.core.parsing.values import read_moment, read_uuid
from apps.games.models import ACHIEVEMENT_KEY
from apps.players.parsing import ExternalIdInvalidError, read_external_id
from apps.unlocks.errors import ReportedPlayerNotFoundError
from apps.unlocks.imports.past_unlocks import PastReport
from apps.unlocks.models import Source
from apps.unlocks.reports import ProgressReport, Report, Verb

R = TypeVar("R")
Body = Mapping[str, Any]
BATCH_MAX = 1000
# The column's maximum.
STEPS_MAX = 2_147_483_647
REPORT_MEMBERS = frozenset({"player_id", "achievement_id", "unlocked_at", "hardcore"})
PROGRESS_MEMBERS = REPORT_MEMBERS | {"verb", "steps", "request_id"}
PAST_MEMBERS = frozenset({"player_id", "external_id", "achievement_id", "unlocked_at"})
REQUEST_ID_PATTERN = r"^[!-~]{1,64}$"
VERBS = frozenset(Verb) - {Verb.UNLOCK}
_request_id_rule = re.compile(REQUEST_ID_PATTERN[1:-1])
NAME_THE_PLAYER = gettext_lazy("Name the player by player_id or by external_id; either will do.")
NOT_AN_ACHIEVEMENT = gettext_lazy("Send a UUID or an achievement's key, such as ACH_FIRST_LIGHT.")


class BatchTooLargeError(InvalidError):
    code = "batch_too_large"


def read_report(body: Any, *, game_id: UUID, own_ids: Sequence[UUID] = (), source: Source = Source.SERVER) -> Report:
    """Return the report in a JSON object; `own_ids` are those of the player a client's token acts for.

    Raises: InvalidError with every flaw, PlayerNotFoundError for a player other than the token's.
    """
    _require_object(body)
    try:
        _require_known(body, REPORT_MEMBERS)
        achievement_id, achievement_key = _read_achievement(body)
        return Report(
            game_id=game_id,
            player_id=_read_player(body, own_ids),
            achievement_id=achievement_id,
            achievement_key=achievement_key,
            unlocked_at=_read_time(body),
            source=source,
            is_hardcore=_read_hardcore(body),
        )
    except DomainError as error:
        raise _with_flaws(error, _flaws_of_report(body, REPORT_MEMBERS, own_ids)) from None


def read_progress(
    body: Any,
    *,
    game_id: UUID,
    own_ids: Sequence[UUID] = (),
    source: Source = Source.SERVER,
    verbs: frozenset[Verb] = VERBS,
) -> ProgressReport:
    """Return the progress report in a JSON object. Raises: as read_report."""
    _require_object(body)
    try:
        _require_known(body, PROGRESS_MEMBERS)
        achievement_id, achievement_key = _read_achievement(body)
        verb = _read_verb(body, verbs)
        _require_earning(body, verb)
        return ProgressReport(
            game_id=game_id,
            player_id=_read_player(body, own_ids),
            achievement_id=achievement_id,
            achievement_key=achievement_key,
            unlocked_at=_read_time(body),
            source=source,
            is_hardcore=_read_hardcore(body),
            verb=verb,
            steps=_read_steps(body, verb),
            request_id=_read_request_id(body, verb),
        )
    except DomainError as error:
        raise _with_flaws(error, _flaws_of_progress(body, own_ids, verbs)) from None


def read_past_unlock(body: Any) -> PastReport:
    """Return the unlock of an import in a JSON object, or in a line of a file. Raises: InvalidError with every flaw."""
    _require_object(body)
    try:
        _require_known(body, PAST_MEMBERS)
        achievement_id, achievement_key = _read_achievement(body)
        return PastReport(_read_past_player(body), achievement_id or achievement_key or "", _read_past_time(body))
    except DomainError as error:
        raise _with_flaws(error, _flaws_of_past(body)) from None


def read_batch(body: Any, *, member: str) -> list[object]:
    """Return a batch's unparsed items from its one member. Raises: InvalidError, BatchTooLargeError."""
    _require_object(body)
    _require_known(body, {member})
    items = body.get(member)
    if not isinstance(items, list):
        raise _refusal(body, member, *sentences.wrong_type(sentences.NOT_A_LIST))
    if not items:
        detail = gettext('Send {{"{member}": [...]}} with at least one of them.').format(member=member)
        raise InvalidError(detail, pointer=f"/{member}")
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


def read_achievement(value: object) -> tuple[UUID | None, str | None] | None:
    """Return the id or the key by which an achievement is named, and None for the other; None for what is neither."""
    if (achievement_id := read_uuid(value)) is not None:
        return achievement_id, None
    return (None, value) if isinstance(value, str) and ACHIEVEMENT_KEY.fullmatch(value) else None


def _require_object(body: object) -> None:
    if not isinstance(body, Mapping):
        raise InvalidError.of(Flaw("", *sentences.wrong_type(sentences.NOT_A_BODY)))


def _with_flaws(error: DomainError, found: Iterable[Flaw]) -> DomainError:
    """Return the error with every flaw of the report: reading ends at the first, to cost good reports nothing."""
    flaws = list(found)
    return InvalidError.of(*flaws) if flaws else error


def _flaws_of_report(body: Body, members: frozenset[str], own_ids: Sequence[UUID]) -> Iterator[Flaw]:
    yield from _flaws_of(_require_known, body, members)
    yield from _flaws_of(_read_player, body, own_ids)
    yield from _flaws_of(_read_achievement, body)
    yield from _flaws_of(_read_time, body)
    yield from _flaws_of(_read_hardcore, body)


def _flaws_of_past(body: Body) -> Iterator[Flaw]:
    yield from _flaws_of(_require_known, body, PAST_MEMBERS)
    yield from _flaws_of(_read_past_player, body)
    yield from _flaws_of(_read_achievement, body)
    yield from _flaws_of(_read_past_time, body)


def _flaws_of_progress(body: Body, own_ids: Sequence[UUID], verbs: frozenset[Verb]) -> Iterator[Flaw]:
    yield from _flaws_of_report(body, PROGRESS_MEMBERS, own_ids)
    unread = list(_flaws_of(_read_verb, body, verbs))
    yield from unread
    # The rules for the others depend on the verb.
    if not unread:
        verb = _read_verb(body, verbs)
        yield from _flaws_of(_require_earning, body, verb)
        yield from _flaws_of(_read_steps, body, verb)
        yield from _flaws_of(_read_request_id, body, verb)


def _flaws_of(read: Callable[..., object], *given: object) -> Sequence[Flaw]:
    try:
        read(*given)
    except InvalidError as error:
        return error.flaws
    except DomainError:
        # It refuses what is well-formed.
        return ()
    return ()


def _require_known(body: Body, members: frozenset[str] | set[str]) -> None:
    if not body.keys() <= members:
        mistake = sentences.unknown_member(sorted(members))
        raise InvalidError.of(*[Flaw(pointer_to("", name), *mistake) for name in body if name not in members])


def _refusal(body: Body, name: str, code: str, sentence: str | Promise) -> InvalidError:
    """Return the refusal of a member, which is missing or null or else has this mistake."""
    if body.get(name) is None:
        code, sentence = sentences.mistake("null" if name in body else "required")
    return InvalidError.of(Flaw(f"/{name}", code, str(sentence)))


def _refusal_of_text(body: Body, name: str, sentence: str | Promise) -> InvalidError:
    return _refusal(body, name, "invalid" if isinstance(body.get(name), str) else "invalid_type", sentence)


def _read_player(body: Body, own_ids: Sequence[UUID]) -> UUID:
    value = body.get("player_id", "me")
    if own_ids and value == "me":
        return own_ids[0]
    player_id = read_uuid(value)
    if player_id is None:
        raise _refusal_of_text(body, "player_id", sentences.NOT_A_UUID)
    if own_ids and player_id not in own_ids:
        raise ReportedPlayerNotFoundError(gettext("This token speaks for another player."), pointer="/player_id")
    return player_id


def _read_past_player(body: Body) -> UUID | str:
    external_id = body.get("external_id")
    if external_id is None:
        if body.get("player_id") is None:
            code = "null" if "player_id" in body else "required"
            raise InvalidError.of(Flaw("/player_id", code, str(NAME_THE_PLAYER)))
        return _read_player(body, ())
    if body.get("player_id") is not None:
        raise InvalidError(gettext("Name the player once: by player_id or by external_id."), pointer="/external_id")
    if not isinstance(external_id, str):
        raise _refusal_of_text(body, "external_id", sentences.NOT_TEXT)
    try:
        return read_external_id(external_id)
    except ExternalIdInvalidError as error:
        raise ExternalIdInvalidError(error.detail, pointer="/external_id") from None


def _read_past_time(body: Body) -> datetime:
    moment = _read_time(body)
    if moment is None:
        raise _refusal_of_text(body, "unlocked_at", sentences.NOT_A_MOMENT)
    return moment


def _read_achievement(body: Body) -> tuple[UUID | None, str | None]:
    named = read_achievement(body.get("achievement_id"))
    if named is None:
        raise _refusal_of_text(body, "achievement_id", NOT_AN_ACHIEVEMENT)
    return named


def _read_time(body: Body) -> datetime | None:
    value = body.get("unlocked_at")
    if value is None:
        return None
    moment = read_moment(value)
    if moment is None:
        raise _refusal_of_text(body, "unlocked_at", sentences.NOT_A_MOMENT)
    return moment


def _read_hardcore(body: Body) -> bool:
    value = body.get("hardcore")
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _refusal(body, "hardcore", *sentences.wrong_type(sentences.NOT_A_BOOLEAN))
    return value


def _read_verb(body: Body, verbs: frozenset[Verb]) -> Verb:
    value = body.get("verb")
    if not isinstance(value, str) or value not in verbs:
        raise _refusal(body, "verb", *sentences.one_of(verb for verb in Verb if verb in verbs))
    return Verb(value)


def _require_earning(body: Body, verb: Verb) -> None:
    if verb is Verb.REVEAL and body.get("hardcore") is True:
        raise InvalidError(gettext("{verb} earns nothing, so not in hardcore.").format(verb=verb), pointer="/hardcore")


def _read_steps(body: Body, verb: Verb) -> int | None:
    value = body.get("steps")
    if verb not in {Verb.INCREMENT, Verb.SET_AT_LEAST}:
        if value is not None:
            raise InvalidError(gettext("{verb} takes no steps.").format(verb=verb), pointer="/steps")
        return None
    if type(value) is not int:
        raise _refusal(body, "steps", *sentences.wrong_type(sentences.NOT_A_WHOLE_NUMBER))
    if not 1 <= value <= STEPS_MAX:
        raise _refusal(body, "steps", *(sentences.at_least(1) if value < 1 else sentences.at_most(STEPS_MAX)))
    return value


def _read_request_id(body: Body, verb: Verb) -> str | None:
    value = body.get("request_id")
    if value is None and verb is not Verb.INCREMENT:
        return None
    if not isinstance(value, str) or not _request_id_rule.fullmatch(value):
        raise _refusal_of_text(body, "request_id", sentences.NOT_VISIBLE_ASCII)
    return value
