"""Reads a journal from JSON: what is hashed is what was sent, well-formed or not."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from apps.core.errors import Flaw, InvalidError
from apps.core.parsing import sentences
from apps.core.parsing.json_text import pointer_to
from apps.core.parsing.values import DIGITS_MAX, read_moment
from apps.players.device_credentials import SIGNATURE_LENGTH_MAX
from apps.unlocks.journals.chain import HASH_LENGTH, Entry
from apps.unlocks.parsing import NOT_AN_ACHIEVEMENT, read_achievement, read_batch

MEMBERS = ("sequence", "previous_hash", "achievement_id", "earned_at", "signature")
# Without these, as they have to be, an entry has no place in the chain; the others are hashed as any text.
LINKS = ("sequence", "previous_hash", "signature")
TEXTS = ("achievement_id", "earned_at")
HASH_PATTERN = f"^[0-9a-f]{{{HASH_LENGTH}}}$"
SIGNATURE_PATTERN = f"^[0-9a-fA-F]{{1,{SIGNATURE_LENGTH_MAX}}}$"
SEQUENCE_MAX = 10 ** (DIGITS_MAX - 3) - 1
_hash = re.compile(HASH_PATTERN[1:-1])
_signature = re.compile(SIGNATURE_PATTERN[1:-1])


def read_entries(body: Any) -> list[Entry]:
    """Return the entries of a list, as it is sent, malformed ones with their flaws.

    Raises: InvalidError with the flaws of each entry whose hash or signature can't be known, as nothing could follow
    it; BatchTooLargeError.
    """
    items = read_batch(body, member="entries")
    added = [_added_to(f"/entries/{index}", item) for index, item in enumerate(items)]
    flawed = [_flaws_of(f"/entries/{index}", item) for index, item in enumerate(items)]
    found = list(zip(items, added, flawed, strict=True))
    if unreadable := [flaw for item, more, flaws in found if not _is_readable(item) for flaw in more + flaws]:
        raise InvalidError.of(*unreadable)
    return [_entry(item, more, flaws) for item, more, flaws in found]


def _is_readable(item: object) -> bool:
    return (
        isinstance(item, Mapping)
        and all(_is_good(name, item.get(name)) for name in LINKS)
        and all(isinstance(item.get(name), str) for name in TEXTS)
    )


def _entry(item: Any, added: Sequence[Flaw], flaws: Sequence[Flaw]) -> Entry:
    achievement = read_achievement(item["achievement_id"]) or (None, None)
    return Entry(
        sequence=item["sequence"],
        previous=item["previous_hash"],
        achievement=item["achievement_id"],
        earned_at=item["earned_at"],
        achievement_id=achievement[0],
        achievement_key=achievement[1],
        device_time=read_moment(item["earned_at"]),
        signature=item["signature"],
        flaws=tuple(flaws),
        added=tuple(added),
    )


def _added_to(pointer: str, item: object) -> list[Flaw]:
    """Return a flaw for each member that no device signs."""
    names = [name for name in item if name not in MEMBERS] if isinstance(item, Mapping) else []
    return [Flaw(pointer_to(pointer, str(name)), *map(str, sentences.unknown_member(MEMBERS))) for name in names]


def _flaws_of(pointer: str, item: object) -> list[Flaw]:
    if not isinstance(item, Mapping):
        return [Flaw(pointer, *map(str, sentences.wrong_type(sentences.NOT_AN_OBJECT)))]
    return [flaw for name in MEMBERS for flaw in _flaws_of_member(pointer_to(pointer, name), item, name)]


def _flaws_of_member(pointer: str, item: Mapping[str, Any], name: str) -> list[Flaw]:
    value = item.get(name)
    if value is None:
        return [Flaw(pointer, *map(str, sentences.mistake("null" if name in item else "required")))]
    return [] if _is_good(name, value) else [Flaw(pointer, "invalid", _rule_of(name))]


def _is_good(name: str, value: Any) -> bool:
    if name == "sequence":
        return type(value) is int and 1 <= value <= SEQUENCE_MAX
    if not isinstance(value, str):
        return False
    if name == "achievement_id":
        return read_achievement(value) is not None
    if name == "earned_at":
        return read_moment(value) is not None
    return (_hash if name == "previous_hash" else _signature).fullmatch(value) is not None


def _rule_of(name: str) -> str:
    return {
        "sequence": gettext("Send the entry's place in the device's journal: a whole number from 1."),
        "previous_hash": gettext("Send the SHA-256 of the entry before: 64 hexadecimal digits in lower case."),
        "achievement_id": str(NOT_AN_ACHIEVEMENT),
        "earned_at": str(sentences.NOT_A_MOMENT),
        "signature": gettext("Send the device's signature of the entry in hexadecimal."),
    }[name]
