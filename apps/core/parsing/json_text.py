"""Parses JSON from callers and files, in one place so that it means the same everywhere."""

import codecs
import json
from collections.abc import Iterator
from typing import Any

import orjson
from django.utils.translation import gettext, gettext_lazy

from apps.core.errors import DomainError, Flaw, InvalidError

# Up to here a double is exact for whole numbers, and so is JSON between any two programs.
EXACT_MAX = 2**53
_UTF_8_MARK = codecs.BOM_UTF8
_UTF_32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# In orjson's message.
_TOO_LARGE = "infinity"
_REPEATED = gettext_lazy("Duplicate member. Remove one of them.")


class MalformedJSONError(DomainError):
    code = "malformed_json"


class NumberTooLargeError(MalformedJSONError):
    """A number is JSON, but too large for a double, and so for anything here."""

    code = "invalid"


def read_json(data: bytes | str, *, is_line: bool = False) -> object:
    """Return the parsed value, with every whole number as an int, also 3.0 and 3e0.

    Skips a byte order mark. Raises: MalformedJSONError, saying what is wrong and where: in a line, the column.
    """
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    try:
        value = orjson.loads(data.removeprefix(_UTF_8_MARK))
    except orjson.JSONDecodeError as error:
        raise _refusal(data, error, is_line=is_line) from error
    return _with_whole_numbers(value)


def read_strict_json(data: bytes | str, *, is_line: bool = False) -> object:
    """Return what read_json does. Raises: MalformedJSONError; InvalidError for duplicate members, with their places."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    value = read_json(data, is_line=is_line)
    if flaws := repeated_flaws(data, value):
        raise InvalidError(gettext("The JSON has a duplicate member."), flaws=flaws)
    return value


def repeated_flaws(data: bytes, value: object) -> list[Flaw]:
    """Return a flaw for each duplicate member of an object, in a text that read_json has read as `value`.

    Parsers silently keep the last one. Cost: a second parsing, if commas show that something was lost or are in texts.
    Raises: MalformedJSONError.
    """
    # A member that was lost has left its comma.
    if data.count(b",") == _commas_between(value):
        return []
    try:
        # As strings, numbers of any length pass.
        tree = json.loads(data.removeprefix(_UTF_8_MARK), object_pairs_hook=_Pairs, parse_int=str, parse_float=str)
        return [Flaw(pointer, "repeated_member", str(_REPEATED)) for pointer in _repeated_in(tree, "")]
    except RecursionError:
        raise MalformedJSONError(gettext("This is nested too deeply.")) from None


def wide_encoding_mistake(data: bytes) -> str:
    """Return what to do about a text that begins in ASCII and is UTF-16 or UTF-32; empty if it is neither."""
    wide = _wide_encoding_of(data)
    return gettext("This is {wide}, not UTF-8. Save it as UTF-8.").format(wide=wide) if wide else ""


def encoding_mistake(data: bytes) -> str:
    """Return what to do about a text that begins in ASCII and is not UTF-8; empty if it is."""
    if mistake := wide_encoding_mistake(data):
        return mistake
    try:
        data.decode()
    except UnicodeDecodeError:
        return gettext("This is not UTF-8. Save it as UTF-8.")
    return ""


def pointer_to(parent: str, name: str) -> str:
    """Return the JSON pointer (RFC 6901) to a member of the value at `parent`."""
    return f"{parent}/{name.replace('~', '~0').replace('/', '~1')}"


class _Pairs(list[tuple[str, object]]):
    """An object's members as written."""


def _repeated_in(value: object, pointer: str) -> Iterator[str]:
    """Yield each duplicate member once, in document order."""
    if not isinstance(value, list):
        return
    pairs = value if isinstance(value, _Pairs) else [(str(index), item) for index, item in enumerate(value)]
    counts: dict[str, int] = {}
    for name, item in pairs:
        path = pointer_to(pointer, name)
        counts[name] = counts.get(name, 0) + 1
        if counts[name] == 2:
            yield path
        yield from _repeated_in(item, path)


def _commas_between(value: object) -> int:
    """Count the commas that members and items need; without recursion, as below."""
    count, waiting = 0, [value]
    for here in waiting:
        if type(here) is dict:
            count += len(here) - (1 if here else 0)
            waiting += here.values()
        elif type(here) is list:
            count += len(here) - (1 if here else 0)
            waiting += here
    return count


def _with_whole_numbers(value: Any) -> Any:
    """Convert whole floats to ints in place; without recursion, as orjson takes 1,024 levels and Python fewer."""
    holder = [value]
    waiting: list[Any] = [holder]
    while waiting:
        here = waiting.pop()
        for key, item in here.items() if type(here) is dict else enumerate(here):
            kind = type(item)
            if kind is float:
                if item.is_integer() and abs(item) <= EXACT_MAX:
                    here[key] = int(item)
            elif kind is dict or kind is list:
                waiting.append(item)
    return holder[0]


def _refusal(data: bytes, error: orjson.JSONDecodeError, *, is_line: bool) -> MalformedJSONError:
    place = gettext("column {column}") if is_line else gettext("line {line} column {column}")
    place = place.format(line=error.lineno, column=error.colno)
    if _TOO_LARGE in error.msg:
        return NumberTooLargeError(gettext("A number is too large: {place}.").format(place=place), pointer="")
    where = f"{error.msg}: {place}" if is_line else error
    return MalformedJSONError(encoding_mistake(data) or gettext("This is not valid JSON: {error}.").format(error=where))


def _wide_encoding_of(data: bytes) -> str:
    """Return a text's UTF-16 or UTF-32 encoding, by its mark or, as JSON starts in ASCII, by its zero bytes."""
    # First, as its little-endian mark starts with that of UTF-16.
    if data.startswith(_UTF_32_MARKS) or data[:4].count(0) == 3:
        return "UTF-32"
    return "UTF-16" if data.startswith(_UTF_16_MARKS) or b"\0" in data[:4] else ""
