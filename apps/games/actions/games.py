"""Writes of games."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_noop

from apps.core.errors import ConflictError, Flaw, InvalidError
from apps.core.parsing.sentences import at_least, at_most
from apps.games.definitions.budget import POINTS_BUDGET_MAX, lock_game, most_points_in_use, touch_game
from apps.games.definitions.definition import GameDefinition
from apps.games.definitions.rules import COLOURS, problems_of_game, require
from apps.games.definitions.sets import create_base_set
from apps.games.definitions.slugs import free_slug
from apps.games.definitions.trust_moves import changing_rules
from apps.games.models import Achievement, AchievementState, Game, Studio


class SlugTakenError(ConflictError):
    code = "slug_taken"
    detail = gettext_noop("Another game has this web address. Choose another.")


class SlugFixedError(ConflictError):
    code = "slug_fixed"
    detail = gettext_noop("A published game's web address can't change, because people link to it.")


class NothingPublishedError(ConflictError):
    code = "nothing_published"
    detail = gettext_noop("Publish at least one achievement first; players would find an empty page.")


@transaction.atomic
def create_game(*, studio: Studio, definition: GameDefinition, cover: str = "", points_budget: int = 1000) -> Game:
    """Create a game visible to its studio alone, with its base set; `cover` is a storage name.

    Raises: InvalidError, SlugTakenError.
    """
    require(problems_of_game(definition))
    _require_budget(points_budget, 0)
    game = Game(studio=studio, cover=cover, points_budget=points_budget)
    _apply(game, definition)
    game.slug = definition.slug or free_slug(Game, definition.name, fallback="game")
    _save(game, is_new=True)
    create_base_set(game)
    return game


@transaction.atomic
def edit_game(
    *, game: Game, definition: GameDefinition, cover: str | None = None, points_budget: int | None = None
) -> Game:
    """Replace a game's definition; an omitted cover or budget stays. Raises: InvalidError, SlugTakenError."""
    with changing_rules(game.id) as current:
        return _edit(current, definition, cover, points_budget)


def _edit(current: Game, definition: GameDefinition, cover: str | None, points_budget: int | None) -> Game:
    require_editable(current, definition, points_budget)
    current.points_budget = current.points_budget if points_budget is None else points_budget
    _apply(current, definition)
    current.slug = definition.slug or current.slug
    current.cover = current.cover if cover is None else cover
    _save(current, is_new=False)
    touch_game(current)
    return current


def require_editable(current: Game, definition: GameDefinition, points_budget: int | None) -> None:
    """Refuse a definition or budget that a game can't have. Call with the game locked.

    Raises: InvalidError, SlugFixedError.
    """
    require(problems_of_game(definition))
    if current.is_published and definition.slug not in {"", current.slug}:
        raise SlugFixedError(pointer="/slug")
    if points_budget is not None:
        _require_budget(points_budget, most_points_in_use(current.id))


@transaction.atomic
def amend_game(*, game: Game, changes: Mapping[str, Any], points_budget: int | None = None) -> Game:
    """Change some members of the definition, as edit_game does; the others keep their current values."""
    definition = replace(definition_of_game(lock_game(game.id)), **changes)
    return edit_game(game=game, definition=definition, points_budget=points_budget)


def definition_of_game(game: Game) -> GameDefinition:
    """Return the authored part of a game."""
    colours = {name: game.palette.get(name, "") for name in COLOURS}
    authored = ("name", "slug", "tagline", "description", "default_setter", "has_modes")
    columns = (*authored, "is_ranking_clients", "is_ranking_members")
    return GameDefinition(**{name: getattr(game, name) for name in columns}, **colours)


@transaction.atomic
def publish_game(*, game: Game) -> Game:
    """Show a game to everyone. Raises: NothingPublishedError."""
    with changing_rules(game.id) as current:
        require_publishable(current)
        return _set_published(current, is_published=True)


def require_publishable(game: Game) -> None:
    """Refuse a game that has nothing to show. Raises: NothingPublishedError."""
    if not Achievement.objects.filter(game=game, state=AchievementState.PUBLISHED).exists():
        raise NothingPublishedError


@transaction.atomic
def unpublish_game(*, game: Game) -> Game:
    """Hide a game and its boards from everyone but its studio, and refuse new reports; earned unlocks stay."""
    with changing_rules(game.id) as current:
        return _set_published(current, is_published=False)


def _set_published(game: Game, *, is_published: bool) -> Game:
    if game.is_published != is_published:
        game.is_published = is_published
        game.save(update_fields=["is_published"])
        touch_game(game)
    return game


def _require_budget(points_budget: int, used: int) -> None:
    if points_budget < 1:
        raise InvalidError.of(Flaw("/points_budget", *at_least(1)))
    if points_budget > POINTS_BUDGET_MAX:
        raise InvalidError.of(Flaw("/points_budget", *at_most(POINTS_BUDGET_MAX)))
    if points_budget < used:
        raise InvalidError(
            gettext("{used:,} points are in use; the budget can't be below that.").format(used=used),
            pointer="/points_budget",
        )


def _apply(game: Game, definition: GameDefinition) -> None:
    game.name = definition.name.strip()
    game.tagline = definition.tagline.strip()
    game.description = definition.description.strip()
    game.default_setter = definition.default_setter
    game.has_modes = definition.has_modes
    game.is_ranking_clients = definition.is_ranking_clients
    game.is_ranking_members = definition.is_ranking_members
    colours = {"accent": definition.accent, "accent_dark": definition.accent_dark}
    unchanged = {name: value for name, value in game.palette.items() if name not in colours}
    game.palette = unchanged | {name: value.lower() for name, value in colours.items() if value}


def _save(game: Game, *, is_new: bool) -> None:
    try:
        with transaction.atomic():
            game.save(force_insert=is_new)
    except IntegrityError as error:
        if "slug" in str(error):
            raise SlugTakenError(pointer="/slug") from error
        raise
