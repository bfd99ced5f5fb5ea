"""Reading announcements."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from apps.core.clock import now
from apps.notifications.models import Announcement

# Older ones are no news.
SHOWN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ShownAnnouncement:
    """An announcement as shown to everyone."""

    title: str
    text: str
    link: str
    announced_at: datetime


def latest_announcement(game_id: UUID) -> ShownAnnouncement | None:
    """Return a game's latest announcement within SHOWN_FOR that was not withdrawn. One query."""
    rows = Announcement.objects.filter(game_id=game_id, withdrawn_at=None, created_at__gt=now() - SHOWN_FOR)
    found = rows.order_by("-id").values_list("title", "text", "link", "created_at").first()
    return ShownAnnouncement(*found) if found else None
