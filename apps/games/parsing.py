"""The query parameters of imports."""

from collections.abc import Mapping

from apps.core.errors import Flaw, InvalidError
from apps.core.parsing.sentences import one_of


def read_flag(params: Mapping[str, str], name: str) -> bool:
    """Return whether a query parameter is true; false when absent. Raises: InvalidError."""
    text = params.get(name, "false")
    if text not in {"true", "false"}:
        raise InvalidError.of(Flaw(name, *one_of(("true", "false"))))
    return text == "true"
