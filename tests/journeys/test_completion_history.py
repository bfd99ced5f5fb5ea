"""Whatever is defined, earned and revoked in whatever order, completion is the same everywhere, at every step.

What is shown is compared with a plain recomputation that replays all that happened from the beginning.
LAUREL_TEST_HISTORIES says how many random histories there are (1).
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.analytics.counters import game_totals
from apps.games.actions import amend_achievement, archive_achievement, publish_achievement
from apps.games.models import Achievement, Game
from apps.notifications.models import Notification
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from apps.unlocks.revocations import restore_revocation, revoke_unlocks
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_player, make_set

pytestmark = pytest.mark.django_db(transaction=True)

HISTORIES = int(os.environ.get("LAUREL_TEST_HISTORIES", "1"))
STEPS = 25
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
# A moment, what happened, and to what: ids of players and achievements, and values.
Fact = tuple[datetime, str, tuple[Any, ...]]


@dataclass
class Definition:
    """An achievement as it stands, and since when it has not counted, if it did once."""

    state: str = "draft"
    set_key: str = "base"
    stopped_at: datetime | None = None

    @property
    def is_counted(self) -> bool:
        return self.state == "published" and self.set_key == "base"


@dataclass
class Held:
    """A crown: since when, on which achievements, and whether it holds."""

    completed_at: datetime
    rests_on: frozenset[UUID]
    is_held: bool = True


@dataclass
class Truth:
    """What everything that happened adds up to."""

    definitions: dict[UUID, Definition] = field(default_factory=dict)
    earned: dict[UUID, dict[UUID, datetime]] = field(default_factory=dict)
    # All that a player was ever given.
    crowns: dict[UUID, list[Held]] = field(default_factory=dict)
    notices: dict[UUID, list[int]] = field(default_factory=dict)

    @property
    def counted(self) -> frozenset[UUID]:
        return frozenset(key for key, item in self.definitions.items() if item.is_counted)

    def share_of(self, player: UUID) -> tuple[int, int]:
        return len(self.counted & self.earned.get(player, {}).keys()), len(self.counted)

    def completed_at(self, player: UUID) -> datetime | None:
        """Return the time of the earliest crown that holds."""
        return min((held.completed_at for held in self.crowns.get(player, []) if held.is_held), default=None)


def replay(history: list[Fact]) -> Truth:
    """Recompute everything from all that happened."""
    truth = Truth()
    for moment, what, (key, *values) in history:
        if what == "defined":
            truth.definitions[key] = Definition(*values)
        elif what in {"published", "archived", "moved"}:
            define(truth.definitions[key], moment, what, values)
        else:
            follow_ledger(truth, moment, what, key, *values)
        crown(truth)
    return truth


def define(item: Definition, moment: datetime, what: str, values: list[str]) -> None:
    was_counted = item.is_counted
    if what == "moved":
        item.set_key = values[0]
    else:
        item.state = what
    if was_counted and not item.is_counted:
        item.stopped_at = moment
    elif item.is_counted or item.set_key == "base" != values[:1]:
        item.stopped_at = item.stopped_at if item.state == "archived" else None


def follow_ledger(truth: Truth, moment: datetime, what: str, player: UUID, changed: dict[UUID, datetime]) -> None:
    mine = truth.earned.setdefault(player, {})
    for achievement, unlocked_at in changed.items():
        if what == "revoked":
            mine.pop(achievement)
        else:
            mine.setdefault(achievement, unlocked_at)
    if what != "earned":
        for held in truth.crowns.get(player, []):
            held.is_held = all(item in mine and mine[item] <= held.completed_at for item in held.rests_on)


def crown(truth: Truth) -> None:
    for player, mine in truth.earned.items():
        if truth.counted and truth.counted <= mine.keys() and truth.completed_at(player) is None:
            if player not in truth.crowns:
                truth.notices.setdefault(player, []).append(len(truth.counted))
            truth.crowns.setdefault(player, []).append(Held(completed_at(truth, mine), truth.counted))


def completed_at(truth: Truth, mine: dict[UUID, datetime]) -> datetime:
    """Return since when the player has everything: the last unlock, or the last stop of something they lack."""
    stops = [item.stopped_at for key, item in truth.definitions.items() if key not in mine and not item.is_counted]
    return max([*(mine[key] for key in truth.counted), *(stop for stop in stops if stop is not None)])


class World:
    """A game with a base set and a DLC, two players, and what can happen to them."""

    def __init__(self, random: Random, clock: Any) -> None:
        self.random, self.clock, self.now = random, clock, NOON
        self.history: list[Fact] = []
        self.drafted: dict[UUID, str] = {}
        self.revoked: list[tuple[UUID, UUID, dict[UUID, datetime]]] = []
        self.game, self.players = make_game(), [make_player(account=make_account()) for _ in range(2)]
        self.dlc, self.bystander = make_set(self.game), make_player()
        self.achievements = [self._defined(number) for number in range(4)]

    def _defined(self, number: int) -> Achievement:
        in_base, state = number < 3, "published" if number != 2 else "draft"
        made = make_achievement(
            self.game,
            achievement_set=None if in_base else self.dlc,
            state=state,
            published_at=NOON if state == "published" else None,
        )
        self._note("defined", made.id, state, "base" if in_base else self.dlc.key)
        return made

    def step(self) -> None:
        self.now += timedelta(minutes=1)
        self.clock.move_to(self.now, tick=False)
        deeds: list[Callable[[], None]] = [self.earn] * 9 + [self.revoke] * 2 + [self.restore] * 2
        self.random.choice([*deeds, self.publish, self.archive, self.move])()

    def earn(self) -> None:
        player, achievement = self.random.choice(self.players), self._any()
        report = Report(self.game.id, player.id, achievement.id, None, None)
        (outcome,) = record_unlocks(reports=[report])
        if outcome.outcome == "unlocked":
            self._note("earned", player.id, {achievement.id: self.now})

    def revoke(self) -> None:
        player = self.random.choice(self.players)
        mine = replay(self.history).earned.get(player.id, {})
        if mine:
            achievement = self.random.choice(sorted(mine))
            done = revoke_unlocks(
                game=self.game, player_id=player.id, achievement_id=achievement, reason="", revoked_by="key:1"
            )
            gone = {achievement: mine[achievement]}
            self.revoked.append((done.id, player.id, gone))
            self._note("revoked", player.id, gone)

    def restore(self) -> None:
        if self.revoked:
            revocation, player, gone = self.revoked.pop(self.random.randrange(len(self.revoked)))
            restore_revocation(revocation_id=revocation, game=self.game, restored_by="key:1")
            self._note("restored", player, gone)

    def publish(self) -> None:
        achievement = self._any()
        publish_achievement(achievement=achievement)
        if achievement.id in self.drafted:
            self._note("moved", achievement.id, self.drafted.pop(achievement.id))
        self._note("published", achievement.id)

    def archive(self) -> None:
        achievement = self._any()
        archive_achievement(achievement=achievement)
        self._note("archived", achievement.id)

    def move(self) -> None:
        achievement = self._any()
        key = self.random.choice(["base", self.dlc.key])
        amend_achievement(achievement=achievement, changes={"set": key})
        achievement.refresh_from_db(fields=["state"])
        if achievement.state == "archived":
            # In the draft, until it comes back.
            self.drafted[achievement.id] = key
            return
        if achievement.state == "published":
            publish_achievement(achievement=achievement)
        self._note("moved", achievement.id, key)

    def _any(self) -> Achievement:
        return self.random.choice(self.achievements)

    def _note(self, what: str, *values: Any) -> None:
        self.history.append((self.now, what, values))


def shown(game: Game, player: Player, bystander: Player) -> Iterator[tuple[str, Any]]:
    """Say what each place shows of the player's completion, in the words of the truth."""
    anyone, own = Api(), Client()
    own.force_login(player.account)
    body = anyone.get(f"players/{player.id}/dashboard").json()
    (row,) = body["games"] or [None]
    yield "dashboard", row and (row["achievement_count"], row["total_achievements"], row["completion_percentage"])
    yield "crown", row and row["crown"] and datetime.fromisoformat(row["crown"]["completed_at"])
    yield "count of crowns", body["totals"]["completed_count"]
    body = anyone.get(f"players/{player.id}/games/{game.id}/completion").json()
    base = body["sets"][0]
    yield "API", (base["achievement_count"], base["total_achievements"], base["completion_percentage"])
    yield "crown of the API", body["crown"] and datetime.fromisoformat(body["crown"]["completed_at"])
    slots = anyone.get(f"players/{player.id}/statistics?game={game.id}").json()["results"]
    yield "statistics", slots[-1]["achievement_count"] if slots else None
    compared = anyone.get(f"compare?players={player.id},{bystander.id}").json()["games"]
    yield "comparison", compared and (compared[0]["sides"][0]["achievement_count"], compared[0]["total_achievements"])
    profile = own.get(f"/players/{player.handle}/").content.decode()
    yield "profile", numbers(r"(\d+) of (\d+) achievements?(?: and \d+ others?)?,", profile)
    page = own.get(f"/games/{game.slug}/").content.decode()
    yield (
        "game page",
        numbers(r'class="progress[^"]*" value="(\d+)" max="(\d+)" aria-label="Achievements earned"', page),
    )
    yield "crown on the page", "mine--completed" in page
    found = Notification.objects.filter(player=player, kind="game_completed").order_by("seq")
    yield "notices", [payload["achievement_count"] for payload in found.values_list("payload", flat=True)]


