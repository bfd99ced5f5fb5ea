"""Notifications as people read them, on pages and in emails: a title, a line and a link."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q

from apps.core.database.composed import Composed, Tuples, composed
from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification

# Above every number of a notification.
_BEYOND = 2**62


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A notification in words. Title and body are one line each, whatever names they contain; `link` is a path.

    A grouped one stands for several unlocks, and links to all of them.
    """

    seq: int
    kind: str
    at: datetime
    title: str
    body: str
    link: str
    payload: Mapping[str, Any]


def entry_of(seq: int, kind: str, at: datetime, payload: Mapping[str, Any], *, is_grouped: bool) -> InboxEntry:
    """Return a stored notification in words. Raises: KeyError for a kind that no longer exists."""
    words = KINDS[kind]
    link = f"/notifications/{seq}/" if is_grouped else words.link(payload)
    return InboxEntry(seq, kind, at, _one_line(words.title(payload)), _one_line(words.body(payload)), link, payload)


@cache
def _latest(limit: int) -> Composed[Any]:
    @composed
    def rows(player_id: UUID, below: int) -> Tuples:
        found = Notification.objects.filter(player_id=player_id, seq__lt=below)
        # Without the items of grouped ones, up to 500 each.
        is_grouped = ExpressionWrapper(Q(items__isnull=False), BooleanField())
        columns = ("seq", "kind", "created_at", "payload", "is_grouped")
        return found.annotate(is_grouped=is_grouped).values_list(*columns).order_by("-seq")[:limit]

    return rows


def entries_of(player_id: UUID, *, below: int | None, limit: int) -> list[InboxEntry]:
    """Return a player's latest notifications, only those numbered under `below`, newest first. One query."""
    rows = _latest(limit).rows(player_id=player_id, below=_BEYOND if below is None else below)
    return [
        entry_of(seq, kind, at, payload, is_grouped=grouped)
        for seq, kind, at, payload, grouped in rows
        if kind in KINDS
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())
