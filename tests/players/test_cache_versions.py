"""Whatever changes what is cached of a player changes their version: each event, each module that writes, in time."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.core.background import outbox, wakeup
from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker
from apps.core.redis.cache_versions import EPOCH_KEY, VersionChange
from apps.games.models import Achievement, Game
from apps.leaderboards.events import CLOSED_KEY
from apps.players.cache_versions import PROFILES_KEY, OfPlayers, OfProfiles, key_of
from apps.players.models import Player
from apps.unlocks.revocations import restore_revocation, revoke_unlocks
from tests.conftest import Api
from tests.core.test_response_cache import empty_cache, get, wait_for_writes
from tests.factories import make_achievement, make_game, make_key, make_known
from tests.rules.test_house import ROOT
from tests.rules.test_writers import writes_in

__all__ = ["empty_cache"]

# Members of events that name no player.
OTHER_IDS = {"achievement_id", "game_id", "studio_id", "scope_id", "revocation_id"}
# Events that name players of whom nothing cached changes with them.
UNCHANGED = {
    "player_followed": "who follows whom is in no list of a player",
    "rank_overtaken": "places may be a minute old, as others' points move them all the time",
}
# The tables whose columns lists of a player show or depend on, with their models. Definitions have the games' versions,
# and shares of rarity may be a minute old.
SHOWN = {
    *("unlock", "unlock_archive", "hardcore_unlock", "progress", "player", "external_identity"),
    *("Unlock", "EarnedUnlock", "HardcoreUnlock", "Progress", "Player", "ExternalIdentity"),
}
NAMED_LATER = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:__(?:TABLE|HARDCORE|PREFIX|INTO)__|\{table\})")
SAVES = re.compile(r"\b(?:player|found|obj)\.save\(")
EVENT, TOUCHES = "an event that is OfPlayers", "touch_players"
NEW = "nothing is cached of who is new, or not known yet"
OTHER = "other tables, or what no list shows"
# Who writes them, and how the version follows.
WRITERS = {
    "analytics/counters/unlock_counts.py": OTHER,
    "core/database/numbering.py": OTHER,
    "demo/credentials.py": NEW,
    "demo/guests.py": NEW,
    "players/actions/deletion.py": EVENT,
    "players/actions/known_players.py": NEW,
    "players/actions/linking.py": EVENT,
    "players/actions/players.py": EVENT,
    "players/actions/rulings.py": EVENT,
    "players/admin.py": EVENT,
    "players/subscribers.py": EVENT,
    "unlocks/actions.py": OTHER,
    "unlocks/archive.py": "the view over both tables shows the same",
    "unlocks/idle_guests.py": EVENT,
    "unlocks/imports/runs.py": TOUCHES,
    "unlocks/merging.py": EVENT,
    "unlocks/merging_modes.py": EVENT,
    "unlocks/revocation_sql.py": EVENT,
    "unlocks/sql/earn_hardcore.sql": EVENT,
    "unlocks/sql/import_unlocks.sql": EVENT,
    "unlocks/sql/record_progress.sql": "_announce in unlocks/actions.py, as steps alone have no event",
    "unlocks/sql/record_unlocks.sql": EVENT,
}


@pytest.fixture
def to_redis() -> Iterator[Callable[[signal.Signals], None]]:
    """Send the server a signal."""
    pid = int(redis.client().info("server")["process_id"])
    yield lambda number: os.kill(pid, number)
    os.kill(pid, signal.SIGCONT)
    breaker.reset()


@pytest.fixture
def earned(game: Game, alice: Player) -> Callable[[], int]:
    """Read alice's unlocks with her game's key, and return how many there are."""
    make_known(alice, game)
    token = make_key(game)
    return lambda: len(get(f"/api/v1/players/{alice.id}/unlocks", token=token).json()["results"])


@pytest.mark.parametrize("kind", sorted(outbox._types.keys() - UNCHANGED.keys() - {"unlocks_imported"}))
def test_each_event_that_names_players_changes_their_versions(kind: str) -> None:
    cls = outbox._types[kind]
    ids = {f.name: uuid4() for f in fields(cls) if f.type in {UUID, tuple[UUID, ...]} and f.name not in OTHER_IDS}
    values = {
        f.name: (ids[f.name],) if f.type == tuple[UUID, ...] else ids.get(f.name, _example(f.type)) for f in fields(cls)
    }

    changed = {*cls(**values).version_keys()}

    assert set(map(key_of, ids.values())) == changed - {PROFILES_KEY, CLOSED_KEY}
    assert (PROFILES_KEY in changed) == issubclass(cls, OfProfiles)
    assert issubclass(cls, OfPlayers) == bool(ids)


def _example(kind: Any) -> Any:
    return {UUID: uuid4(), int: 1, str: "{}", bool: False}.get(kind, datetime.now(UTC))


def test_an_import_changes_the_versions_of_all_its_players() -> None:
    ids = [uuid4() for _ in range(3)]
    brought = outbox._types["unlocks_imported"](uuid4(), f"{{{','.join(map(str, ids))}}}", "{}", "{1,2,3}", "{}")  # type: ignore[call-arg]

    assert {*brought.version_keys()} == set(map(key_of, ids))


def test_each_module_that_writes_what_lists_show_says_how_versions_follow() -> None:
    found = set()
    for path in (ROOT / "apps").rglob("*"):
        if path.suffix in {".py", ".sql"} and "migrations" not in path.parts:
            text = path.read_text()
            is_saved = "players" in path.parts and SAVES.search(text)
            if SHOWN & {*writes_in(text)} or NAMED_LATER.search(text) or is_saved:
                found.add(path.relative_to(ROOT / "apps").as_posix())

    assert found <= WRITERS.keys()


@pytest.mark.django_db(transaction=True)
def test_who_unlocks_finds_it_in_the_list_before_redis_has_the_version(
    earned: Callable[[], int], game: Game, alice: Player, achievement: Achievement, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [earned() for _ in range(3)]
    wait_for_writes()
    monkeypatch.setattr(wakeup, "run_with_breaker", lambda operation: None)

    Api(make_key(game)).unlock(alice, achievement)

    assert before == [0] * 3
    assert [earned() for _ in range(3)] == [1] * 3
    VersionChange([key_of(alice.id)]).note_sent()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_hardcore_only", [False, True])
def test_who_restores_finds_it_in_the_list_before_redis_has_the_version(
    alice: Player, monkeypatch: pytest.MonkeyPatch, is_hardcore_only: bool
) -> None:
    mode_game = make_game(has_modes=True)
    key, achievement = make_key(mode_game), make_achievement(mode_game)
    path, query = f"/api/v1/games/{mode_game.id}/achievements", f"player_id={alice.id}"

    def seen() -> list[tuple[bool, bool]]:
        items = [get(path, query=query, token=key).json()["results"][0] for _ in range(3)]
        return [(item["unlocked_at"] is not None, item["hardcore_at"] is not None) for item in items]

    Api(key).unlock(alice, achievement, hardcore=True)
    wait_for_writes()
    earned = seen()
    revocation = revoke_unlocks(
        game=mode_game,
        player_id=alice.id,
        achievement_id=achievement.id,
        reason="x",
        revoked_by="x",
        is_hardcore_only=is_hardcore_only,
    )
    wait_for_writes()
    revoked = seen()
    # The change does not reach Redis in time.
    monkeypatch.setattr(wakeup, "run_with_breaker", lambda operation: None)

    restore_revocation(revocation_id=revocation.id, game=mode_game, restored_by="x")

    assert earned == seen() == [(True, True)] * 3
    assert revoked == [(is_hardcore_only, False)] * 3
    VersionChange([key_of(alice.id)]).note_sent()


@pytest.mark.django_db(transaction=True)
def test_the_relay_changes_the_version_that_a_killed_writer_left(
    earned: Callable[[], int],
    relay: Callable[[], int],
    boards: None,
    game: Game,
    alice: Player,
    achievement: Achievement,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    earned()
    before = redis.client().get(key_of(alice.id))
    # The process that wrote ends here.
    monkeypatch.setattr("apps.unlocks.actions.touch_players", lambda ids: [*ids])
    Api(make_key(game)).unlock(alice, achievement)
    left = redis.client().get(key_of(alice.id))

    relay()

    after = redis.client().get(key_of(alice.id))
    assert before == left != after
    assert earned() == 1


@pytest.mark.django_db(transaction=True)
def test_a_write_while_redis_is_down_is_in_the_list_when_it_is_back(
    earned: Callable[[], int],
    game: Game,
    alice: Player,
    achievement: Achievement,
    to_redis: Callable[[signal.Signals], None],
) -> None:
    [earned() for _ in range(3)]
    epoch = redis.client().get(EPOCH_KEY)
    to_redis(signal.SIGSTOP)

    assert Api(make_key(game)).unlock(alice, achievement).status_code == 201
    down = earned()
    to_redis(signal.SIGCONT)
    breaker.reset()
    back = [earned() for _ in range(3)]
    wait_for_writes()

    assert (down, back) == (1, [1] * 3)
    # Nor does any other process serve what it had.
    assert redis.client().get(EPOCH_KEY) != epoch
    assert earned() == 1
