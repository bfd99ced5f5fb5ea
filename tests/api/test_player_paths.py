"""Every address with a player's id in it: what a stranger's key reaches there, and the ids of merged players."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from apps.core.api.auth.callers import Scope
from apps.core.clock import now
from apps.core.redis import client as redis
from apps.games.models import Achievement, Game
from apps.leaderboards.models import FinalPlace
from apps.players.models import Block, Follow, Player
from tests.api.test_auth_matrix import MATRIX, filled
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key, make_known, make_player

pytestmark = pytest.mark.django_db

Call = tuple[str, str]
LINK_CODES = ("players/{player_id}/link-codes", "POST")
CALLS: list[Call] = [
    (route, method)
    for route, methods in MATRIX.items()
    if "{player_id}" in route or "{player}" in route
    for method in methods
]
FOR_KEYS = [(route, method) for route, method in CALLS if "K" in MATRIX[route][method][0]]
# Of anyone who plays, as unlocks are: what a key reports shows in its own game.
REPORTS = {("players/{player}/playtime", "POST")}
# Read by a game of its own reports alone.
OF_ITS_GAME = {("players/{player}/progress", "GET")}
BODIES = {"players/{player}/playtime": {"session_id": "1", "seconds": 60}}
SECRETS = {"token", "ticket", "ws_url", "stream_url"}


def call(caller: Api, route: str, method: str, game: Game, player: Player) -> Any:
    body = None if method in {"GET", "DELETE"} else BODIES.get(route, {})
    return caller.request(method, filled(route, game.id, player.id), body)


def outcome(response: Any) -> tuple[int, Any]:
    """Return status and body, without what is new in each response."""
    body = response.json() if response.content else None
    if response.status_code >= 400:
        return response.status_code, body["code"]
    return response.status_code, {name: value for name, value in (body or {}).items() if name not in SECRETS}


def tickets() -> list[Any]:
    return list(redis.client().keys("ticket:*")) + list(redis.client().keys("link-code:*"))


def each(calls: list[Call], call: Callable[[str, str], Any]) -> dict[Call, Any]:
    """Return what each call answers, made as if it were the only one."""
    found = {}
    for route, method in calls:
        with transaction.atomic():
            found[route, method] = call(route, method)
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("environment", ["live", "test"])
def test_a_strangers_key_gets_what_anyone_gets_and_nothing_more(game: Game, alice: Player, environment: Any) -> None:
    make_known(alice, game)
    stranger = Api(make_key(make_game(), environment, scopes=list(Scope)))

    got = each(FOR_KEYS, lambda route, method: outcome(call(stranger, route, method, game, alice)))

    anyones = each(FOR_KEYS, lambda route, method: outcome(call(Api(), route, method, game, alice)))
    for route, method in FOR_KEYS:
        let_in, _ = MATRIX[route][method]
        if environment == "test" and "k" not in let_in:
            assert got[route, method] == (403, "live_key_needed")
        elif "A" in let_in:
            assert got[route, method] == anyones[route, method]
        elif (route, method) not in REPORTS | OF_ITS_GAME:
            assert got[route, method][0] == 404, route
    assert tickets() == []


def test_a_player_who_hides_is_nowhere_for_a_strangers_key(game: Game) -> None:
    hidden = make_player(visibility="private")
    stranger = Api(make_key(make_game(), scopes=list(Scope)))

    got = each(FOR_KEYS, lambda route, method: call(stranger, route, method, game, hidden).status_code)

    assert got == {call: 201 if call in REPORTS else 404 for call in FOR_KEYS}
    assert tickets() == []


def test_a_test_key_acts_in_the_place_of_test_players_alone(game: Game, api: Api, test_api: Api) -> None:
    lived = api.put("players/by-external-id/1").json()["id"]
    tested = test_api.put("players/by-external-id/1").json()["id"]

    statuses = {
        (name, who): caller.post(f"players/{player_id}/{name}").status_code
        for name in ("socket-ticket", "tokens")
        for who, caller, player_id in (("live", api, tested), ("test", test_api, lived), ("own", test_api, tested))
    }

    assert {who: status for (_, who), status in statuses.items()} == {"live": 404, "test": 404, "own": 201}
    assert len(set(statuses.values())) == 2
    assert len(tickets()) == 1


def test_a_test_key_sees_of_a_live_player_what_anyone_sees(game: Game, api: Api, test_api: Api) -> None:
    lived = api.put("players/by-external-id/1").json()["id"]
    test_api.put("players/by-external-id/1")
    Player.objects.filter(pk=lived).update(visibility="private")
    calls = [(route, method) for route, method in FOR_KEYS if "k" in MATRIX[route][method][0]]

    got = each(calls, lambda route, method: call(test_api, route, method, game, Player(pk=lived)).status_code)

    assert got == dict.fromkeys(calls, 404)


def test_a_test_key_reads_no_results_of_a_live_player(
    api: Api, test_api: Api, game: Game, alice: Player, boards: None, relay: Callable[[], int]
) -> None:
    """Boards are public lists, which no key is needed for."""
    make_known(alice, game)
    earned, begun = make_achievement(game), make_achievement(game, kind="incremental", target=10)
    reads = [(route, "GET") for route, method in FOR_KEYS if method == "GET" and not route.startswith("leaderboards/")]

    def read(caller: Api) -> dict[Call, Any]:
        return each(reads, lambda route, method: outcome(call(caller, route, method, game, alice)))

    before = {caller: read(caller) for caller in (api, test_api)}
    api.unlock(alice, earned)
    progress = {"player_id": str(alice.id), "achievement_id": begun.key, "verb": "set_at_least", "steps": 3}
    assert api.post("achievements/progress", progress).status_code == 200
    relay()
    place = {"scope_id": game.id, "window": "week", "opened_on": date(2026, 11, 16), "region": "EU", "rank": 1}
    FinalPlace.objects.create(player_id=alice.id, **place, points=10, unlock_count=1, reached_at=now())
    after = {caller: read(caller) for caller in (api, test_api)}

    changed = {route for route, method in reads if after[api][route, method] != before[api][route, method]}
    assert changed >= {
        f"players/{{player}}/{name}"
        for name in ("dashboard", "games/{game_id}/completion", "medals", "progress", "statistics", "unlocks")
    }
    assert after[test_api] == before[test_api]
    assert {route for (route, _), found in after[test_api].items() if found == (403, "live_key_needed")} == {
        route for route, method in reads if "k" not in MATRIX[route][method][0]
    }


def test_nobody_acts_in_the_place_of_who_is_deactivated(api: Api, game: Game, alice: Player, bob: Player) -> None:
    for player, is_active in ((alice, False), (bob, True)):
        make_known(player, game)
        Player.objects.filter(pk=player.pk).update(account=make_account(is_active=is_active))
    acts = [f"players/{{}}/{name}" for name in ("tokens", "socket-ticket")]

    refused = [api.post(act.format(alice.id)) for act in acts]
    refused.append(api.get(f"leaderboards/{game.id}/friends?player_id={alice.id}"))

    assert [(response.status_code, response.json()["code"]) for response in refused] == [
        (403, "account_deactivated")
    ] * 3
    assert tickets() == []
    assert {api.post(act.format(bob.id)).status_code for act in acts} == {201}


@pytest.fixture
def guest(api: Api, as_player: Callable[[Player], Api], alice: Player, achievement: Achievement, relay: Any) -> Player:
    """Whom Alice was in a game, before she linked it; both had earned something."""
    make_achievement(achievement.game)
    made = Player.objects.get(pk=api.put("players/by-external-id/1", {"handle": "guest"}).json()["id"])
    api.unlock(made, achievement)
    relay()
    code = api.post(f"players/{made.id}/link-codes").json()["code"]
    assert as_player(alice).post("players/me/links", {"code": code}).status_code == 200
    relay()
    return made


@pytest.mark.parametrize("who", ["anyone", "key", "token", "herself", "another"])
def test_the_id_of_a_merged_player_is_whom_they_became(
    game: Game,
    guest: Player,
    alice: Player,
    bob: Player,
    boards: None,
    as_player: Callable[[Player], Api],
    token_api: Callable[..., Api],
    who: str,
) -> None:
    callers: dict[str, Callable[[], Api]] = {
        "anyone": Api,
        "key": lambda: Api(make_key(game, scopes=list(Scope))),
        "token": lambda: token_api(alice, game),
        "herself": lambda: as_player(alice),
        "another": lambda: as_player(bob),
    }
    caller = callers[who]()

    now = each(CALLS, lambda route, method: outcome(call(caller, route, method, game, alice)))
    before = each(CALLS, lambda route, method: outcome(call(caller, route, method, game, guest)))

    if now[LINK_CODES][0] == 201:
        now[LINK_CODES] = (409, "player_merged")
    assert before == now
    assert str(guest.id) not in str(before)


def test_a_rank_under_the_old_id_names_whom_the_player_became(
    api: Api, game: Game, guest: Player, alice: Player, boards: None
) -> None:
    for scope in (game.id, "global"):
        place = api.get(f"leaderboards/{scope}/players/{guest.id}")

        assert (place.status_code, place.json()["player"]["handle"], place.json()["rank"]) == (200, "alice", 1)


def test_who_was_followed_or_blocked_is_let_go_under_the_old_id(
    guest: Player, alice: Player, bob: Player, as_player: Callable[[Player], Api]
) -> None:
    him = as_player(bob)
    him.put(f"players/me/following/{guest.id}")
    followed = list(Follow.objects.values_list("followed_id", flat=True))

    let_go = him.delete(f"players/me/following/{guest.id}")
    him.put(f"players/me/blocks/{guest.id}")
    blocked = list(Block.objects.values_list("blocked_id", flat=True))
    him.delete(f"players/me/blocks/{guest.id}")

    assert (let_go.status_code, followed, blocked) == (204, [alice.id], [alice.id])
    assert (Follow.objects.count(), Block.objects.count()) == (0, 0)
