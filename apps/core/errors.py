"""Errors that state a fact of the domain; entry points translate them, nothing here knows HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext, gettext_noop


@dataclass(frozen=True, slots=True)
class Flaw:
    """One error in the input; `pointer` is a JSON pointer (RFC 6901) to it, empty for all of it."""

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """A refused request: a stable code, a sentence that says what to do, and the status it maps to."""

    code = "refused"
    status = 400
    detail = gettext_noop("The request was refused.")
    # When to retry, where that is known.
    retry_after_seconds: int | None = None

    def __init__(self, detail: str | None = None, *, pointer: str | None = None, flaws: Sequence[Flaw] = ()) -> None:
        self.detail = detail or gettext(self.detail)
        # JSON pointer to the member concerned, if there is one.
        self.pointer = pointer
        self.flaws = tuple(flaws) or (() if pointer is None else (Flaw(pointer, self.code, self.detail),))
        super().__init__(self.detail)


class NotFoundError(DomainError):
    code = "not_found"
    status = 404
    detail = gettext_noop("There is nothing here, or nothing you may see.")


class ConflictError(DomainError):
    code = "conflict"
    status = 409


class InvalidError(DomainError):
    code = "invalid"
    status = 400

    @classmethod
    def of(cls, *flaws: Flaw) -> Self:
        """Return the error with these flaws, which states the first."""
        return cls(flaws[0].detail, pointer=flaws[0].pointer, flaws=flaws)
