"""Writes of a game's sets, each under the game's lock."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, gettext_noop

from apps.core.errors import ConflictError, Flaw, InvalidError, NotFoundError
from apps.games.definitions.budget import lock_game, touch_game
from apps.games.definitions.definition import SetDefinition
from apps.games.definitions.rules import problems_of_set_definition, require
from apps.games.definitions.sets import definition_of_set, has_achievements, sets_by_key
from apps.games.models import AchievementSet, Game, SetKind


class SetKeyTakenError(ConflictError):
    code = "set_key_taken"
    detail = gettext_noop("Another set of this game has this key. Choose another.")


class SetInUseError(ConflictError):
    code = "set_in_use"
    detail = gettext_noop("Only a set without achievements can be deleted, and never the base set.")


@transaction.atomic
def create_set(*, game: Game, definition: SetDefinition, icon: str = "") -> AchievementSet:
    """Create a set at the end of the game's sets; `icon` is a storage name. Raises: InvalidError, SetKeyTakenError."""
    current = lock_game(game.id)
    require(problems_of_set_definition(definition))
    _require_free_key(current, definition.key)
    last = AchievementSet.objects.filter(game=current).aggregate(last=Max("position"))["last"]
    made = AchievementSet.objects.create(game=current, icon=icon, position=(last or 0) + 1, **asdict(definition))
    touch_game(current)
    return made


@transaction.atomic
def edit_set(*, achievement_set: AchievementSet, definition: SetDefinition, icon: str | None = None) -> AchievementSet:
    """Replace a set's definition; without a new icon it keeps its own. Nobody loses what they earned, or a crown.

    Raises: InvalidError, SetKeyTakenError, NotFoundError when it has been deleted.
    """
    game, current = _lock(achievement_set)
    require(problems_of_set_definition(definition, current))
    if definition.key != current.key:
        _require_free_key(game, definition.key)
    for name, value in asdict(definition).items():
        setattr(current, name, value)
    current.icon = current.icon if icon is None else icon
    current.save()
    touch_game(game)
    return current


@transaction.atomic
def amend_set(*, achievement_set: AchievementSet, changes: Mapping[str, Any]) -> AchievementSet:
    """Change some members of the definition, as edit_set does; the others keep their current values.

    What is no event any more has no times either.
    """
    _, current = _lock(achievement_set)
    base = definition_of_set(current)
    if changes.get("kind", SetKind.EVENT) != SetKind.EVENT:
        base = replace(base, opens_at=None, closes_at=None)
    return edit_set(achievement_set=current, definition=replace(base, **changes))


@transaction.atomic
def delete_set(*, achievement_set: AchievementSet) -> None:
    """Delete a set without achievements. Raises: SetInUseError."""
    game, current = _lock(achievement_set)
    if current.kind == SetKind.BASE or has_achievements(current):
        raise SetInUseError
    current.delete()
    touch_game(game)


@transaction.atomic
def order_sets(*, game: Game, keys: Sequence[str]) -> None:
    """Order the game's sets after the base set. Raises: InvalidError unless `keys` names each other set once."""
    current = lock_game(game.id)
    others = {key: item for key, item in sets_by_key(current.id).items() if item.kind != SetKind.BASE}
    if sorted(keys) != sorted(others):
        flaw = Flaw("/sets", "invalid", gettext("Name each set but the base set once."))
        raise InvalidError(flaw.detail, pointer=flaw.pointer, flaws=[flaw])
    for position, key in enumerate(keys, start=1):
        others[key].position = position
    AchievementSet.objects.bulk_update(others.values(), ["position"])
    touch_game(current)


@transaction.atomic
def move_set(*, achievement_set: AchievementSet, direction: Literal["up", "down"]) -> None:
    """Move a set one place among the game's sets after the base set."""
    game, current = _lock(achievement_set)
    keys = [key for key, item in sets_by_key(game.id).items() if item.kind != SetKind.BASE]
    if current.key in keys:
        place = keys.index(current.key)
        keys.insert(max(place - 1, 0) if direction == "up" else place + 1, keys.pop(place))
        order_sets(game=game, keys=keys)


def _require_free_key(game: Game, key: str) -> None:
    if AchievementSet.objects.filter(game=game, key=key).exists():
        raise SetKeyTakenError(pointer="/key")


def _lock(achievement_set: AchievementSet) -> tuple[Game, AchievementSet]:
    """Return the game, locked, and the set as read under that lock."""
    game = lock_game(achievement_set.game_id)
    current = AchievementSet.objects.filter(pk=achievement_set.pk, game=game).first()
    if current is None:
        raise NotFoundError
    return game, current
