"""Reads for the pages of what is drafted: the changes of one achievement, those of a game, and their history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from apps.core.clock import now, zone_label
from apps.core.database.composed import composed
from apps.games.definitions.content import (
    FieldChange,
    draft_of,
    drafted_content,
    edit_tag,
    pending_changes,
    was_published,
    would_publish,
)
from apps.games.definitions.history import change_of
from apps.games.definitions.pending import pending_achievements, pending_tag
from apps.games.models import Achievement, Act, Game, HistoryEntry, ScheduledPublication
from apps.games.queries import managed_achievements
from apps.portal.queries.caller_names import names_of_callers

ENTRIES_A_PAGE = 30
# A publication is carried out within seconds; later than this it has failed, or nothing carries it out.
OVERDUE_AFTER = timedelta(minutes=1)
_LAST_ID = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """A publication to come, overdue or refused; `name` is empty where it is of all changes."""

    id: UUID
    name: str
    time: str
    is_overdue: bool
    refusal: str

    @property
    def is_refused(self) -> bool:
        return bool(self.refusal)


@dataclass(frozen=True, slots=True)
class DraftPanel:
    """What an achievement's editor shows beside the form: what would change, and when."""

    changes: list[FieldChange]
    has_draft: bool
    would_publish: bool
    tag: str
    publication: PublicationRow | None


@dataclass(frozen=True, slots=True)
class PendingRow:
    """An achievement with something to publish."""

    id: UUID
    key: str
    name: str
    points: int
    is_new: bool
    changes: list[FieldChange]


@dataclass(frozen=True, slots=True)
class PendingChanges:
    """All that a game has to publish, with what is to be published at a time to come."""

    rows: list[PendingRow]
    tag: str
    publications: list[PublicationRow]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An entry of a history; `by` is an email or "the key Release", empty for Laurel itself or who is gone."""

    id: UUID
    name: str
    act_name: str
    by: str
    at: datetime
    due_time: str
    changes: list[FieldChange]
    detail: str
    is_restorable: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Entries, newest first; `older` is where the next page begins."""

    rows: list[HistoryRow]
    older: UUID | None


def time_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Return a time to come as its zone's clocks show it: "2 Dec 2026, 09:00 Berlin time"."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M} {zone_label(zone.key)}"


@composed
def _managed(game_id: UUID, achievement_id: UUID) -> QuerySet[Achievement]:
    return managed_achievements(Game(pk=game_id)).filter(pk=achievement_id)


@composed
def _pending(game_id: UUID) -> QuerySet[Achievement]:
    return pending_achievements(Game(pk=game_id))


@composed
def _publications(game_id: UUID) -> QuerySet[ScheduledPublication]:
    found = ScheduledPublication.objects.filter(game_id=game_id).select_related("achievement")
    return found.order_by("publish_at", "id")


@composed
def _game_entries(game_id: UUID, before: UUID) -> QuerySet[HistoryEntry]:
    found = HistoryEntry.objects.filter(game_id=game_id, pk__lt=before).select_related("achievement")
    return found.order_by("-id")[: ENTRIES_A_PAGE + 1]


@composed
def _entries(game_id: UUID, achievement_id: UUID, before: UUID) -> QuerySet[HistoryEntry]:
    found = HistoryEntry.objects.filter(game_id=game_id, achievement_id=achievement_id, pk__lt=before)
    return found.select_related("achievement").order_by("-id")[: ENTRIES_A_PAGE + 1]


def managed_achievement(game: Game, achievement_id: UUID) -> Achievement | None:
    """Return an achievement of a game with its draft. One query."""
    return _managed.first(game_id=game.id, achievement_id=achievement_id)


def draft_panel(achievement: Achievement, zone: ZoneInfo) -> DraftPanel:
    """Return what is drafted of an achievement of managed_achievement."""
    publication = getattr(achievement, "publication", None)
    return DraftPanel(
        changes=pending_changes(achievement),
        has_draft=draft_of(achievement) is not None,
        would_publish=would_publish(achievement),
        tag=edit_tag(achievement),
        publication=None if publication is None else _publication_row(publication, zone),
    )


def pending_changes_of(game: Game, zone: ZoneInfo) -> PendingChanges:
    """Return all that a game has to publish. Two queries."""
    rows = _pending.rows(game_id=game.id)
    return PendingChanges(
        rows=[_pending_row(row) for row in rows],
        tag=pending_tag(rows),
        publications=[_publication_row(row, zone) for row in _publications.rows(game_id=game.id)],
    )


def history_of(game: Game, achievement: Achievement | None, zone: ZoneInfo, *, before: UUID | None) -> HistoryPage:
    """Return the history of an achievement, or of a game's, in pages. Two queries."""
    where = {"game_id": game.id, "before": before or _LAST_ID}
    if achievement is None:
        found = _game_entries.rows(**where)
    else:
        found = _entries.rows(**where, achievement_id=achievement.id)
    shown = found[:ENTRIES_A_PAGE]
    return HistoryPage(_history_rows(shown, zone), shown[-1].id if len(found) > len(shown) else None)


def _pending_row(achievement: Achievement) -> PendingRow:
    content = drafted_content(achievement)
    return PendingRow(
        id=achievement.id,
        key=content.definition.key,
        name=content.definition.name,
        points=content.definition.points,
        is_new=not was_published(achievement),
        changes=pending_changes(achievement),
    )


def _publication_row(publication: ScheduledPublication, zone: ZoneInfo) -> PublicationRow:
    achievement = publication.achievement
    return PublicationRow(
        id=publication.id,
        name="" if achievement is None else achievement.name,
        time=time_in_words(publication.publish_at, zone),
        is_overdue=publication.publish_at + OVERDUE_AFTER <= now(),
        refusal=publication.refusal,
    )


def _history_rows(entries: Sequence[HistoryEntry], zone: ZoneInfo) -> list[HistoryRow]:
    names = names_of_callers({entry.by for entry in entries if entry.by})
    return [
        HistoryRow(
            id=entry.id,
            name="" if entry.achievement is None else entry.achievement.name,
            act_name=str(Act(entry.act).label),
            by=names.get(entry.by, ""),
            at=entry.at,
            due_time="" if entry.due_at is None else time_in_words(entry.due_at, zone),
            changes=_changes(entry.changes),
            detail=entry.detail,
            is_restorable=entry.definition is not None,
        )
        for entry in entries
    ]


def _changes(stored: Iterable[dict[str, object]]) -> list[FieldChange]:
    return [change_of(item) for item in stored]
