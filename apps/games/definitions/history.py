"""The history of definitions: who did what, and when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from apps.core.errors import NotFoundError
from apps.games.definitions.content import Content, FieldChange, live_content
from apps.games.models import Achievement, Act, Game, HistoryEntry


def entry_of(
    achievement: Achievement,
    act: Act,
    *,
    by: str,
    content: Content | None = None,
    changes: Iterable[FieldChange] = (),
    due_at: datetime | None = None,
) -> HistoryEntry:
    """Return a new entry, not stored yet, so that many are stored in one statement."""
    return HistoryEntry(
        game_id=achievement.game_id,
        achievement=achievement,
        act=act,
        by=by,
        due_at=due_at,
        changes=[asdict(change) for change in changes],
        definition=None if content is None else content.members(),
    )


def begin(achievements: Sequence[Achievement]) -> None:
    """Store what achievements say of which the history keeps nothing yet, before that changes. One query where all are.

    Entries without a definition, of publications to come, are no beginning: nothing can be restored from them.
    """
    entries = HistoryEntry.objects.filter(achievement__in=achievements, definition__isnull=False)
    known = set(entries.values_list("achievement_id", flat=True).distinct())
    new = [row for row in achievements if row.id not in known]
    store(entry_of(row, Act.FOUND, by="", content=live_content(row)) for row in new)


def store(entries: Iterable[HistoryEntry]) -> None:
    HistoryEntry.objects.bulk_create(entries)


def note_schedule(
    game: Game, achievement: Achievement | None, act: Act, *, by: str, due_at: datetime, detail: str = ""
) -> None:
    """Record what became of a publication at a time to come."""
    HistoryEntry.objects.create(game=game, achievement=achievement, act=act, by=by, due_at=due_at, detail=detail)


def restorable(entry: HistoryEntry, current: Content, sets: Collection[str], *, is_fixed: bool) -> Content:
    """Return an entry's content as it can be restored: what is fixed, and a set that is gone, stay as they are now.

    Raises: NotFoundError for an entry without a definition.
    """
    if entry.definition is None:
        raise NotFoundError
    members, now = dict(entry.definition), current.members()
    unchanged = ["set"] if members["set"] not in sets else []
    if is_fixed:
        unchanged += ["key", "kind", *(["target"] if members["kind"] != now["kind"] else [])]
    return Content.of(members | {name: now[name] for name in unchanged})


def change_of(stored: dict[str, object]) -> FieldChange:
    """Return a change as an entry stores it."""
    return FieldChange(str(stored["member"]), stored["before"], stored["after"])
