"""What every page shows of who is logged in: their player, the bell and the way to the portal."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.http import HttpRequest

from apps.notifications.inbox.queries import ReadMark
from apps.players.models import Account, Player
from apps.players.queries import COLUMNS_SQL, player_of_row

NOTHING_READ = ReadMark(0, 0)
_KNOWN = "laurel.header"
_FIELDS = Account._meta.concrete_fields  # noqa: SLF001 - Django documents it
_NAMES = [field.attname for field in _FIELDS]
_ACCOUNT_SQL = ", ".join(f'a."{field.column}"' for field in _FIELDS)
# Four querysets took 4 ms of CPU together, more than the rest of a small page; this takes 0.4.
_HEADER = f"""
SELECT {_ACCOUNT_SQL}, EXISTS (SELECT FROM membership m WHERE m.account_id = a.id),
    coalesce(i.last_seq, 0), coalesce(i.read_seq, 0), {COLUMNS_SQL}
FROM account a LEFT JOIN player p ON p.account_id = a.id LEFT JOIN inbox i ON i.player_id = p.id
WHERE a.id = %s
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class Header:
    account: Account | None = None
    viewer: Player | None = None
    is_studio_member: bool = False
    read_mark: ReadMark = NOTHING_READ


NOBODY = Header()


def header_of(request: HttpRequest) -> Header:
    """Return what is shown of a request's account: as it was read with it, else by one query; none for visitors."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return NOBODY
    found: Header | None = request.META.get(_KNOWN)
    if found is None or found.account is None or found.account.pk != user.pk:
        found = read_header(request, user.pk)
    return found


def viewer_of(request: HttpRequest) -> Player | None:
    """Return the player of who is logged in."""
    return header_of(request).viewer


def read_header(request: HttpRequest, account_id: UUID) -> Header:
    """Read an account with what the request's page shows of it, and keep it for the request. One query.

    The account knows its player, or that it has none.
    """
    found = request.META[_KNOWN] = _read(account_id)
    return found


def _read(account_id: UUID) -> Header:
    with connection.cursor() as cursor:
        cursor.execute(_HEADER, [account_id])
        row = cursor.fetchone()
    if row is None:
        return NOBODY
    account: Account = Account.from_db("default", _NAMES, row[: len(_NAMES)])
    is_member, last_seq, read_seq, *columns = row[len(_NAMES) :]
    # The first column is the key.
    player = player_of_row(columns) if columns[0] else None
    Account.player.related.set_cached_value(account, player)
    if player is not None:
        player.account = account
    return Header(account, player, is_member, ReadMark(last_seq, read_seq))
