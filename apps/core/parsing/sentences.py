"""The sentences of errors that occur in bodies, queries, files and forms alike, each in one place."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

NO_PARAMETERS = gettext_lazy("There is no such parameter here; this address takes none.")
EMPTY = gettext_lazy("Give it a value, or leave it out.")
NOT_AN_OBJECT = gettext_lazy("Send a JSON object.")
# Common names of list parameters elsewhere, and our equivalents, the likeliest first.
_MEANT = {
    **dict.fromkeys(("page", "offset", "after", "before", "start", "skip"), ("cursor", "page")),
    **dict.fromkeys(("limit", "per_page", "size", "count", "first", "top"), ("page_size",)),
}
# By the code of the error, where a framework's words would puzzle.
_BY_CODE: dict[str, Promise] = {
    "null_characters_not_allowed": gettext_lazy("Control characters are not allowed."),
    "surrogate_characters_not_allowed": gettext_lazy("Surrogates are not allowed; send whole characters."),
}


def sentence_of(code: str, given: str) -> str:
    """Return our sentence for an error's code, or the given one where there is none."""
    return str(_BY_CODE.get(code, given))


def one_of(choices: Iterable[object]) -> str:
    """Return the message for a value outside of a fixed set."""
    return gettext("Send one of {choices}.").format(choices=", ".join(str(choice) for choice in choices))


def unknown_member(known: Iterable[str]) -> str:
    """Return the message for a member that an object does not have."""
    return gettext("There is no such member here. Allowed: {names}.").format(names=", ".join(known))


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
