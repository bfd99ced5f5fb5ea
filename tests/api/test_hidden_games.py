"""A game that was hidden again in every read of a player that names games, or reads one game: one table of who sees it.

Its keys see it everywhere. Members of its studio see it where they name it, its players' tokens where they read what is
their own, and nobody else sees it.
"""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from apps.analytics.counters import game_totals
from apps.core.api.auth.callers import Scope
from apps.core.clock import now
from apps.games.actions import publish_game, unpublish_game
from apps.games.models import Game
from apps.leaderboards.models import FinalPlace
from apps.players.models import Account, Player
from tests.api.test_auth_matrix import MATRIX, filled
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key, make_known, make_player, make_studio
from tests.unlocks.progress_calls import send

pytestmark = pytest.mark.django_db

# Without a game it has no names of games, and sums the player's own time.
NEEDS_GAME = "players/{player}/statistics"
# It names its game in the address.
OF_GAME = "players/{player}/games/{game_id}/completion"
READS = {
    *(route for route, methods in MATRIX.items() if route.startswith("players/{player}/") and "GET" in methods),
    "compare",
}
TAKE_GAME = READS - {"players/{player}/dashboard", "players/{player}/medals", OF_GAME}
CASES = {(route, False) for route in READS - {NEEDS_GAME}} | {(route, True) for route in TAKE_GAME}
NAMED = {("compare", True), (NEEDS_GAME, True), (OF_GAME, False)}
OWN = {case for case in CASES if case[0].rpartition("/")[2] in {"unlocks", "progress", "statistics"}} - {
    ("compare", True)
}
SEEN_WHILE_HIDDEN = {
    "its key": CASES,
    "a key of another game": set(),
    "a member": NAMED,
    "the player's token": OWN,
    "the player": set(),
    "anyone": set(),
}


@pytest.fixture
def owner() -> Account:
    return make_account()


@pytest.fixture
def callers(
    hidden: Game,
    owner: Account,
    alice: Player,
    as_account: Callable[[Account], Api],
    as_player: Callable[[Player], Api],
    token_api: Callable[..., Api],
) -> dict[str, Api]:
    return {
        "its key": Api(make_key(hidden, scopes=list(Scope))),
        "a key of another game": Api(make_key(make_game(), scopes=list(Scope))),
        "a member": as_account(owner),
        "the player's token": token_api(alice, hidden),
        "the player": as_player(alice),
        "anyone": Api(),
    }


@pytest.fixture
def hidden(owner: Account, alice: Player, relay: Callable[[], int]) -> Game:
    """A game in which Alice did everything there is, still published."""
    game = make_game(studio=make_studio(owner=owner))
    earned, started = make_achievement(game), make_achievement(game, kind="incremental", target=9)
    make_known(alice, game)
    key = Api(make_key(game, scopes=list(Scope)))
    assert key.unlock(alice, earned).status_code == 201
    assert send(key, alice, started, "set_at_least", steps=3).status_code == 200
    assert key.post(f"players/{alice.id}/playtime", {"session_id": "1", "seconds": 60}).status_code == 201
    columns = {"points": 10, "unlock_count": 1, "reached_at": now(), "region": "EU", "rank": 1}
    FinalPlace.objects.create(player_id=alice.id, scope_id=game.id, window="day", opened_on=date(2026, 1, 1), **columns)
    relay()
    return game


@pytest.fixture
def change(relay: Callable[[], int], django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """Change a game, with what follows after a moment: dashboards are cached until then."""

    def run(action: Callable[..., Game], game: Game) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            action(game=game)
            relay()
            game_totals.refresh_when_due()

    return run


def path_of(route: str, *, with_game: bool, game: Game, player: Player) -> str:
    parameters = [f"players={player.id},{make_player().id}"] if route == "compare" else []
    parameters += [f"game={game.id}"] if with_game else []
    return f"{filled(route, game.id, player.id)}?{'&'.join(parameters)}"


def shows(caller: Api, route: str, *, with_game: bool, game: Game, player: Player) -> bool:
    response = caller.get(path_of(route, with_game=with_game, game=game, player=player))
    body = response.json()
    if response.status_code == 200:
        return bool(body["results"]) if route == NEEDS_GAME else str(game.id) in response.content.decode()
    # Strangers read nobody's progress, and a game that they may not see can't be compared in.
    expected = "game_not_found" if route in {"compare", OF_GAME} else "player_not_found"
    assert (response.status_code, body["code"]) in {(404, expected), (401, "not_authenticated")}
    return False


def seen_by(caller: Api, game: Game, player: Player) -> set[tuple[str, bool]]:
    return {
        (route, with_game)
        for route, with_game in CASES
        if shows(caller, route, with_game=with_game, game=game, player=player)
    }


def test_who_sees_a_hidden_game_in_what_a_player_has(
    callers: dict[str, Api], hidden: Game, alice: Player, boards: None, change: Callable[..., None]
) -> None:
    before = {who: seen_by(caller, hidden, alice) for who, caller in callers.items()}
    change(unpublish_game, hidden)
    while_hidden = {who: seen_by(caller, hidden, alice) for who, caller in callers.items()}
    change(publish_game, hidden)

    assert while_hidden == SEEN_WHILE_HIDDEN
    assert {who: seen_by(caller, hidden, alice) for who, caller in callers.items()} == before
    assert before["its key"] == CASES


def test_its_keys_dashboard_has_what_was_earned_there(
    callers: dict[str, Api], hidden: Game, alice: Player, boards: None, change: Callable[..., None]
) -> None:
    path = f"players/{alice.id}/dashboard"
    before = callers["its key"].get(path).json()
    change(unpublish_game, hidden)

    # It counts on no platform board while it is not published.
    assert callers["its key"].get(path).json() == before | {"rank": None}
    assert [unlock["game"]["id"] for unlock in before["latest_unlocks"]] == [str(hidden.id)]
    assert (before["totals"]["game_count"], before["totals"]["playtime_seconds"]) == (1, 60)
    assert callers["anyone"].get(path).json()["totals"]["game_count"] == 0


def test_no_comparison_is_made_in_a_game_that_is_not_there(
    callers: dict[str, Api], hidden: Game, alice: Player, bob: Player
) -> None:
    paths = [f"compare?players={alice.id},{bob.id}&game={game_id}" for game_id in (uuid4(), hidden.id)]
    unpublish_game(game=hidden)

    def codes(who: str) -> list[str | int]:
        responses = [callers[who].get(path) for path in paths]
        return [response.json().get("code", response.status_code) for response in responses]

    for who in callers:
        of_hidden = 200 if who in {"its key", "a member"} else "game_not_found"
        assert codes(who) == ["game_not_found", of_hidden], who
