"""File formats for importing and exporting achievement definitions, one module each."""

from dataclasses import replace

from django.utils.translation import gettext

from apps.core.errors import Flaw
from apps.core.parsing.sentences import echoed
from apps.games.achievement_keys import fold_key
from apps.games.formats.documents import BYTES_MAX, Document, StoreFormat, refused
from apps.games.formats.laurel import ACHIEVEMENTS_MAX, LAUREL

# The first format that recognises a text reads it.
FORMATS: dict[str, StoreFormat] = {"laurel": LAUREL}


def read_file(data: bytes) -> Document:
    """Read a file as read_document does; refuses files over BYTES_MAX."""
    if len(data) > BYTES_MAX:
        return refused(
            "too_large", gettext("The file is over {kilobytes} KB. Split it.").format(kilobytes=BYTES_MAX // 1024)
        )
    return read_document(data)


def read_document(data: bytes) -> Document:
    """Read a text of any format and collect every problem with its shape; never raises for its content.

    Text that no format recognises is read as Laurel's own, whose problems say what is expected.
    """
    found = next((item for item in FORMATS.values() if item.recognises(data)), LAUREL)
    document = found.read(data)
    if len(document.items) > ACHIEVEMENTS_MAX:
        return refused(
            "too_many",
            gettext("{count:,} achievements; at most {maximum:,}.").format(
                count=len(document.items), maximum=ACHIEVEMENTS_MAX
            ),
        )
    return replace(document, problems=(*document.problems, *_repeated_keys(document)))


def format_for(accepted: str) -> StoreFormat:
    """Return the format whose media type an Accept header names, or else Laurel's own."""
    wanted = {part.partition(";")[0].strip() for part in accepted.split(",")}
    return next((item for item in FORMATS.values() if item.media_type in wanted), LAUREL)


def _repeated_keys(document: Document) -> list[Flaw]:
    first: dict[str, str] = {}
    return [
        Flaw(
            item.pointers["key"],
            "duplicate",
            gettext("{key} is already at {pointer}.").format(key=echoed(item.key), pointer=first[fold_key(item.key)]),
        )
        for item in document.items
        if item.key and first.setdefault(fold_key(item.key), item.pointer) != item.pointer
    ]
