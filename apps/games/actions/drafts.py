"""Writes of drafts, each under the game's lock; of what is live they change nothing."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from apps.core.errors import ConflictError, NotFoundError
from apps.games.achievement_keys import named
from apps.games.definitions import history
from apps.games.definitions.budget import lock_achievement, require_room, touch_game
from apps.games.definitions.content import Content, differences, draft_of, drafted_content, live_content
from apps.games.definitions.definition import AchievementDefinition
from apps.games.definitions.drafts import Drafted, drop_drafts, save_drafts
from apps.games.definitions.rules import problems_of_achievement, problems_of_edit, problems_of_set, require
from apps.games.definitions.sets import sets_by_key
from apps.games.models import Achievement, AchievementState, Act, Game, HistoryEntry, ScheduledPublication


class KeyTakenError(ConflictError):
    code = "key_taken"
    detail = gettext_noop("Another achievement of this game has this key. Choose another.")


class WrongStateError(ConflictError):
    code = "wrong_state"


@transaction.atomic
def edit_achievement(
    *,
    achievement: Achievement,
    definition: AchievementDefinition,
    icon: str | None = None,
    icon_locked: str | None = None,
    by: str = "",
    expected: Collection[str] | None = None,
) -> Achievement:
    """Replace an achievement's draft; without new icons it keeps its own. Players see it once it is published.

    `by` is a caller's id, `expected` edit tags of which it must have one. Raises: InvalidError, KeyTakenError,
    BudgetExceededError, ChangedMeanwhileError, NotFoundError when it has been deleted.
    """
    game, current = lock_achievement(achievement, expected)
    before = drafted_content(current)
    after = Content(
        definition,
        before.icon if icon is None else icon,
        before.icon_locked if icon_locked is None else icon_locked,
    )
    _write(game, current, after, act=Act.EDITED, by=by)
    return current


@transaction.atomic
def amend_achievement(
    *,
    achievement: Achievement,
    changes: Mapping[str, Any],
    by: str = "",
    expected: Collection[str] | None = None,
) -> Achievement:
    """Change some members of the draft, as edit_achievement does; the others stay as they are drafted.

    A new kind starts without a target unless one comes with it.
    """
    _, current = lock_achievement(achievement, expected)
    base = drafted_content(current).definition
    if "kind" in changes:
        base = replace(base, target=None)
    return edit_achievement(achievement=current, definition=replace(base, **changes), by=by)


@transaction.atomic
def discard_draft(*, achievement: Achievement, by: str = "", expected: Collection[str] | None = None) -> Achievement:
    """Go back to what is live, and cancel the publication of the draft; without a draft nothing changes.

    Raises: WrongStateError for what was never published, BudgetExceededError where other drafts have taken the points
    that the draft left, ChangedMeanwhileError, NotFoundError.
    """
    game, current = lock_achievement(achievement, expected)
    if current.state == AchievementState.DRAFT:
        raise WrongStateError(gettext("It was never published, so there is nothing to go back to. Delete it instead."))
    if draft_of(current) is None:
        return current
    live = live_content(current)
    _require_room(game, current, current.achievement_set_id, live)
    drop_drafts([current])
    ScheduledPublication.objects.filter(achievement=current).delete()
    changes = differences(drafted_content(current), live)
    history.store([history.entry_of(current, Act.DISCARDED, by=by, content=live, changes=changes)])
    return current


@transaction.atomic
def restore_version(
    *, achievement: Achievement, entry_id: UUID, by: str = "", expected: Collection[str] | None = None
) -> Achievement:
    """Make the draft what the definition was after an entry of its history; players see it once it is published.

    What is fixed once published, and a set that is gone, stay as they are now. Raises: NotFoundError for an entry
    without a definition, and as edit_achievement does.
    """
    game, current = lock_achievement(achievement, expected)
    entry = HistoryEntry.objects.filter(pk=entry_id, achievement=current).first()
    if entry is None:
        raise NotFoundError
    is_fixed = current.state != AchievementState.DRAFT
    now, sets = drafted_content(current), sets_by_key(game.id)
    content = history.restorable(entry, now, sets, is_fixed=is_fixed)
    _write(game, current, content, act=Act.RESTORED, by=by)
    return current


def require_free_key(game_id: UUID, key: str, *, except_for: UUID | None = None) -> None:
    holder = named(Achievement.objects.filter(game_id=game_id), key).values_list("id", flat=True).first()
    if holder not in {None, except_for}:
        raise KeyTakenError(pointer="/key")


def _write(game: Game, current: Achievement, content: Content, *, act: Act, by: str) -> None:
    """Check and store a draft with its entry in the history, unless it is what is drafted already."""
    definition, sets = content.definition, sets_by_key(game.id)
    require([*problems_of_achievement(definition), *problems_of_set(definition, sets)])
    require(problems_of_edit(current, definition))
    require_free_key(game.id, definition.key, except_for=current.id)
    _require_room(game, current, sets[definition.set].id, content)
    changes = differences(drafted_content(current), content)
    if not changes:
        return
    history.begin([current])
    save_drafts([Drafted(current, content, sets[definition.set])])
    history.store([history.entry_of(current, act, by=by, content=content, changes=changes)])
    if current.state == AchievementState.DRAFT:
        touch_game(game)


def _require_room(game: Game, current: Achievement, set_id: UUID, content: Content) -> None:
    """Refuse a draft that the set has no points for; archived ones need them only once they are published again."""
    if current.state != AchievementState.ARCHIVED:
        require_room(game, set_id, content.definition.points, except_for=current.id)
