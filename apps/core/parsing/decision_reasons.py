"""Why an operator decided something: each decision is stored with it."""

from django.utils.translation import gettext

from apps.core.errors import InvalidError
from apps.core.parsing.names import normal_text, problem_with_text

REASON_LENGTH_MAX = 200


def read_reason(text: str) -> str:
    """Return a reason as it is stored. Raises: InvalidError."""
    reason = normal_text(text)
    if not reason:
        raise InvalidError(gettext("Say why."))
    if problem := problem_with_text(reason):
        raise InvalidError(problem)
    if len(reason) > REASON_LENGTH_MAX:
        words = gettext("A reason may have {length_max} characters; this one has {length}.")
        raise InvalidError(words.format(length_max=REASON_LENGTH_MAX, length=len(reason)))
    return reason
