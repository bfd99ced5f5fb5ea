"""Creating, deleting and ordering achievements, each under the game's lock."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from apps.core.errors import Flaw, InvalidError
from apps.core.parsing.sentences import echoed
from apps.games.achievement_keys import fold_key
from apps.games.actions.drafts import WrongStateError, require_free_key
from apps.games.definitions import history
from apps.games.definitions.budget import lock_achievement, lock_game, require_room, touch_game
from apps.games.definitions.content import Content
from apps.games.definitions.definition import AchievementDefinition
from apps.games.definitions.drafts import write_content
from apps.games.definitions.rules import problems_of_achievement, problems_of_set, require
from apps.games.definitions.sets import sets_by_key
from apps.games.models import Achievement, AchievementSet, AchievementState, Act, Game

Direction = Literal["up", "down", "top", "bottom"]


@transaction.atomic
def create_achievement(
    *, game: Game, definition: AchievementDefinition, icon: str = "", icon_locked: str = "", by: str = ""
) -> Achievement:
    """Create a draft at the end of the game's list; icons are storage names, as icons.store_icon returns them.

    Raises: InvalidError, KeyTakenError, BudgetExceededError.
    """
    current = lock_game(game.id)
    sets = sets_by_key(current.id)
    require([*problems_of_achievement(definition), *problems_of_set(definition, sets)])
    require_free_key(current.id, definition.key)
    require_room(current, sets[definition.set].id, definition.points)
    content = Content(definition, icon, icon_locked)
    achievement = new_achievement(current, content, sets[definition.set], next_position(current.id))
    achievement.save(force_insert=True)
    history.store([history.entry_of(achievement, Act.CREATED, by=by, content=content)])
    touch_game(current)
    return achievement


@transaction.atomic
def delete_achievement(*, achievement: Achievement, expected: Collection[str] | None = None) -> None:
    """Delete what was never published. Raises: WrongStateError for what players may have earned."""
    game, current = lock_achievement(achievement, expected)
    if current.state != AchievementState.DRAFT or current.published_at is not None:
        raise WrongStateError(gettext("Only drafts can be deleted. Archive this one; who earned it keeps it."))
    current.delete()
    touch_game(game)


@transaction.atomic
def move_achievement(*, achievement: Achievement, direction: Direction) -> None:
    """Move an achievement in the game's list; archived ones come after all others."""
    game, current = lock_achievement(achievement)
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


def new_achievement(game: Game, content: Content, achievement_set: AchievementSet, position: int) -> Achievement:
    """Return a new draft, not stored yet; what it says is its version 1."""
    made = Achievement(game=game, position=position, version=0)
    write_content(made, content, achievement_set)
    return made


def next_position(game_id: UUID) -> int:
    last = Achievement.objects.filter(game_id=game_id).aggregate(last=Max("position"))["last"]
    return int(last or 0) + 1


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
