"""The rules for definitions, checked by every action and by the import preview."""

import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, gettext_lazy

from apps.core.errors import Flaw, InvalidError
from apps.core.parsing.names import problem_with_name, problem_with_text
from apps.core.parsing.sentences import (
    NOT_AN_OBJECT,
    Mistake,
    at_least,
    echoed,
    mistake,
    sentence_of,
    too_long,
    unknown_member,
    wrong_type,
)
from apps.games.achievement_keys import fold_key
from apps.games.definitions.definition import AchievementDefinition, GameDefinition, SetDefinition
from apps.games.models import Achievement, AchievementKind, AchievementSet, AchievementState, Game, SetKind

Definition = AchievementDefinition | SetDefinition | GameDefinition

TARGET_MIN = 2
# Slugs that collide with pages: /portal/games/new/ and /leaderboards/global/.
RESERVED_SLUGS = frozenset({"new", "global"})
# What names a set in an address must not be a page beside it.
RESERVED_SET_KEYS = frozenset({"order"})
# The state machine; a return to draft would hide what players have earned.
NEXT_STATES: dict[str, frozenset[str]] = {
    AchievementState.DRAFT: frozenset({AchievementState.PUBLISHED, AchievementState.ARCHIVED}),
    AchievementState.PUBLISHED: frozenset({AchievementState.ARCHIVED}),
    AchievementState.ARCHIVED: frozenset({AchievementState.PUBLISHED}),
}
# Game code refers to the key and depends on the kind.
FIXED_ONCE_PUBLISHED = ("key", "kind")

NOT_A_COLOUR = gettext_lazy("Send a colour as #rrggbb.")
_colour = re.compile(r"#[0-9a-fA-F]{6}\Z")
COLOURS = ("accent", "accent_dark")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one member of a definition."""

    member: str
    code: str
    detail: str


def problems_of_achievement(definition: AchievementDefinition) -> list[Problem]:
    """Return every problem of a definition by itself, at most one per member."""
    columns = {name: value for name, value in asdict(definition).items() if name != "set"}
    problems = _text_problems(definition) + _model_problems(Achievement(**columns), definition)
    if definition.kind == AchievementKind.ONE_SHOT and definition.target is not None:
        problems.append(Problem("target", "invalid", gettext("Only incremental achievements have a target.")))
    if definition.kind == AchievementKind.INCREMENTAL and (definition.target or 0) < TARGET_MIN:
        problems.append(_problem_of_target(definition.target))
    return _first_of_each_member(problems)


def _problem_of_target(target: int | None) -> Problem:
    if target is not None:
        return Problem("target", *at_least(TARGET_MIN))
    detail = gettext("Give the number of steps it takes, {minimum} or more.").format(minimum=TARGET_MIN)
    return Problem("target", "invalid", detail)


def problems_of_edit(current: Achievement, definition: AchievementDefinition) -> list[Problem]:
    """Return the problems of replacing an existing achievement's definition with this one."""
    if current.state == AchievementState.DRAFT:
        return []
    return [
        Problem(
            member,
            "fixed",
            gettext("The {member} can't change once an achievement is published. Create another instead.").format(
                member=member
            ),
        )
        for member in FIXED_ONCE_PUBLISHED
        # Of both only the case may change, which no code depends on; kinds have no capitals.
        if fold_key(getattr(current, member)) != fold_key(getattr(definition, member))
    ]


def problems_of_set(definition: AchievementDefinition, sets: Collection[str]) -> list[Problem]:
    """Return the problem of naming a set that the game, with sets of these keys, does not have."""
    if definition.set in sets:
        return []
    return [
        Problem("set", "unknown", gettext("The game has no set with the key {key}.").format(key=echoed(definition.set)))
    ]


def problems_of_set_definition(definition: SetDefinition, current: AchievementSet | None = None) -> list[Problem]:
    """Return every problem of a set's definition, new or instead of the current one, at most one per member."""
    problems = _base_problems(definition, current)
    problems += _text_problems(definition) + _model_problems(AchievementSet(**asdict(definition)), definition)
    if definition.key != definition.key.lower() or definition.key in RESERVED_SET_KEYS:
        problems.append(
            Problem("key", "invalid", gettext("Use small letters, digits, - and _, and not the word order."))
        )
    return _first_of_each_member(problems + _time_problems(definition))


