"""Making drafts live, and archiving, each under the game's lock."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from apps.core.background.outbox import record
from apps.core.errors import ConflictError
from apps.games.actions.drafts import WrongStateError
from apps.games.definitions import history
from apps.games.definitions.budget import (
    lock_achievement,
    lock_game,
    require_budget,
    require_tag,
    touch_game,
)
from apps.games.definitions.content import differences, drafted_content, live_content, was_published, would_publish
from apps.games.definitions.drafts import drop_drafts, save_rows, set_state, write_content
from apps.games.definitions.pending import pending_achievements, pending_tag
from apps.games.definitions.rules import NEXT_STATES, problems_of_achievement, require
from apps.games.definitions.sets import is_counted, sets_by_key
from apps.games.events import AchievementArchived, BaseSetChanged
from apps.games.models import Achievement, AchievementState, Act, Game, ScheduledPublication


class NothingToPublishError(ConflictError):
    code = "nothing_to_publish"
    detail = gettext_noop("There is nothing to publish: everything is live as it is drafted.")


@transaction.atomic
def publish_achievement(
    *,
    achievement: Achievement,
    by: str = "",
    due_at: datetime | None = None,
    expected: Collection[str] | None = None,
) -> Achievement:
    """Make its draft live, let live keys unlock it and players see it; also restores an archived one.

    Earned unlocks and crowns don't change. Without anything to publish nothing changes. Raises: InvalidError and
    BudgetExceededError for what has no room, ChangedMeanwhileError, NotFoundError.
    """
    game, current = lock_achievement(achievement, expected)
    if would_publish(current):
        make_live(game, [current], by=by, due_at=due_at)
        touch_game(game)
    return current


@transaction.atomic
def publish_changes(
    *,
    game: Game,
    achievement_ids: Collection[UUID] | None = None,
    by: str = "",
    due_at: datetime | None = None,
    expected: Collection[str] | None = None,
) -> list[Achievement]:
    """Make a game's drafts live, all or nothing: those named, or each new one and each with changes; return them.

    Archived ones stay archived unless they are named. `expected` are tags of all that the game has to publish.
    Raises: NothingToPublishError, InvalidError, BudgetExceededError, ChangedMeanwhileError.
    """
    current = lock_game(game.id)
    rows = list(pending_achievements(current, achievement_ids))
    if expected is not None:
        require_tag(pending_tag(rows if achievement_ids is None else pending_achievements(current)), expected)
    if not rows:
        raise NothingToPublishError
    make_live(current, rows, by=by, due_at=due_at)
    if achievement_ids is None:
        ScheduledPublication.objects.filter(game=current, achievement=None).delete()
    touch_game(current)
    return rows


@transaction.atomic
def archive_achievement(
    *, achievement: Achievement, by: str = "", expected: Collection[str] | None = None
) -> Achievement:
    """Refuse new unlocks and keep existing ones; its points return to the budget, its draft is kept.

    A publication of it that was to come is cancelled, which would bring it back.
    """
    game, current = lock_achievement(achievement, expected)
    if current.state == AchievementState.ARCHIVED:
        return current
    if AchievementState.ARCHIVED not in NEXT_STATES[current.state]:
        raise WrongStateError(gettext("It can't be archived while it is {state}.").format(state=current.state))
    archive_rows(game, [current], by=by)
    touch_game(game)
    return current


def make_live(game: Game, rows: Collection[Achievement], *, by: str, due_at: datetime | None = None) -> None:
    """Publish rows as they are drafted. Call with the game locked, then touch it. Raises: as publish_changes."""
    sets, were_counted = sets_by_key(game.id), [is_counted(row) for row in rows]
    history.begin(list(rows))
    entries = []
    for row in rows:
        before, after = live_content(row), drafted_content(row)
        require(problems_of_achievement(after.definition))
        changes = differences(before, after) if was_published(row) else []
        entries.append(history.entry_of(row, Act.PUBLISHED, by=by, content=after, changes=changes, due_at=due_at))
        write_content(row, after, sets[after.definition.set])
        set_state(row, AchievementState.PUBLISHED)
    save_rows(rows)
    drop_drafts(list(rows))
    require_budget(game)
    history.store(entries)
    if [is_counted(row) for row in rows] != were_counted:
        record([BaseSetChanged(game.id)])


def archive_rows(game: Game, rows: Iterable[Achievement], *, by: str) -> None:
    """Archive rows. Call with the game locked, then touch it."""
    archived = list(rows)
    history.begin(archived)
    for row in archived:
        set_state(row, AchievementState.ARCHIVED)
    save_rows(archived)
    ScheduledPublication.objects.filter(achievement__in=archived).delete()
    history.store(history.entry_of(row, Act.ARCHIVED, by=by) for row in archived)
    record([AchievementArchived(game.id, row.id) for row in archived])
