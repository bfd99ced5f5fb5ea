"""What every page shows of who is logged in: their player, the bell and the way to the portal."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.http import HttpRequest

from apps.notifications.inbox.queries import ReadMark
from apps.players.models import Player
from apps.players.queries import COLUMNS_SQL, player_of_row

NOTHING_READ = ReadMark(0, 0)
_KNOWN = "laurel.header"
# Three querysets took 3 ms of CPU together, as much as the rest of a small page; this takes 0.4.
_HEADER = f"""
SELECT EXISTS (SELECT FROM membership m WHERE m.account_id = a.id), coalesce(i.last_seq, 0), coalesce(i.read_seq, 0),
    {COLUMNS_SQL}
FROM (VALUES (%s::uuid)) a (id) LEFT JOIN player p ON p.account_id = a.id LEFT JOIN inbox i ON i.player_id = p.id
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class Header:
    viewer: Player | None = None
    is_studio_member: bool = False
    read_mark: ReadMark = NOTHING_READ


def header_of(request: HttpRequest) -> Header:
    """Return what is shown of a request's account, read once a request. One query; none for visitors."""
    found: Header | None = request.META.get(_KNOWN)
    if found is None:
        user = getattr(request, "user", None)
        found = request.META[_KNOWN] = _read(user.pk) if user is not None and user.is_authenticated else Header()
    return found


def viewer_of(request: HttpRequest) -> Player | None:
    """Return the player of who is logged in."""
    return header_of(request).viewer


def _read(account_id: UUID) -> Header:
    with connection.cursor() as cursor:
        cursor.execute(_HEADER, [account_id])
        is_member, last_seq, read_seq, *row = cursor.fetchone()
    # The first column is the key.
    return Header(player_of_row(row) if row[0] else None, is_member, ReadMark(last_seq, read_seq))
