"""Reads for the notification pages: the inbox by days, a grouped notification's items, and the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, gettext_lazy

from apps.core.clock import now, zone_label, zone_of
from apps.core.database.composed import composed
from apps.notifications import preferences
from apps.notifications.inbox.entries import InboxEntry, entries_of
from apps.notifications.inbox.grouped import GroupedNotification, grouped_notification
from apps.notifications.inbox.queries import ReadMark
from apps.notifications.kinds import KINDS
from apps.notifications.kinds.base import Choice, Kind, Road
from apps.players.models import Player
from apps.web.queries.cards import UnlockCard, unlock_cards

PAGE_SIZE = 50

# For kinds without a player or an achievement; gold for earned ones.
_ICONS = {"game_completed": ("trophy", True), "season_medal": ("crown", True)}
_ROADS = {
    Road.INBOX: gettext_lazy("Inbox"),
    Road.SOCKET: gettext_lazy("On screen"),
    Road.EMAIL: gettext_lazy("Daily email"),
}
_CHOICES = {
    Road.INBOX: {
        Choice.ALL: gettext_lazy("Each one"),
        Choice.DIGEST: gettext_lazy("Grouped"),
        Choice.NONE: gettext_lazy("Off"),
    },
    Road.SOCKET: {Choice.ALL: gettext_lazy("On"), Choice.NONE: gettext_lazy("Off")},
    Road.EMAIL: {Choice.DIGEST: gettext_lazy("On"), Choice.NONE: gettext_lazy("Off")},
}


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture beside a notification: a player's face, an achievement's frame or an icon, in this order."""

    player: Mapping[str, Any] | None
    is_framed: bool
    icon_url: str
    icon: str
    is_gold: bool


@dataclass(frozen=True, slots=True)
class InboxRow:
    entry: InboxEntry
    is_unread: bool
    picture: Picture


@dataclass(frozen=True, slots=True)
class InboxDay:
    """The notifications of one day in the player's time zone, newest first."""

    label: str
    rows: Sequence[InboxRow]


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of an inbox; `older_than` is the cursor of the next page, None on the last."""

    days: Sequence[InboxDay]
    is_first: bool
    older_than: int | None
    # The sequence number that "read all" marks: later ones have not been seen.
    newest_seq: int
    # That of the latest notification there is, on whichever page.
    last_seq: int
    unread_count: int


@dataclass(frozen=True, slots=True)
class GroupedPage:
    """A page of a grouped notification's items; `left_out_count` are no longer visible."""

    entry: InboxEntry
    unlocks: Sequence[UnlockCard]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class RoadOption:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind's options for one channel."""

    name: str
    road: str
    options: Sequence[RoadOption]


@dataclass(frozen=True, slots=True)
class KindRow:
    key: str
    label: str
    audience: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class ChoicesPage:
    """The notification settings, and the daily email's address: empty unless confirmed."""

    roads: Sequence[str]
    rows: Sequence[KindRow]
    email: str
    time_zone: str


def inbox_page(viewer: Player, mark: ReadMark, *, below: int | None) -> InboxPage:
    """Return a page of the viewer's notifications. One query."""
    entries = entries_of(viewer.id, below=below, limit=PAGE_SIZE + 1)
    shown = entries[:PAGE_SIZE]
    rows = [InboxRow(entry, entry.seq > mark.read_seq, picture_of(entry)) for entry in shown]
    return InboxPage(
        days=_by_days(rows, viewer),
        is_first=below is None,
        older_than=shown[-1].seq if len(entries) > PAGE_SIZE else None,
        newest_seq=shown[0].seq if shown else 0,
        last_seq=max(mark.last_seq, shown[0].seq if shown else 0),
        unread_count=mark.unread_count,
    )


def grouped_page(viewer: Player, seq: int, *, page: int) -> GroupedPage:
    """Return a page of a grouped notification's items. Five queries. Raises: NotificationNotFoundError."""
    grouped: GroupedNotification = grouped_notification(viewer.id, seq)
    pages = max(1, -(-len(grouped.unlocks) // PAGE_SIZE))
    page = min(page, pages)
    part = grouped.unlocks[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return GroupedPage(grouped.entry, unlock_cards(part, viewer), len(grouped.unlocks), page, pages)


@composed
def _address(account_id: UUID) -> QuerySet[EmailAddress]:
    found: QuerySet[EmailAddress] = EmailAddress.objects.filter(user_id=account_id, primary=True, verified=True)[:1]
    return found


def choices_page(viewer: Player) -> ChoicesPage:
    """Return the viewer's settings for every kind. Two queries."""
    chosen = preferences.preferences_of(viewer.id)
    address = _address.first(account_id=viewer.account_id)
    return ChoicesPage(
        roads=[str(road) for road in _ROADS.values()],
        rows=[_kind_row(kind, chosen) for kind in KINDS.values()],
        email="" if address is None else address.email,
        time_zone=zone_label(zone_of(viewer.time_zone).key),
    )


def picture_of(entry: InboxEntry) -> Picture:
    """Return a notification's picture from its payload, so that new kinds get one too."""
    payload = entry.payload
    unlocks = payload.get("unlocks") or [{}]
    achievement = payload.get("achievement")
    icon, is_gold = _ICONS.get(entry.kind, ("bell", False))
    return Picture(
        player=payload.get("player") or payload.get("rival") or unlocks[0].get("player"),
        is_framed=achievement is not None,
        icon_url=(achievement or {}).get("icon_url") or "",
        icon=icon,
        is_gold=is_gold,
    )


def _by_days(rows: Sequence[InboxRow], viewer: Player) -> list[InboxDay]:
    zone = zone_of(viewer.time_zone)
    today = now().astimezone(zone).date()

    def label(row: InboxRow) -> str:
        day = row.entry.at.astimezone(zone).date()
        if day in {today, today - timedelta(days=1)}:
            return gettext("Today") if day == today else gettext("Yesterday")
        return format_date(day, "l j F" if day.year == today.year else "j F Y")

    return [InboxDay(name, list(found)) for name, found in groupby(rows, key=label)]


def _kind_row(kind: type[Kind], chosen: preferences.Chosen) -> KindRow:
    cells = [
        Cell(
            name=f"{kind.key}.{road}",
            road=str(_ROADS[road]),
            options=[
                RoadOption(choice.value, str(_CHOICES[road][choice]), choice == chosen[kind.key, road])
                for choice in _CHOICES[road]
                if choice in kind.roads[road]
            ],
        )
        for road in _ROADS
        if road in kind.roads
    ]
    return KindRow(kind.key, str(kind.label), str(kind.audience), cells)
