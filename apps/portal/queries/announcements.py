"""Reads for a game's page of announcements."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from apps.core.database.composed import composed
from apps.games.models import Game
from apps.leaderboards.boards.board import Board
from apps.leaderboards.standings.standing_rows import count_of_places
from apps.notifications.models import Announcement
from apps.portal.queries.caller_names import names_of_callers

# At most three a day, so this covers weeks of the busiest studio; the API lists all.
SHOWN_MAX = 60


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    """An announcement as its studio sees it; `created_by` is an email or "the key Release", empty once deleted."""

    id: UUID
    title: str
    text: str
    link: str
    state: str
    audience_count: int
    passed_count: int
    notified_count: int
    created_at: datetime
    created_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str

    @property
    def quiet_count(self) -> int:
        """How many have turned announcements off."""
        return self.passed_count - self.notified_count


@composed
def _newest(game_id: UUID) -> QuerySet[Announcement]:
    return Announcement.objects.filter(game_id=game_id).order_by("-id")[:SHOWN_MAX]


def announcements_of(game: Game) -> list[AnnouncementRow]:
    """Return a game's announcements, newest first. Two queries."""
    found = _newest.rows(game_id=game.id)
    names = names_of_callers({name for row in found for name in (row.created_by, row.withdrawn_by) if name})
    return [
        AnnouncementRow(
            id=row.id,
            title=row.title,
            text=row.text,
            link=row.link,
            state=row.state.value,
            audience_count=row.audience_count,
            passed_count=row.passed_count,
            notified_count=row.notified_count,
            created_at=row.created_at,
            created_by=names.get(row.created_by, ""),
            withdrawn_at=row.withdrawn_at,
            withdrawn_by=names.get(row.withdrawn_by, ""),
        )
        for row in found
    ]


def audience_of(game: Game) -> int:
    """Return how many players an announcement would reach now. One query."""
    return count_of_places(Board(game.id))