def _base_problems(definition: SetDefinition, current: AchievementSet | None) -> list[Problem]:
    """Return the problems of making a second base set, or of changing what the base set is."""
    is_base = current is not None and current.kind == SetKind.BASE
    fixed = gettext("A game has one base set, which stays its base set.")
    problems = []
    if is_base != (definition.kind == SetKind.BASE):
        problems.append(Problem("kind", "fixed", fixed))
    if is_base and current is not None and definition.key != current.key:
        problems.append(Problem("key", "fixed", fixed))
    return problems


def _time_problems(definition: SetDefinition) -> list[Problem]:
    if definition.kind != SetKind.EVENT:
        given = [name for name in ("opens_at", "closes_at") if getattr(definition, name) is not None]
        return [Problem(name, "invalid", gettext("Only events open and close.")) for name in given]
    opens_at, closes_at = definition.opens_at, definition.closes_at
    if opens_at is None or closes_at is None:
        missing = "opens_at" if opens_at is None else "closes_at"
        return [Problem(missing, "required", gettext("Say when the event opens and closes."))]
    if opens_at >= closes_at:
        return [Problem("closes_at", "invalid", gettext("An event closes after it opens."))]
    return []


def problems_of_game(definition: GameDefinition) -> list[Problem]:
    """Return every problem of a game's definition; an empty slug is allowed."""
    game = Game(
        name=definition.name,
        slug=definition.slug or "made-from-the-name",
        tagline=definition.tagline,
        description=definition.description,
        default_setter=definition.default_setter,
    )
    problems = _text_problems(definition) + _model_problems(game, definition)
    problems += problems_of_slug(definition.slug)
    for member in COLOURS:
        if (colour := getattr(definition, member)) and not _colour.match(colour):
            problems.append(Problem(member, "invalid", str(NOT_A_COLOUR)))
    return _first_of_each_member(problems)


def problems_of_slug(slug: str) -> list[Problem]:
    """Return the problems of a game's or studio's web address beside those of its characters."""
    if slug in RESERVED_SLUGS:
        detail = gettext("This web address is taken by a page of Laurel. Choose another.")
        return [Problem("slug", "reserved", detail)]
    if slug != slug.lower():
        return [Problem("slug", "invalid", gettext("Use small letters in the web address."))]
    return []


def problems_of_palette(palette: object) -> list[Problem]:
    """Return the problems of a game's colours as they are stored: an object, without those that a game has not."""
    if not isinstance(palette, dict):
        return [Problem("palette", *wrong_type(NOT_AN_OBJECT))]
    if not palette.keys() <= set(COLOURS):
        return [Problem("palette", *unknown_member(COLOURS))]
    if all(isinstance(colour, str) and _colour.match(colour) for colour in palette.values()):
        return []
    return [Problem("palette", "invalid", str(NOT_A_COLOUR))]


def require(problems: Iterable[Problem]) -> None:
    """Raise the problems, if any, as one InvalidError that states the first and points at each."""
    flaws = [Flaw(f"/{problem.member}", problem.code, problem.detail) for problem in problems]
    if flaws:
        raise InvalidError.of(*flaws)


def _text_problems(definition: Definition) -> list[Problem]:
    found = []
    called = "title" if isinstance(definition, SetDefinition) else "name"
    for field in fields(definition):
        text = getattr(definition, field.name)
        if isinstance(text, str) and field.name != called and (problem := _problem_of_text(field.name, text)):
            found.append(Problem(field.name, "invalid", problem))
    name = getattr(definition, called)
    if not name.strip():
        found.append(Problem(called, *mistake("blank")))
    elif problem := problem_with_name(name):
        found.append(Problem(called, "invalid", problem))
    return found


def _problem_of_text(member: str, text: str) -> str | None:
    is_line = member == "tagline"
    return (problem_with_name(text) if text else None) if is_line else problem_with_text(text)


def _model_problems(row: models.Model, definition: Definition) -> list[Problem]:
    authored = {field.name for field in fields(definition)}
    columns = {field.name for field in row._meta.fields}  # noqa: SLF001 - Django documents it
    try:
        row.clean_fields(exclude=columns - authored)
    except ValidationError as error:
        return [Problem(member, *_mistake_of(reasons[0])) for member, reasons in error.error_dict.items()]
    return []


def _mistake_of(error: ValidationError) -> Mistake:
    if error.code == "max_length" and error.params:
        return too_long(error.params["limit_value"])
    code = error.code or "invalid"
    return code, sentence_of(code, " ".join(error.messages))


def _first_of_each_member(problems: list[Problem]) -> list[Problem]:
    by_member: dict[str, Problem] = {}
    for problem in problems:
        by_member.setdefault(problem.member, problem)
    return list(by_member.values())
