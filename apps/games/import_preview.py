"""What importing a document would change in a game: computed, checked, and shown before anything is written."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext

from apps.core.errors import Flaw
from apps.core.parsing.sentences import echoed
from apps.games.achievement_keys import fold_key
from apps.games.definitions.budget import live_sentence, total_sentence
from apps.games.definitions.content import (
    FieldChange,
    definition_of,
    differences,
    drafted_content,
    live_content,
    was_published,
    with_drafts,
)
from apps.games.definitions.definition import AchievementDefinition, SetDefinition
from apps.games.definitions.rules import (
    NEXT_STATES,
    problems_of_achievement,
    problems_of_edit,
    problems_of_set,
    problems_of_set_definition,
)
from apps.games.definitions.sets import definition_of_set, sets_by_key
from apps.games.formats.documents import Document, DocumentItem
from apps.games.models import Achievement, AchievementState, Game


@dataclass(frozen=True, slots=True)
class PlannedCreation:
    definition: AchievementDefinition
    state: str


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A change of a draft, or of what is live where it goes live."""

    achievement_id: UUID
    definition: AchievementDefinition
    state: str
    changes: tuple[FieldChange, ...]
    goes_live: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """A set to create, or to change where it has an id."""

    set_id: UUID | None
    definition: SetDefinition


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A preview. With problems it can't be applied; `missing` are achievements the document lacks, left unchanged.

    Points are those of the set that has most, as each has the budget for itself.
    """

    problems: tuple[Flaw, ...]
    sets: tuple[PlannedSet, ...]
    created: tuple[PlannedCreation, ...]
    changed: tuple[PlannedChange, ...]
    unchanged: tuple[AchievementDefinition, ...]
    missing: tuple[AchievementDefinition, ...]
    points_before: int
    points_after: int
    points_budget: int

    @property
    def is_applicable(self) -> bool:
        return not self.problems and bool(self.change_count)

    @property
    def change_count(self) -> int:
        return len(self.sets) + len(self.created) + len(self.changed)

    @property
    def fingerprint(self) -> str:
        """Equal for two plans that make the same changes to the same achievements."""
        return hashlib.sha256(repr((self.sets, self.created, self.changed)).encode()).hexdigest()


def plan_import(game: Game, document: Document, *, publish: bool = False) -> ImportPlan:
    """Return the changes and the problems of applying the document to the game. Two queries.

    Changes go into drafts. `publish` makes them live, and publishes new achievements for which the document gives no
    state; a state that becomes published takes its draft along. Achievements are matched by key; new ones go to
    the end of the list in the document's order.
    """
    rows = with_drafts(Achievement.objects.filter(game=game)).order_by("position", "id")
    existing = {fold_key(row.key): row for row in rows}
    planner = _Planner(game, existing, _planned_sets(game, document), publish)
    for item in document.items:
        planner.add(item)
    return planner.plan(document)


@dataclass(frozen=True, slots=True)
class _Sets:
    """What becomes of a game's sets, and the titles by key of those it then has."""

    planned: tuple[PlannedSet, ...]
    titles: Mapping[str, str]
    problems: tuple[Flaw, ...]


def _planned_sets(game: Game, document: Document) -> _Sets:
    existing = sets_by_key(game.id)
    planned, problems = [], list[Flaw]()
    for item in document.sets:
        current = existing.get(item.key)
        before = SetDefinition("unnamed", "Unnamed") if current is None else definition_of_set(current)
        definition = replace(before, **item.members)  # type: ignore[arg-type]
        problems += [
            Flaw(item.pointers.get(problem.member, item.pointer), problem.code, problem.detail)
            for problem in problems_of_set_definition(definition, current)
        ]
        if current is None or definition != before:
            planned.append(PlannedSet(current.id if current else None, definition))
    named = [item.key for item in document.sets]
    problems += [
        Flaw(f"{item.pointer}/key", "duplicate", gettext("{key} is here twice.").format(key=echoed(item.key)))
        for index, item in enumerate(document.sets)
        if item.key in named[:index]
    ]
    titles = {key: row.title for key, row in existing.items()}
    titles |= {item.definition.key: item.definition.title for item in planned}
    return _Sets(tuple(planned), titles, tuple(problems))


