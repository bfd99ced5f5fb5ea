"""External ids in paths."""

from django.utils.translation import gettext

from apps.core.api.wire.paths import is_text
from apps.core.errors import InvalidError

EXTERNAL_ID_LENGTH_MAX = 100


class ExternalIdInvalidError(InvalidError):
    code = "external_id_invalid"


def read_external_id(text: str) -> str:
    """Return the external id in a path. Raises: ExternalIdInvalidError."""
    is_sane = len(text) <= EXTERNAL_ID_LENGTH_MAX and text.isprintable() and text.strip(".")
    if not is_sane or not is_text(text):
        detail = gettext("An external id has 1 to {maximum} printable characters, and not dots alone.").format(
            maximum=EXTERNAL_ID_LENGTH_MAX
        )
        raise ExternalIdInvalidError(detail, pointer="external_id")
    return text
