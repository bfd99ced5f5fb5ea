"""Notifications, read marks, announcements, preferences and tickets as JSON."""

from collections.abc import Mapping
from typing import Any

from apps.notifications.connections.tickets import TICKET_SECONDS
from apps.notifications.inbox.grouped import NamedUnlock
from apps.notifications.inbox.queries import ReadMark
from apps.notifications.kinds import KINDS
from apps.notifications.kinds.base import Choice, Road
from apps.notifications.models import Announcement, Notification


def announcement_body(row: Announcement) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "text": row.text,
        "link": row.link or None,
        "state": row.state.value,
        "audience_count": row.audience_count,
        "passed_count": row.passed_count,
        "told_count": row.notified_count,
        "created_by": row.created_by,
        "created_at": row.created_at,
        "withdrawn_by": row.withdrawn_by or None,
        "withdrawn_at": row.withdrawn_at,
    }


def notification_body(row: Notification, read_seq: int) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "kind": row.kind,
        "at": row.created_at,
        "title": KINDS[row.kind].title(row.payload),
        "body": KINDS[row.kind].body(row.payload),
        "read": row.seq <= read_seq,
        "data": row.payload,
    }


def read_mark_body(mark: ReadMark) -> dict[str, object]:
    return {"read_seq": mark.read_seq, "unread_count": mark.unread_count}


def friends_unlock_body(unlock: NamedUnlock) -> dict[str, object]:
    found = unlock.achievement
    shown = {"id": found.id, "name": found.name, "icon_url": found.icon_url}
    return {
        "player": unlock.player,
        "achievement": shown if unlock.is_known else found.for_others(),
        "game": found.game,
        "tier": found.tier,
        "unlocked_at": unlock.unlocked_at,
    }


def preferences_body(chosen: Mapping[tuple[str, Road], Choice]) -> dict[str, object]:
    return {"preferences": [{"kind": kind, "road": road, "choice": choice} for (kind, road), choice in chosen.items()]}


def socket_ticket_body(ticket: str, *, ws_url: str, stream_url: str) -> dict[str, object]:
    return {"ticket": ticket, "expires_in": TICKET_SECONDS, "ws_url": ws_url, "stream_url": stream_url}
