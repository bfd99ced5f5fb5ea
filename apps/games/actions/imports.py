"""Applies an import as previewed, in one transaction."""

from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils.translation import gettext_noop

from apps.core.background.outbox import record
from apps.core.errors import ConflictError, InvalidError
from apps.games.actions.achievements import apply_definition, next_position, set_state
from apps.games.actions.sets import create_set, edit_set
from apps.games.definitions.budget import lock_game, touch_game
from apps.games.definitions.rules import VERSIONED
from apps.games.definitions.sets import sets_by_key
from apps.games.events import AchievementArchived, BaseSetChanged
from apps.games.formats.documents import Document
from apps.games.import_preview import ImportPlan, PlannedChange, PlannedCreation, PlannedSet, plan_import
from apps.games.models import Achievement, AchievementSet, AchievementState, Game

# Rows a statement: well within its five seconds, and often enough to move a progress bar.
CHUNK_SIZE = 200
WRITTEN = (
    "key", "name", "description", "points", "is_hidden", "kind", "target", "setter",
    "state", "version", "published_at", "archived_at", "achievement_set", "set_kind", "left_base_at",
)  # fmt: skip

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
    progress: Progress = lambda count: None,
) -> ImportPlan:
    """Create and change a game's achievements as the document says, all or nothing, and return the result.

    A second run changes nothing. `fingerprint` is that of the reviewed plan; `progress` is called with the number of
    sets and achievements after each chunk. Raises: ImportRefusedError, PlanChangedError, NotFoundError.
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
    for start in range(0, len(plan.created), CHUNK_SIZE):
        chunk = plan.created[start : start + CHUNK_SIZE]
        _create(current, chunk, sets, position + start)
        progress(len(chunk))
    for start in range(0, len(plan.changed), CHUNK_SIZE):
        chunk_of_changes = plan.changed[start : start + CHUNK_SIZE]
        _change(chunk_of_changes, sets)
        progress(len(chunk_of_changes))
    if plan.change_count:
        touch_game(current)
        record([BaseSetChanged(current.id)])
    return plan


def _write_sets(game: Game, planned: tuple[PlannedSet, ...]) -> None:
    existing = AchievementSet.objects.in_bulk([item.set_id for item in planned if item.set_id])
    for item in planned:
        if item.set_id is None:
            create_set(game=game, definition=item.definition)
        else:
            edit_set(achievement_set=existing[item.set_id], definition=item.definition)


def _create(game: Game, planned: tuple[PlannedCreation, ...], sets: Sets, position: int) -> None:
    rows = []
    for offset, item in enumerate(planned):
        row = Achievement(game=game, position=position + offset)
        apply_definition(row, item.definition, sets[item.definition.set])
        set_state(row, item.state)
        rows.append(row)
    Achievement.objects.bulk_create(rows)


def _change(planned: tuple[PlannedChange, ...], sets: Sets) -> None:
    rows = Achievement.objects.in_bulk([item.achievement_id for item in planned])
    archived: list[Achievement] = []
    for item in planned:
        row = rows[item.achievement_id]
        row.version += any(change.member in VERSIONED for change in item.changes)
        apply_definition(row, item.definition, sets[item.definition.set])
        if item.state != row.state:
            set_state(row, item.state)
            archived += [row] if item.state == AchievementState.ARCHIVED else []
    Achievement.objects.bulk_update(rows.values(), WRITTEN)
    record([AchievementArchived(row.game_id, row.id) for row in archived])
