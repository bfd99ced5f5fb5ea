"""The sentences of errors that occur in bodies, queries, files and forms alike, each in one place."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

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
