"""The query parameters of imports."""

from collections.abc import Mapping

from django.utils.translation import gettext

from apps.core.errors import InvalidError


def read_flag(params: Mapping[str, str], name: str) -> bool:
    """Return whether a query parameter is true; false when absent. Raises: InvalidError."""
    text = params.get(name, "false")
    if text not in {"true", "false"}:
        raise InvalidError(gettext("{name} must be true or false.").format(name=name), pointer=name)
    return text == "true"
