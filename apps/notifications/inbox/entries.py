"""Notifications as people read them: on pages and in mails, each a title, a line and where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q

from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A notification in words. Each is one line, whatever names are in it; `link` is a path of this site.

    A gathered one stands for several unlocks, and leads to all of them.
    """

    seq: int
    kind: str
    at: datetime
    title: str
    body: str
    link: str
    payload: Mapping[str, Any]


def entry_of(seq: int, kind: str, at: datetime, payload: Mapping[str, Any], *, is_gathered: bool) -> InboxEntry:
    """Return a kept notification in words. Raises: KeyError for a kind that there is no more."""
    words = KINDS[kind]
    link = f"/notifications/{seq}/" if is_gathered else words.link(payload)
    return InboxEntry(seq, kind, at, _one_line(words.title(payload)), _one_line(words.body(payload)), link, payload)


def entries_of(player_id: UUID, *, below: int | None, limit: int) -> list[InboxEntry]:
    """Return a player's latest notifications, those numbered below `below`, newest first. One query."""
    rows = Notification.objects.filter(player_id=player_id, **({} if below is None else {"seq__lt": below}))
    # Without the items of gathered ones, which are up to 500 each.
    is_gathered = ExpressionWrapper(Q(items__isnull=False), BooleanField())
    columns = rows.annotate(is_gathered=is_gathered).values_list("seq", "kind", "created_at", "payload", "is_gathered")
    return [
        entry_of(seq, kind, at, payload, is_gathered=gathered)
        for seq, kind, at, payload, gathered in columns.order_by("-seq")[:limit]
        if kind in KINDS
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())
