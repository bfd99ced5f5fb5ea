"""Applies an import as previewed, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from apps.core.errors import ConflictError, InvalidError
from apps.games.actions.achievements import new_achievement, next_position
from apps.games.actions.publishing import archive_rows, make_live
from apps.games.actions.sets import create_set, edit_set
from apps.games.definitions import history
from apps.games.definitions.budget import lock_game, touch_game
from apps.games.definitions.content import Content, differences, drafted_content, with_drafts
from apps.games.definitions.drafts import ROWS_AT_ONCE, Drafted, save_drafts
from apps.games.definitions.sets import sets_by_key
from apps.games.formats.documents import Document
from apps.games.import_preview import ImportPlan, PlannedChange, PlannedCreation, PlannedSet, plan_import
from apps.games.models import Achievement, AchievementSet, AchievementState, Act, Game, HistoryEntry

Sets = Mapping[str, AchievementSet]
Progress = Callable[[int], None]


class ImportRefusedError(InvalidError):
    """The document has problems; `plan.problems` lists all of them."""

    code = "import_refused"

    def __init__(self, plan: ImportPlan) -> None:
        self.plan = plan
        super().__init__(plan.problems[0].detail, pointer=plan.problems[0].pointer, flaws=plan.problems)


class PlanChangedError(ConflictError):
    code = "plan_changed"
    detail = gettext_noop("The game changed since this preview. Look at it again before you apply it.")


@transaction.atomic
def import_achievements(
    *,
    game: Game,
    document: Document,
    publish: bool = False,
    fingerprint: str | None = None,
    by: str = "",
    progress: Progress = lambda count: None,
) -> ImportPlan:
    """Create and change a game's drafts as the document says, all or nothing, and return the result.

    What the plan says goes live is published with it, and so are states that the document changes. A second run
    changes nothing. `fingerprint` is that of the reviewed plan; `progress` is called with the number of sets and
    achievements after each chunk. Raises: ImportRefusedError, PlanChangedError, NotFoundError.
    """
    current = lock_game(game.id)
    plan = plan_import(current, document, publish=publish)
    if plan.problems:
        raise ImportRefusedError(plan)
    if fingerprint is not None and fingerprint != plan.fingerprint:
        raise PlanChangedError
    if plan.sets:
        _write_sets(current, plan.sets)
        progress(len(plan.sets))
    position, sets = next_position(current.id), sets_by_key(current.id)
    going_live = list[UUID]()
    for start in range(0, len(plan.created), ROWS_AT_ONCE):
        chunk = plan.created[start : start + ROWS_AT_ONCE]
        going_live += _create(current, chunk, sets, position + start, by)
        progress(len(chunk))
    for start in range(0, len(plan.changed), ROWS_AT_ONCE):
        chunk_of_changes = plan.changed[start : start + ROWS_AT_ONCE]
        going_live += _change(current, chunk_of_changes, sets, by)
        progress(len(chunk_of_changes))
    if going_live:
        make_live(current, list(_rows(current, going_live)), by=by)
    if plan.change_count:
        touch_game(current)
    return plan


def _write_sets(game: Game, planned: tuple[PlannedSet, ...]) -> None:
    existing = AchievementSet.objects.in_bulk([item.set_id for item in planned if item.set_id])
    for item in planned:
        if item.set_id is None:
            create_set(game=game, definition=item.definition)
        else:
            edit_set(achievement_set=existing[item.set_id], definition=item.definition)


def _create(game: Game, planned: Sequence[PlannedCreation], sets: Sets, position: int, by: str) -> list[UUID]:
    """Create drafts, and return the ids of those to publish."""
    contents = [Content(item.definition) for item in planned]
    rows = [
        new_achievement(game, content, sets[content.definition.set], position + offset)
        for offset, content in enumerate(contents)
    ]
    Achievement.objects.bulk_create(rows)
    history.store(
        history.entry_of(row, Act.CREATED, by=by, content=content) for row, content in zip(rows, contents, strict=True)
    )
    states = dict(zip((row.id for row in rows), (item.state for item in planned), strict=True))
    archive_rows(game, [row for row in rows if states[row.id] == AchievementState.ARCHIVED], by=by)
    return [row.id for row in rows if states[row.id] == AchievementState.PUBLISHED]


def _change(game: Game, planned: Sequence[PlannedChange], sets: Sets, by: str) -> list[UUID]:
    """Change drafts and archive, and return the ids of those to publish."""
    rows = {row.id: row for row in _rows(game, [item.achievement_id for item in planned])}
    drafts, entries = list[Drafted](), list[HistoryEntry]()
    for item in planned:
        row = rows[item.achievement_id]
        before = drafted_content(row)
        after = Content(item.definition, before.icon, before.icon_locked)
        if changes := differences(before, after):
            drafts.append(Drafted(row, after, sets[item.definition.set]))
            entries.append(history.entry_of(row, Act.EDITED, by=by, content=after, changes=changes))
    history.begin([item.achievement for item in drafts])
    save_drafts(drafts)
    history.store(entries)
    archived = [rows[item.achievement_id] for item in planned if item.is_archived]
    archive_rows(game, archived, by=by)
    return [item.achievement_id for item in planned if item.goes_live]


def _rows(game: Game, ids: Sequence[UUID]) -> QuerySet[Achievement]:
    return with_drafts(Achievement.objects.filter(game=game, pk__in=ids)).order_by("position", "id")
