"""Writes of achievements, one at a time, each under the game's lock."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, gettext_noop

from apps.core.background.outbox import record
from apps.core.clock import now
from apps.core.errors import ConflictError, Flaw, InvalidError, NotFoundError
from apps.core.parsing.sentences import echoed
from apps.games.achievement_keys import fold_key, named
from apps.games.definitions.budget import lock_game, require_room, touch_game
from apps.games.definitions.definition import AchievementDefinition
from apps.games.definitions.rules import (
    NEXT_STATES,
    VERSIONED,
    problems_of_achievement,
    problems_of_edit,
    problems_of_set,
    require,
)
from apps.games.definitions.sets import is_counted, put_into, sets_by_key
from apps.games.events import AchievementArchived, BaseSetChanged
from apps.games.import_preview import definition_of
from apps.games.models import Achievement, AchievementSet, AchievementState, Game

Direction = Literal["up", "down", "top", "bottom"]


class KeyTakenError(ConflictError):
    code = "key_taken"
    detail = gettext_noop("Another achievement of this game has this key. Choose another.")


class WrongStateError(ConflictError):
    code = "wrong_state"


@transaction.atomic
def create_achievement(
    *, game: Game, definition: AchievementDefinition, icon: str = "", icon_locked: str = ""
) -> Achievement:
    """Create a draft at the end of the game's list; icons are storage names, as icons.store_icon returns them.

    Raises: InvalidError, KeyTakenError, BudgetExceededError.
    """
    current = lock_game(game.id)
    sets = sets_by_key(current.id)
    require([*problems_of_achievement(definition), *problems_of_set(definition, sets)])
    require_free_key(current.id, definition.key)
    require_room(current, sets[definition.set].id, definition.points)
    achievement = Achievement(game=current, icon=icon, icon_locked=icon_locked, position=next_position(current.id))
    apply_definition(achievement, definition, sets[definition.set])
    achievement.save(force_insert=True)
    touch_game(current)
    return achievement


@transaction.atomic
def edit_achievement(
    *,
    achievement: Achievement,
    definition: AchievementDefinition,
    icon: str | None = None,
    icon_locked: str | None = None,
) -> Achievement:
    """Replace an achievement's definition; without new icons it keeps its own. Earned unlocks and crowns don't change.

    The version goes up with the name, description, points or target. Raises: InvalidError, KeyTakenError,
    BudgetExceededError, NotFoundError when it has been deleted.
    """
    game, current = _lock(achievement)
    sets = sets_by_key(game.id)
    require([*problems_of_achievement(definition), *problems_of_set(definition, sets)])
    require(problems_of_edit(current, definition))
    require_free_key(game.id, definition.key, except_for=current.id)
    if current.state != AchievementState.ARCHIVED:
        require_room(game, sets[definition.set].id, definition.points, except_for=current.id)
    is_changed = any(getattr(current, member) != getattr(definition, member) for member in VERSIONED)
    was_counted = is_counted(current)
    apply_definition(current, definition, sets[definition.set])
    current.version += is_changed
    current.icon = current.icon if icon is None else icon
    current.icon_locked = current.icon_locked if icon_locked is None else icon_locked
    current.save()
    touch_game(game)
    if is_counted(current) != was_counted:
        record([BaseSetChanged(game.id)])
    return current


@transaction.atomic
def amend_achievement(*, achievement: Achievement, changes: Mapping[str, Any]) -> Achievement:
    """Change some members of the definition, as edit_achievement does; the others keep their current values.

    A new kind starts without a target unless one comes with it.
    """
    _, current = _lock(achievement)
    base = definition_of(current)
    if "kind" in changes:
        base = replace(base, target=None)
    return edit_achievement(achievement=current, definition=replace(base, **changes))


@transaction.atomic
def publish_achievement(*, achievement: Achievement) -> Achievement:
    """Let live keys unlock it and players see it; also restores an archived one. Repeating it changes nothing.

    Raises: BudgetExceededError when the points of an archived one have been used elsewhere.
    """
    game, current = _lock(achievement)
    if current.state == AchievementState.ARCHIVED:
        require_room(game, current.achievement_set_id, current.points)
    return _move_to(game, current, AchievementState.PUBLISHED)


@transaction.atomic
def archive_achievement(*, achievement: Achievement) -> Achievement:
    """Refuse new unlocks and keep existing ones; its points return to the budget."""
    game, current = _lock(achievement)
    return _move_to(game, current, AchievementState.ARCHIVED)


@transaction.atomic
def delete_achievement(*, achievement: Achievement) -> None:
    """Delete a draft. Raises: WrongStateError for one that players may have earned."""
    game, current = _lock(achievement)
    if current.state != AchievementState.DRAFT or current.published_at is not None:
        raise WrongStateError(gettext("Only drafts can be deleted. Archive this one; who earned it keeps it."))
    current.delete()
    touch_game(game)


@transaction.atomic
def move_achievement(*, achievement: Achievement, direction: Direction) -> None:
    """Move an achievement in the game's list; archived ones come after all others."""
    game, current = _lock(achievement)
    listed, shelved = _in_order(game)
    group = shelved if current.state == AchievementState.ARCHIVED else listed
    _shift(group, current.id, direction)
    _renumber(game, [*listed, *shelved])


