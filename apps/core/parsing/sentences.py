"""The codes and sentences of errors that occur in bodies, queries, files and forms alike, each in one place."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from apps.core.parsing.names import is_plain
from apps.core.parsing.values import MOMENT_EXAMPLE

# A code and a sentence: Flaw(pointer, *mistake).
Mistake = tuple[str, str]

NOT_TEXT = gettext_lazy("Send text.")
NOT_A_BOOLEAN = gettext_lazy("Send true or false.")
NOT_A_WHOLE_NUMBER = gettext_lazy("Send a whole number.")
NOT_A_NUMBER = gettext_lazy("Send a number.")
NOT_A_LIST = gettext_lazy("Send a list.")
NOT_AN_OBJECT = gettext_lazy("Send an object.")
NOT_A_BODY = gettext_lazy("Send a JSON object.")
NOT_A_UUID = gettext_lazy("Send a UUID.")
NOT_A_MOMENT = format_lazy(
    gettext_lazy("Send a time in the format of RFC 3339, such as {example}."), example=MOMENT_EXAMPLE
)
NOT_A_DAY = gettext_lazy("Send a day, such as 2026-11-24.")
NOT_VISIBLE_ASCII = gettext_lazy("Send 1 to 64 visible ASCII characters without spaces.")
NO_PARAMETERS = gettext_lazy("There is no such parameter here; this address takes none.")
EMPTY = gettext_lazy("Give it a value, or leave it out.")
# Common names of list parameters elsewhere, and our equivalents, the likeliest first.
_MEANT = {
    **dict.fromkeys(("page", "offset", "after", "before", "start", "skip"), ("cursor", "page")),
    **dict.fromkeys(("limit", "per_page", "size", "count", "first", "top"), ("page_size",)),
}
# By the code of the error: REST framework's words, and ours where a framework's would puzzle.
_BY_CODE: dict[str, Promise] = {
    "required": gettext_lazy("This field is required."),
    "null": gettext_lazy("This field may not be null."),
    "blank": gettext_lazy("This field may not be blank."),
    "null_characters_not_allowed": gettext_lazy("Control characters are not allowed."),
    "surrogate_characters_not_allowed": gettext_lazy("Surrogates are not allowed; send whole characters."),
}
ECHOED_MAX = 80


def sentence_of(code: str, given: str) -> str:
    """Return our sentence for an error's code, or the given one where there is none."""
    return str(_BY_CODE.get(code, given))


def mistake(code: str) -> Mistake:
    """Return the mistake with this code, of those that have one sentence each."""
    return code, str(_BY_CODE[code])


def wrong_type(sentence: str | Promise) -> Mistake:
    """Return the mistake of a value of another JSON type than the sentence wants."""
    return "invalid_type", str(sentence)


def one_of(choices: Iterable[object]) -> Mistake:
    """Return the mistake of a value outside of a fixed set."""
    listed = ", ".join(str(choice) for choice in choices)
    return "invalid_choice", gettext("Send one of {choices}.").format(choices=listed)


def unknown_member(known: Iterable[str]) -> Mistake:
    """Return the mistake of a member that an object does not have."""
    return "unknown", gettext("There is no such member here. Allowed: {names}.").format(names=", ".join(known))


def unknown_parameter(name: str, known: Iterable[str]) -> str:
    """Return the message for a query parameter that an address does not take; it suggests the one that was meant."""
    names = list(known)
    if not names:
        return str(NO_PARAMETERS)
    meant = [other for other in _MEANT.get(name.lower(), ()) if other in names]
    meant = meant or get_close_matches(name.lower(), names, n=1)
    allowed = ", ".join(names)
    if not meant:
        return gettext("There is no such parameter here. Allowed: {names}.").format(names=allowed)
    return gettext("There is no such parameter here. Did you mean {guess}? Allowed: {names}.").format(
        guess=meant[0], names=allowed
    )


def repeated_parameter(name: str, count: int) -> str:
    """Return the message for a query parameter that may be given once."""
    return gettext("{name} is given {count} times. Send it once.").format(name=name, count=count)


def whole_number(name: str, *, low: int, high: int) -> str:
    """Return the message for a parameter, header or member that must be a whole number within bounds."""
    return gettext("{name} must be a whole number from {low} to {high:,}.").format(name=name, low=low, high=high)


def too_long(maximum: int) -> Mistake:
    """Return the mistake of a text over `maximum` characters, in REST framework's words, as the next two are."""
    return "max_length", gettext("Ensure this field has no more than {maximum} characters.").format(maximum=maximum)


def at_least(low: int) -> Mistake:
    """Return the mistake of a number that is too small."""
    return "min_value", gettext("Ensure this value is greater than or equal to {low}.").format(low=low)


def at_most(high: int) -> Mistake:
    """Return the mistake of a number that is too large."""
    return "max_value", gettext("Ensure this value is less than or equal to {high}.").format(high=high)


def echoed(text: str) -> str:
    """Return a caller's text for a sentence: ECHOED_MAX characters at most, with escapes for what can't be seen."""
    start = text[: ECHOED_MAX + 1]
    shown = "".join(each if is_plain(each) else each.encode("unicode_escape").decode() for each in start)
    return shown if len(shown) <= ECHOED_MAX else f"{shown[: ECHOED_MAX - 1]}\N{HORIZONTAL ELLIPSIS}"
