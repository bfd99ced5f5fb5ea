"""Whatever is edited, published, scheduled, restored and archived, each caller sees what a plain replay says.

LAUREL_TEST_HISTORIES says how many random histories there are (2).
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.core.errors import ConflictError
from apps.games.actions import (
    amend_achievement,
    archive_achievement,
    create_achievement,
    discard_draft,
    move_achievement,
    publish_achievement,
    publish_changes,
    restore_version,
    schedule_publication,
)
from apps.games.actions.scheduling import publish_due
from apps.games.definitions.definition import AchievementDefinition
from apps.games.models import Achievement, HistoryEntry, Membership
from tests.conftest import Api
from tests.factories import make_account, make_game, make_key, make_set

pytestmark = pytest.mark.django_db

HISTORIES = int(os.environ.get("LAUREL_TEST_HISTORIES", "2"))
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
COUNT = 3
ITEMS = st.integers(0, COUNT - 1)
EDITS = st.one_of(
    st.tuples(st.just("name"), st.sampled_from(["Dawn", "Dusk", "Noon"])),
    st.tuples(st.just("points"), st.integers(0, 3)),
    st.tuples(st.just("set"), st.sampled_from(["base", "dlc"])),
    st.tuples(st.just("is_hidden"), st.booleans()),
)
HOURS = st.integers(1, 4)
ACTS = st.one_of(
    st.tuples(st.just("edit"), ITEMS, EDITS),
    st.tuples(st.sampled_from(["publish", "publish", "discard", "archive", "move"]), ITEMS, st.none()),
    st.tuples(st.just("schedule"), ITEMS, HOURS),
    st.tuples(st.just("restore"), ITEMS, st.integers(0, 9)),
    st.tuples(st.just("publish all"), st.none(), st.none()),
    st.tuples(st.just("schedule all"), st.none(), HOURS),
    st.tuples(st.just("wait"), st.none(), HOURS),
)


@dataclass
class Item:
    """An achievement as a plain replay has it; `versions` are what its history could restore."""

    drafted: AchievementDefinition
    live: AchievementDefinition | None = None
    state: str = "draft"
    due_at: datetime | None = None
    versions: list[AchievementDefinition] = field(default_factory=list)

    @property
    def is_pending(self) -> bool:
        return self.state != "published" or self.drafted != self.live

    def save(self, definition: AchievementDefinition) -> None:
        if definition != self.drafted:
            self.drafted = definition
            self.versions.append(definition)

    def publish(self) -> None:
        if self.is_pending:
            self.live, self.state, self.due_at = self.drafted, "published", None
            self.versions.append(self.drafted)

    def archive(self) -> None:
        self.state, self.due_at = "archived", None

    def schedule(self, at: datetime) -> bool:
        self.due_at = at if self.is_pending else self.due_at
        return self.is_pending

    def discard(self) -> bool:
        if self.live is None:
            return self.state != "draft"
        if self.drafted != self.live:
            self.save(self.live)
            self.due_at = None
        return True


@dataclass
class Replay:
    """A game as a plain replay has it."""

    items: list[Item]
    order: list[int]
    now: datetime = NOON
    due_at: datetime | None = None

    def take(self, act: str, number: int | None, value: Any) -> bool:
        """Replay an act, and return whether it is not refused."""
        if number is None:
            return self._take_of_all(act, value)
        item = self.items[number]
        acts: dict[str, Callable[[], bool | None]] = {
            "edit": lambda: item.save(replace(item.drafted, **dict([value]))),
            "publish": item.publish,
            "discard": item.discard,
            "archive": item.archive,
            "move": lambda: self._move_to_the_top(number),
            "schedule": lambda: item.schedule(self.now + timedelta(hours=value)),
            "restore": lambda: item.save(item.versions[value % len(item.versions)]),
        }
        return acts[act]() is not False

    def _take_of_all(self, act: str, hours: int | None) -> bool:
        pending = [item for item in self.items if item.is_pending and item.state != "archived"]
        if act == "wait":
            self._wait(timedelta(hours=hours or 0))
            return True
        if not pending:
            return False
        if act == "schedule all":
            self.due_at = self.now + timedelta(hours=hours or 0)
            return True
        self.due_at = None
        for item in pending:
            item.publish()
        return True

    def _wait(self, time: timedelta) -> None:
        self.now += time
        due = [(item.due_at, item) for item in self.items if item.due_at and item.due_at <= self.now]
        all_due = [(self.due_at, None)] if self.due_at and self.due_at <= self.now else []
        for due_at, item in sorted([*due, *all_due], key=lambda pair: pair[0]):
            if item is None:
                self._take_of_all("publish all", None)
                self.due_at = None
            elif item.due_at == due_at:
                item.publish()
                # What was published by something else before it is refused.
                item.due_at = None

    def _move_to_the_top(self, number: int) -> None:
        self.order.remove(number)
        self.order.insert(0, number)

    def listed(self, states: set[str], *, drafted: bool) -> list[tuple[Any, ...]]:
        shown = [self.items[number] for number in self.order if self.items[number].state in states]
        return [_shown(item.drafted if drafted else item.live) for item in shown]

    def managed(self) -> list[tuple[Any, ...]]:
        return sorted((item.state, _members(item.drafted), _members(item.live)) for item in self.items)


def _members(definition: AchievementDefinition | None) -> str:
    return repr(
        definition and (definition.key, definition.name, definition.points, definition.is_hidden, definition.set)
    )


def _shown(definition: AchievementDefinition | None) -> tuple[Any, ...]:
    assert definition is not None
    is_shown = not definition.is_hidden
    return (
        definition.key if is_shown else None,
        definition.name if is_shown else None,
        definition.points,
        definition.set,
    )


class World:
    """A game, and each caller who looks at it."""

    def __init__(self) -> None:
        self.game = make_game()
        make_set(self.game, key="dlc")
        editor = make_account()
        Membership.objects.create(studio=self.game.studio, account=editor, role="editor")
        client = Client()
        client.force_login(editor)
        self.callers = [Api(), Api(make_key(self.game))]
        self.tester, self.editor, self.portal = Api(make_key(self.game, "test")), Api(client=client), client
        definitions = [AchievementDefinition(f"ACH_{number}", f"No. {number}", number) for number in range(COUNT)]
        self.achievements = [create_achievement(game=self.game, definition=item) for item in definitions]

    def take(self, act: str, number: int | None, value: Any, now: datetime) -> bool:
        try:
            self._take(act, number, value, now)
        except ConflictError:
            return False
        return True

    def _take(self, act: str, number: int | None, value: Any, now: datetime) -> None:
        achievement = self.achievements[number or 0]
        target = achievement if number is not None else None
        acts: dict[str, Callable[[], object]] = {
            "edit": lambda: amend_achievement(achievement=achievement, changes=dict([value])),
            "publish": lambda: publish_achievement(achievement=achievement),
            "discard": lambda: discard_draft(achievement=achievement),
            "archive": lambda: archive_achievement(achievement=achievement),
            "move": lambda: move_achievement(achievement=achievement, direction="top"),
            "restore": lambda: self._restore(achievement, value),
            "publish all": lambda: publish_changes(game=self.game),
            "wait": lambda: None,
        }
        if act.startswith("schedule"):
            at = now + timedelta(hours=value)
            schedule_publication(game=self.game, achievement=target, publish_at=at)
            return
        acts[act]()

    def _restore(self, achievement: Achievement, value: int) -> None:
        entries = HistoryEntry.objects.filter(achievement=achievement, definition__isnull=False).order_by("id")
        entry = list(entries)[value % len(entries)]
        restore_version(achievement=achievement, entry_id=entry.id)

    def seen(self, caller: Api) -> list[tuple[Any, ...]]:
        rows = caller.get(f"games/{self.game.id}/achievements").json()["results"]
        return [(row["key"], row["name"], row["points"], row["set"]) for row in rows]

    def managed(self) -> list[tuple[Any, ...]]:
        rows = self.editor.get(f"manage/games/{self.game.id}/achievements").json()["results"]
        names = ("key", "name", "points", "hidden", "set")
        tuples = [[row and tuple(row[name] for name in names) for row in (row, row["live"])] for row in rows]
        return sorted((row["state"], repr(both[0]), repr(both[1])) for row, both in zip(rows, tuples, strict=True))

    def has_changes_page(self) -> bool:
        page = self.portal.get(f"/portal/games/{self.game.slug}/changes/").content.decode()
        return "Everything is live" not in page


@settings(
    # The simplest comes first, whatever the number, and each run draws the same.
    max_examples=HISTORIES + 1, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True, database=None, phases=[Phase.generate],
)  # fmt: skip
@given(acts=st.lists(ACTS, min_size=6, max_size=14))
def test_each_caller_sees_what_the_history_says_at_every_step(time_machine: Any, acts: list[Any]) -> None:
    time_machine.move_to(NOON, tick=False)
    world = World()
    first = [AchievementDefinition(f"ACH_{number}", f"No. {number}", number) for number in range(COUNT)]
    truth = Replay([Item(item, versions=[item]) for item in first], list(range(COUNT)))

    for act in acts:
        is_done = world.take(*act, truth.now)
        assert is_done == truth.take(*act), act
        time_machine.move_to(truth.now, tick=False)
        while publish_due.work():
            pass

        live = truth.listed({"published"}, drafted=False)
        assert [world.seen(caller) for caller in world.callers] == [live, live]
        assert world.seen(world.tester) == truth.listed({"published", "draft"}, drafted=True)
        assert world.managed() == truth.managed()
        pending = any(item.is_pending and item.state != "archived" for item in truth.items)
        assert world.has_changes_page() == pending