@transaction.atomic
def order_achievements(*, game: Game, keys: Sequence[str]) -> None:
    """Order the game's drafts and published achievements; archived ones come after all of them.

    Raises: InvalidError unless `keys` names each of them once.
    """
    current = lock_game(game.id)
    listed, shelved = _in_order(current)
    by_key = {fold_key(row.key): row for row in listed}
    _require_each_once(keys, by_key)
    _renumber(current, [*(by_key[fold_key(key)] for key in keys), *shelved])


def apply_definition(
    achievement: Achievement, definition: AchievementDefinition, achievement_set: AchievementSet
) -> None:
    """Set the authored members of a row from its definition, and its set, without saving."""
    put_into(achievement, achievement_set)
    achievement.key = definition.key
    achievement.name = definition.name
    achievement.description = definition.description
    achievement.points = definition.points
    achievement.is_hidden = definition.is_hidden
    achievement.kind = definition.kind
    achievement.target = definition.target
    achievement.setter = definition.setter


def set_state(achievement: Achievement, state: str) -> None:
    """Set a row's state and the time of the change, without saving."""
    achievement.state = state
    achievement.archived_at = now() if state == AchievementState.ARCHIVED else None
    if state == AchievementState.PUBLISHED:
        achievement.published_at = achievement.published_at or now()


def next_position(game_id: UUID) -> int:
    last = Achievement.objects.filter(game_id=game_id).aggregate(last=Max("position"))["last"]
    return int(last or 0) + 1


def require_free_key(game_id: UUID, key: str, *, except_for: UUID | None = None) -> None:
    holder = named(Achievement.objects.filter(game_id=game_id), key).values_list("id", flat=True).first()
    if holder not in {None, except_for}:
        raise KeyTakenError(pointer="/key")


def _lock(achievement: Achievement) -> tuple[Game, Achievement]:
    """Return the game, locked, and the achievement as read under that lock."""
    game = lock_game(achievement.game_id)
    current = Achievement.objects.filter(pk=achievement.pk, game=game).select_related("achievement_set").first()
    if current is None:
        raise NotFoundError
    return game, current


def _in_order(game: Game) -> tuple[list[Achievement], list[Achievement]]:
    """Return the game's achievements in order, archived ones separately."""
    rows = Achievement.objects.filter(game=game).order_by("position", "id").only("id", "key", "state", "position")
    listed = [row for row in rows if row.state != AchievementState.ARCHIVED]
    return listed, [row for row in rows if row.state == AchievementState.ARCHIVED]


def _require_each_once(keys: Sequence[str], known: Mapping[str, Achievement]) -> None:
    flaws, seen = [], set[str]()
    for index, key in enumerate(keys):
        folded = fold_key(key)
        if folded not in known:
            flaws.append(
                Flaw(
                    f"/achievements/{index}",
                    "unknown",
                    gettext("The game has no {key} that could be moved.").format(key=echoed(key)),
                )
            )
        elif folded in seen:
            flaws.append(
                Flaw(f"/achievements/{index}", "duplicate", gettext("{key} is here twice.").format(key=echoed(key)))
            )
        seen.add(folded)
    flaws += [
        Flaw("/achievements", "missing", gettext("{key} is missing.").format(key=row.key))
        for folded, row in known.items()
        if folded not in seen
    ]
    if flaws:
        raise InvalidError(gettext("Name each draft and published achievement once."), flaws=flaws)


def _move_to(game: Game, achievement: Achievement, state: AchievementState) -> Achievement:
    if achievement.state == state:
        return achievement
    if state not in NEXT_STATES[achievement.state]:
        raise WrongStateError(
            gettext("An achievement that is {state} can't become {wanted}.").format(
                state=achievement.state, wanted=state
            )
        )
    set_state(achievement, state)
    achievement.save(update_fields=["state", "published_at", "archived_at"])
    touch_game(game)
    if state == AchievementState.ARCHIVED:
        record([AchievementArchived(game.id, achievement.id)])
    elif is_counted(achievement):
        record([BaseSetChanged(game.id)])
    return achievement


def _shift(rows: list[Achievement], moved_id: UUID, direction: Direction) -> None:
    position = next(index for index, row in enumerate(rows) if row.id == moved_id)
    targets = {"up": position - 1, "down": position + 1, "top": 0, "bottom": len(rows)}
    rows.insert(max(targets[direction], 0), rows.pop(position))


def _renumber(game: Game, rows: Sequence[Achievement]) -> None:
    moved = [row for number, row in enumerate(rows, start=1) if row.position != number]
    for number, row in enumerate(rows, start=1):
        row.position = number
    Achievement.objects.bulk_update(moved, ["position"])
    touch_game(game)