def numbers(pattern: str, text: str) -> tuple[int, ...] | None:
    found = re.search(pattern, text)
    return None if found is None else tuple(map(int, found.groups()))


def expected(truth: Truth, player: UUID) -> Iterator[tuple[str, Any]]:
    since, (earned, total) = truth.completed_at(player), truth.share_of(player)
    has_crown = since is not None
    has_played = bool(truth.earned.get(player))
    percentage = round(100 * earned / total, 2) if total else 0.0
    yield "dashboard", (earned, total, percentage) if has_played else None
    yield "crown", since if has_played else None
    yield "count of crowns", int(has_crown and has_played)
    yield "API", (earned, total, percentage)
    yield "crown of the API", since
    yield "statistics", earned if has_played else None
    yield "comparison", (earned, total) if has_played else []
    yield "profile", (earned, total) if has_played else None
    yield "game page", (earned, total)
    yield "crown on the page", has_crown
    yield "notices", truth.notices.get(player, [])


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_completion_is_what_the_history_says_at_every_step(
    seed: int, time_machine: Any, relay: Callable[[], int], boards: None
) -> None:
    time_machine.move_to(NOON, tick=False)
    world = World(Random(seed), time_machine)

    for _ in range(STEPS):
        world.step()
        relay()
        game_totals.refresh_when_due()

        truth = replay(world.history)
        for player in world.players:
            found = dict(shown(world.game, player, world.bystander))
            assert found == dict(expected(truth, player.id)), world.history
    # Some histories crown nobody; the first one does.
    assert truth.crowns or seed
