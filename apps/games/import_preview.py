"""What importing a document would change in a game: computed, checked, and shown before anything is written."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from uuid import UUID

from django.utils.translation import gettext

from apps.core.errors import Flaw
from apps.games.definitions.definition import AchievementDefinition
from apps.games.definitions.rules import NEXT_STATES, problems_of_achievement, problems_of_edit
from apps.games.formats.documents import Document, DocumentItem
from apps.games.models import Achievement, AchievementState, Game


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One member of an existing achievement, before and after."""

    member: str
    before: object
    after: object

    @property
    def label(self) -> str:
        return self.member.removeprefix("is_").capitalize()

    @property
    def before_text(self) -> str:
        return _in_words(self.before)

    @property
    def after_text(self) -> str:
        return _in_words(self.after)


@dataclass(frozen=True, slots=True)
class PlannedCreation:
    definition: AchievementDefinition
    state: str


@dataclass(frozen=True, slots=True)
class PlannedChange:
    achievement_id: UUID
    definition: AchievementDefinition
    state: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A preview. With problems it can't be applied; `missing` are achievements the document lacks, left unchanged."""

    problems: tuple[Flaw, ...]
    created: tuple[PlannedCreation, ...]
    changed: tuple[PlannedChange, ...]
    unchanged: tuple[AchievementDefinition, ...]
    missing: tuple[AchievementDefinition, ...]
    points_before: int
    points_after: int
    points_budget: int

    @property
    def is_applicable(self) -> bool:
        return not self.problems and bool(self.created or self.changed)

    @property
    def change_count(self) -> int:
        return len(self.created) + len(self.changed)

    @property
    def fingerprint(self) -> str:
        """Equal for two plans that make the same changes to the same achievements."""
        return hashlib.sha256(repr((self.created, self.changed)).encode()).hexdigest()


def definition_of(achievement: Achievement) -> AchievementDefinition:
    """Return the authored part of an achievement."""
    names = [item.name for item in fields(AchievementDefinition)]
    return AchievementDefinition(**{name: getattr(achievement, name) for name in names})


def plan_import(game: Game, document: Document, *, publish: bool = False) -> ImportPlan:
    """Return the changes and the problems of applying the document to the game. One query.

    `publish` publishes drafts for which the document gives no state. Achievements are matched by key; new ones go to
    the end of the list in the document's order.
    """
    existing = {row.key: row for row in Achievement.objects.filter(game=game).order_by("position", "id")}
    planner = _Planner(game, existing, publish)
    for item in document.items:
        planner.add(item)
    return planner.plan(document)


class _Planner:
    def __init__(self, game: Game, existing: Mapping[str, Achievement], publish: bool) -> None:
        self._game = game
        self._existing = existing
        self._publish = publish
        self._problems: list[Flaw] = []
        self._created: list[PlannedCreation] = []
        self._changed: list[PlannedChange] = []
        self._unchanged: list[AchievementDefinition] = []

    def add(self, item: DocumentItem) -> None:
        current = self._existing.get(item.key)
        definition = self._definition(item, current)
        state = self._state(item, current)
        self._check(item, definition, current, state)
        if current is None:
            self._created.append(PlannedCreation(definition, state))
            return
        changes = _differences(definition_of(current), definition)
        if state != current.state:
            changes.append(FieldChange("state", current.state, state))
        if changes:
            self._changed.append(PlannedChange(current.id, definition, state, tuple(changes)))
        else:
            self._unchanged.append(definition)

    def plan(self, document: Document) -> ImportPlan:
        before = _points((definition_of(row), row.state) for row in self._existing.values())
        after = self._points_after()
        problems = [*document.problems, *self._problems]
        if document.game_slug not in {None, self._game.slug}:
            detail = gettext("The document is of {other}, not of {slug}. Leave out the member.").format(
                other=document.game_slug, slug=self._game.slug
            )
            problems.append(Flaw("/game", "other_game", detail))
        if after > self._game.points_budget:
            detail = gettext("All together would have {points:,} points; the game's budget is {budget:,}.").format(
                points=after, budget=self._game.points_budget
            )
            problems.append(Flaw("/achievements", "budget_exceeded", detail))
        named = {item.key for item in document.items}
        return ImportPlan(
            problems=_first_at_each_pointer(problems),
            created=tuple(self._created),
            changed=tuple(self._changed),
            unchanged=tuple(self._unchanged),
            missing=tuple(definition_of(row) for row in self._existing.values() if row.key not in named),
            points_before=before,
            points_after=after,
            points_budget=self._game.points_budget,
        )

    def _definition(self, item: DocumentItem, current: Achievement | None) -> AchievementDefinition:
        """Return the item's definition; gaps, already reported as problems, get placeholders."""
        if current is None:
            base = AchievementDefinition("ACH_UNNAMED", "Unnamed", 1, setter=self._game.default_setter)
        else:
            base = definition_of(current)
        if "kind" in item.members:
            base = replace(base, target=None)
        return replace(base, **item.members)  # type: ignore[arg-type]

    def _state(self, item: DocumentItem, current: Achievement | None) -> str:
        state = current.state if current is not None else AchievementState.DRAFT
        if item.state is not None:
            return item.state
        return AchievementState.PUBLISHED if self._publish and state == AchievementState.DRAFT else state

    def _check(
        self, item: DocumentItem, definition: AchievementDefinition, current: Achievement | None, state: str
    ) -> None:
        problems = problems_of_achievement(definition)
        if current is not None:
            problems += problems_of_edit(current, definition)
            if state != current.state and state not in NEXT_STATES[current.state]:
                detail = gettext("It is {state} and can't become {wanted}.").format(state=current.state, wanted=state)
                self._problems.append(Flaw(item.pointers["state"], "wrong_state", detail))
        for problem in problems:
            pointer = item.pointers.get(problem.member, item.pointer)
            self._problems.append(Flaw(pointer, problem.code, problem.detail))

    def _points_after(self) -> int:
        touched = {change.achievement_id for change in self._changed}
        rest = [(definition_of(row), row.state) for row in self._existing.values() if row.id not in touched]
        created = [(item.definition, item.state) for item in self._created]
        changed = [(item.definition, item.state) for item in self._changed]
        return _points([*rest, *created, *changed])


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value in {None, ""} else str(value)


def _differences(before: AchievementDefinition, after: AchievementDefinition) -> list[FieldChange]:
    return [
        FieldChange(item.name, getattr(before, item.name), getattr(after, item.name))
        for item in fields(AchievementDefinition)
        if getattr(before, item.name) != getattr(after, item.name)
    ]


def _points(rows: Iterable[tuple[AchievementDefinition, str]]) -> int:
    return sum(definition.points for definition, state in rows if state != AchievementState.ARCHIVED)


def _first_at_each_pointer(problems: Sequence[Flaw]) -> tuple[Flaw, ...]:
    """Return one problem per pointer, in document order."""
    by_pointer: dict[str, Flaw] = {}
    for problem in problems:
        by_pointer.setdefault(problem.pointer, problem)
    return tuple(sorted(by_pointer.values(), key=lambda problem: _sort_key(problem.pointer)))


def _sort_key(pointer: str) -> list[tuple[int, str]]:
    """Return a sort key in which /achievements/9 comes before /achievements/10."""
    # isdigit alone is true of "²", which is no number.
    return [(int(part), "") if part.isascii() and part.isdigit() else (-1, part) for part in pointer.split("/")]