class _Planner:
    def __init__(self, game: Game, existing: Mapping[str, Achievement], sets: _Sets, publish: bool) -> None:
        self._game = game
        self._sets = sets
        self._existing = existing
        self._publish = publish
        self._problems = list(sets.problems)
        self._created: list[PlannedCreation] = []
        self._changed: list[PlannedChange] = []
        self._unchanged: list[AchievementDefinition] = []

    def add(self, item: DocumentItem) -> None:
        current = self._existing.get(fold_key(item.key))
        definition = self._definition(item, current)
        state = self._state(item, current)
        self._check(item, definition, current, state)
        if current is None:
            self._created.append(PlannedCreation(definition, state))
            return
        if planned := _planned_change(current, definition, state, publish=self._publish):
            self._changed.append(planned)
        else:
            self._unchanged.append(definition)

    def plan(self, document: Document) -> ImportPlan:
        before, after = self._points(is_after=False), self._points(is_after=True)
        problems = [*document.problems, *self._problems]
        if document.game_slug not in {None, self._game.slug}:
            problems.append(Flaw("/game", "other_game", _of_other_game(document.game_slug or "", self._game.slug)))
        problems += self._problems_of_budget(after)
        named = {fold_key(item.key) for item in document.items}
        return ImportPlan(
            problems=_first_at_each_pointer(problems),
            sets=self._sets.planned,
            created=tuple(self._created),
            changed=tuple(self._changed),
            unchanged=tuple(self._unchanged),
            missing=tuple(drafted_content(row).definition for key, row in self._existing.items() if key not in named),
            points_before=max(before.values(), default=0),
            points_after=max(after.values(), default=0),
            points_budget=self._game.points_budget,
        )

    def _problems_of_budget(self, drafted: Counter[str]) -> list[Flaw]:
        """Return how a set would be over its budget: as all is drafted, or else in what is live."""
        budget = self._game.points_budget
        for totals, sentence in ((drafted, total_sentence), (self._live_points(), live_sentence)):
            for key, points in totals.most_common(1):
                if points > budget:
                    detail = sentence(self._sets.titles.get(key, key), budget, points)
                    return [Flaw("/achievements", "budget_exceeded", detail)]
        return []

    def _definition(self, item: DocumentItem, current: Achievement | None) -> AchievementDefinition:
        """Return the item's definition; gaps, already reported as problems, get placeholders."""
        if current is None:
            base = AchievementDefinition("ACH_UNNAMED", "Unnamed", 1, setter=self._game.default_setter)
        else:
            base = drafted_content(current).definition
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
        problems = [*problems_of_achievement(definition), *problems_of_set(definition, self._sets.titles)]
        if current is not None:
            problems += problems_of_edit(current, definition)
            if state != current.state and state not in NEXT_STATES[current.state]:
                detail = gettext("It is {state} and can't become {wanted}.").format(state=current.state, wanted=state)
                self._problems.append(Flaw(item.pointers["state"], "wrong_state", detail))
        for problem in problems:
            pointer = item.pointers.get(problem.member, item.pointer)
            self._problems.append(Flaw(pointer, problem.code, problem.detail))

    def _points(self, *, is_after: bool) -> Counter[str]:
        """Return the points of each set as all is drafted, before or after."""
        rows = {row.id: (drafted_content(row).definition, row.state) for row in self._existing.values()}
        if not is_after:
            return _points(rows.values())
        rows |= {item.achievement_id: (item.definition, item.state) for item in self._changed}
        return _points([*rows.values(), *((item.definition, item.state) for item in self._created)])

    def _live_points(self) -> Counter[str]:
        """Return the points of each set that are live afterwards."""
        rows = {row.id: (definition_of(row), row.state) for row in self._existing.values()}
        for item in self._changed:
            definition = item.definition if item.goes_live else rows[item.achievement_id][0]
            rows[item.achievement_id] = (definition, item.state)
        live = [*rows.values(), *((item.definition, item.state) for item in self._created)]
        return _points(item for item in live if item[1] == AchievementState.PUBLISHED)


def _planned_change(
    current: Achievement, definition: AchievementDefinition, state: str, *, publish: bool
) -> PlannedChange | None:
    """Return what becomes of an achievement, None where nothing does."""
    drafted = drafted_content(current)
    after = replace(drafted, definition=definition)
    state_changes = [FieldChange("state", current.state, state)] if state != current.state else []
    goes_live = state == AchievementState.PUBLISHED and (publish or bool(state_changes))
    before = live_content(current) if goes_live and was_published(current) else drafted
    changes = differences(before, after) + state_changes
    if not changes:
        # What is live stays, and a draft that differs from it goes, or it would be published later.
        goes_live, changes = False, differences(drafted, after)
    is_archived = state == AchievementState.ARCHIVED != current.state
    planned = PlannedChange(current.id, definition, state, tuple(changes), goes_live, is_archived)
    return planned if changes else None


def _of_other_game(other: str, slug: str) -> str:
    if not other:
        return gettext('Its "game" is empty, not {slug}. Leave out the member.').format(slug=slug)
    words = gettext("The document is of {other}, not of {slug}. Leave out the member.")
    return words.format(other=echoed(other), slug=slug)


def _points(rows: Iterable[tuple[AchievementDefinition, str]]) -> Counter[str]:
    """Return the points of each set, by its key."""
    points = Counter[str]()
    for definition, state in rows:
        points[definition.set] += definition.points if state != AchievementState.ARCHIVED else 0
    return points


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
