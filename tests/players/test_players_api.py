"""Players over HTTP: found, made by games, and what is between them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from apps.core.models import OutboxEntry
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.players.actions import block_player, follow_player
from apps.players.errors import PlayerNotFoundError
from apps.players.models import Block, ExternalIdentity, Follow, Player
from apps.players.queries import friends_of
from tests.conftest import Api
from tests.factories import make_game, make_key, make_known, make_player

AsPlayer = Callable[[Player], Api]


def handles(response: Any) -> list[str]:
    return [row["handle"] for row in response.json()["results"]]


def test_a_list_holds_public_players_by_handle(anonymous: Api, alice: Player, bob: Player, charlie: Player) -> None:
    make_player(handle="aaron", visibility="private")
    make_player(handle="abel", is_test=True)
    make_player(handle="abby", merged_into=alice)

    response = anonymous.get("players")

    assert handles(response) == ["alice", "bob", "charlie"]
    assert response.json()["results"][0]["region"] == "EU"
    assert handles(anonymous.get("players?q=BO")) == ["bob"]
    assert handles(anonymous.get("players?region=EU")) == ["alice", "charlie"]
    assert anonymous.get("players?region=XX").json()["errors"][0]["pointer"] == "region"


def test_pages_go_on_and_back_without_a_hole(anonymous: Api, db: None) -> None:
    for number in range(5):
        make_player(handle=f"page{number}")

    first = anonymous.get("players?page_size=2").json()
    second = anonymous.get(first["next"].partition("/api/v1/")[2]).json()
    third = anonymous.get(second["next"].partition("/api/v1/")[2]).json()
    back = anonymous.get(third["previous"].partition("/api/v1/")[2]).json()

    assert [[row["handle"] for row in page["results"]] for page in (first, second, third)] == [
        ["page0", "page1"],
        ["page2", "page3"],
        ["page4"],
    ]
    assert back["results"] == second["results"]
    assert (first["previous"], third["next"]) == (None, None)


@pytest.mark.parametrize("cursor", ["nonsense", "WyJhZnRlciIsImEiXQ~AAAA", "%00", "~"])
def test_a_tampered_cursor_is_refused(anonymous: Api, alice: Player, cursor: str) -> None:
    response = anonymous.get(f"players?cursor={cursor}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


def test_a_list_costs_one_query_whatever_its_length(
    anonymous: Api, alice: Player, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        anonymous.get("players")
    for number in range(50):
        make_player(handle=f"many{number}")
    with django_assert_num_queries(1):
        assert len(anonymous.get("players").json()["results"]) == 50


def test_a_player_by_id(anonymous: Api, alice: Player) -> None:
    response = anonymous.get(f"players/{alice.id}")

    assert response.status_code == 200
    assert response.json() | {"created_at": ""} == {
        "id": str(alice.id),
        "number": alice.number,
        "handle": "alice",
        "display_name": "Alice",
        "region": "EU",
        "avatar_url": None,
        "created_at": "",
    }
    assert anonymous.get(f"players/{uuid4()}").status_code == 404


def test_who_hides_is_found_by_those_they_let_in(
    anonymous: Api, as_player: AsPlayer, alice: Player, bob: Player, charlie: Player
) -> None:
    Player.objects.filter(pk=alice.pk).update(visibility="followers")
    Follow.objects.create(follower=alice, followed=bob)
    Block.objects.create(blocker=bob, blocked=charlie)

    assert anonymous.get(f"players/{alice.id}").json()["code"] == "player_not_found"
    assert as_player(bob).get(f"players/{alice.id}").status_code == 200
    assert as_player(charlie).get(f"players/{alice.id}").status_code == 404
    assert as_player(alice).get(f"players/{alice.id}").status_code == 200
    assert as_player(charlie).get(f"players/{bob.id}").status_code == 404


def test_a_merged_player_is_whom_they_became(anonymous: Api, alice: Player) -> None:
    shadow = make_player(merged_into=alice)

    assert anonymous.get(f"players/{shadow.id}").json()["id"] == str(alice.id)


def test_me_is_read_and_changed(as_player: AsPlayer, alice: Player) -> None:
    me = as_player(alice)

    changed = me.patch("players/me", {"display_name": "Alice L.", "time_zone": "Europe/Lisbon"})

    assert changed.status_code == 200
    assert me.get("players/me").json() == changed.json()
    assert (changed.json()["display_name"], changed.json()["visibility"]) == ("Alice L.", "public")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"time_zone": "Europe/Atlantis"}, "/time_zone"),
        ({"display_name": 5}, "/display_name"),
        ({"display_name": ""}, "/display_name"),
        ({"handle": "an other"}, "/handle"),
        ({"visibility": "secret"}, "/visibility"),
    ],
)
def test_a_wrong_change_changes_nothing(as_player: AsPlayer, alice: Player, body: Any, pointer: str) -> None:
    me = as_player(alice)
    before = me.get("players/me").json()

    response = me.patch("players/me", body)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)
    assert me.get("players/me").json() == before


def test_a_game_finds_or_creates_its_players(api: Api, game: Game) -> None:
    created = api.put("players/by-external-id/steam:7656", {"display_name": "Wren", "region": "OC"})
    found = api.put("players/by-external-id/steam:7656")

    assert (created.status_code, found.status_code) == (201, 200)
    assert found.json() == created.json()
    assert created.json()["handle"].startswith("player-")
    assert (created.json()["display_name"], created.json()["region"]) == ("Wren", "OC")
    assert created.json()["ignored"] == []
    assert api.get("players/by-external-id/steam:7656").json() | {"ignored": []} == created.json()
    assert api.get("players/by-external-id/nobody").json()["code"] == "external_id_unknown"


@pytest.mark.parametrize("environment", ["live", "test"])
def test_a_game_changes_what_it_sends_of_a_player_without_an_account(game: Game, environment: Any) -> None:
    caller = Api(make_key(game, environment))
    created = caller.put("players/by-external-id/1", {"handle": "wren", "display_name": "Wren", "region": "OC"}).json()

    renamed = caller.put("players/by-external-id/1", {"display_name": "Wren II"}).json()
    moved = caller.put("players/by-external-id/1", {"region": "AS", "handle": "wren-2"}).json()

    assert renamed == {**created, "display_name": "Wren II"}
    assert moved == {**renamed, "region": "AS", "handle": "wren-2"}
    assert caller.get("players/by-external-id/1").json()["handle"] == "wren-2"


def test_a_region_changed_by_a_game_moves_its_player_between_boards(
    api: Api, game: Game, achievement: Achievement, boards: None, relay: Callable[[], int]
) -> None:
    wren = Player.objects.get(pk=api.put("players/by-external-id/1", {"region": "OC"}).json()["id"])
    api.unlock(wren, achievement)
    relay()

    api.put("players/by-external-id/1", {"region": "AS"})
    relay()

    totals = [api.get(f"leaderboards/{game.id}?region={region}").json()["total_players"] for region in ("OC", "AS")]
    assert totals == [0, 1]


def test_nothing_is_written_when_a_game_sends_what_is_so(api: Api) -> None:
    body = {"display_name": "Wren", "region": "OC"}
    api.put("players/by-external-id/1", body)

    with CaptureQueriesContext(connection) as queries:
        api.put("players/by-external-id/1", body)

    assert [query["sql"] for query in queries if "UPDATE" in query["sql"]] == []
    assert OutboxEntry.objects.count() == 0


def test_an_account_keeps_its_values_and_the_game_learns_so(
    api: Api, game: Game, alice: Player, as_player: AsPlayer, relay: Callable[[], int]
) -> None:
    as_player(alice)
    make_known(alice, game)
    sent = {"region": "AS", "display_name": "Other", "handle": "other"}

    response = api.put(f"players/by-external-id/{ExternalIdentity.objects.get().external_id}", sent)

    assert response.status_code == 200
    assert response.json() | {"created_at": ""} == {
        "id": str(alice.id),
        "number": alice.number,
        "handle": "alice",
        "display_name": "Alice",
        "region": "EU",
        "avatar_url": None,
        "created_at": "",
        "ignored": ["handle", "display_name", "region"],
    }
    assert Player.objects.values_list("handle", "display_name", "region").get(pk=alice.pk) == ("alice", "Alice", "EU")
    assert OutboxEntry.objects.count() == 0


def test_a_taken_handle_changes_nothing_of_a_player(api: Api, alice: Player) -> None:
    created = api.put("players/by-external-id/9", {"handle": "wren"}).json()

    response = api.put("players/by-external-id/9", {"handle": "ALICE", "region": "AS"})

    assert (response.status_code, response.json()["code"]) == (409, "handle_taken")
    assert api.put("players/by-external-id/9").json() == created


def test_external_ids_of_games_and_of_tests_are_apart(api: Api, test_api: Api, game: Game) -> None:
    other = Api(make_key(make_game()))

    ids = {caller.put("players/by-external-id/1").json()["id"] for caller in (api, test_api, other)}

    assert len(ids) == 3
    assert Player.objects.filter(is_test=True).count() == 1


def test_a_taken_handle_creates_nobody(api: Api, alice: Player) -> None:
    response = api.put("players/by-external-id/9", {"handle": "ALICE"})

    assert (response.status_code, response.json()["code"]) == (409, "handle_taken")
    assert ExternalIdentity.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_those_who_create_at_once_one_does() -> None:
    game = make_game()
    token, start = make_key(game), Barrier(4)

    def create(_: int) -> tuple[int, str]:
        start.wait()
        try:
            response = Api(token).put("players/by-external-id/raced")
            return response.status_code, response.json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        responses = list(pool.map(create, range(4)))

    assert sorted(status for status, _ in responses) == [200, 200, 200, 201]
    assert len({player_id for _, player_id in responses}) == 1


def test_a_token_acts_for_its_player(api: Api, game: Game) -> None:
    player_id = api.put("players/by-external-id/7").json()["id"]

    minted = api.post(f"players/{player_id}/tokens")

    assert minted.status_code == 201
    assert (minted.json()["expires_in"], minted.json()["game_id"]) == (3600, str(game.id))
    assert Api(minted.json()["token"]).get("players/me").json()["id"] == player_id
    assert Api(minted.json()["token"] + "x").get("players/me").json()["code"] == "invalid_token"


def test_a_token_is_minted_for_players_of_the_game_alone(api: Api, alice: Player) -> None:
    response = api.post(f"players/{alice.id}/tokens")

    assert (response.status_code, response.json()["code"]) == (404, "player_not_in_game")


def test_a_token_dies_with_its_key(api: Api, game: Game) -> None:
    player_id = api.put("players/by-external-id/7").json()["id"]
    token = api.post(f"players/{player_id}/tokens").json()["token"]
    game.api_keys.update(revoked_at="2026-01-01T00:00:00Z")

    from apps.games.auth import keys

    keys.cache.clear()

    assert Api(token).get("players/me").json()["code"] == "key_revoked"


def test_following_is_idempotent_and_listed(as_player: AsPlayer, alice: Player, bob: Player) -> None:
    me, path = as_player(alice), f"players/me/following/{bob.id}"

    assert [me.put(path).status_code for _ in range(2)] == [201, 200]
    assert handles(me.get("players/me/following")) == ["bob"]
    assert handles(as_player(bob).get("players/me/followers")) == ["alice"]
    assert [me.delete(path).status_code for _ in range(2)] == [204, 204]
    assert handles(me.get("players/me/following")) == []


def test_nobody_follows_themselves_or_the_unknown(as_player: AsPlayer, alice: Player) -> None:
    me = as_player(alice)

    assert me.put(f"players/me/following/{alice.id}").json()["code"] == "not_oneself"
    assert me.put(f"players/me/following/{uuid4()}").json()["code"] == "player_not_found"
    assert not Follow.objects.exists()


def test_a_block_ends_follows_both_ways(as_player: AsPlayer, alice: Player, bob: Player) -> None:
    Follow.objects.create(follower=alice, followed=bob)
    Follow.objects.create(follower=bob, followed=alice)
    me, other = as_player(alice), as_player(bob)

    assert me.put(f"players/me/blocks/{bob.id}").status_code == 204
    assert not Follow.objects.exists()
    assert other.put(f"players/me/following/{alice.id}").json()["code"] == "player_not_found"
    assert me.put(f"players/me/following/{bob.id}").json()["code"] == "player_not_found"
    assert handles(me.get("players/me/blocks")) == ["bob"]
    assert me.delete(f"players/me/blocks/{bob.id}").status_code == 204
    assert other.put(f"players/me/following/{alice.id}").status_code == 201


def test_friends_are_followed_and_visible(alice: Player, bob: Player, charlie: Player) -> None:
    hidden, mutual = make_player(visibility="private"), make_player(visibility="followers")
    for player in (bob, charlie, hidden, mutual):
        Follow.objects.create(follower=alice, followed=player)
    Follow.objects.create(follower=mutual, followed=alice)
    Block.objects.create(blocker=charlie, blocked=alice)

    assert sorted(friends_of(alice.id)) == sorted([bob.id, mutual.id])
    assert PLATFORM_ID not in friends_of(bob.id)


def test_a_change_with_a_session_needs_the_csrf_token(as_player: AsPlayer, alice: Player, bob: Player) -> None:
    me = as_player(alice)
    me.client.handler.enforce_csrf_checks = True

    response = me.put(f"players/me/following/{bob.id}")

    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert not Follow.objects.exists()


@pytest.mark.parametrize("external_id", ["x" * 101, "a%00b", "a%0ab"])
def test_an_odd_external_id_is_refused(api: Api, external_id: str) -> None:
    for response in (
        api.put(f"players/by-external-id/{external_id}"),
        api.get(f"players/by-external-id/{external_id}"),
    ):
        assert (response.status_code, response.json()["code"]) == (400, "external_id_invalid")
    assert not Player.objects.exists()


def test_a_key_knows_the_private_players_of_its_own_kind(api: Api, test_api: Api, game: Game) -> None:
    live, test = (caller.put("players/by-external-id/1").json()["id"] for caller in (api, test_api))
    Player.objects.update(visibility="private")

    seen = {
        (who, player_id): caller.get(f"players/{player_id}").status_code
        for who, caller in (("live", api), ("test", test_api))
        for player_id in (live, test)
    }

    assert seen == {("live", live): 200, ("live", test): 404, ("test", live): 404, ("test", test): 200}


def test_who_becomes_private_leaves_the_lists_of_others(as_player: AsPlayer, alice: Player, bob: Player) -> None:
    Follow.objects.create(follower=alice, followed=bob)
    Follow.objects.create(follower=bob, followed=alice)
    me = as_player(alice)
    Player.objects.filter(pk=bob.pk).update(visibility="private")

    assert handles(me.get("players/me/following")) == handles(me.get("players/me/followers")) == []
    assert me.put(f"players/me/blocks/{bob.id}").status_code == 204
    assert handles(me.get("players/me/blocks")) == []
    assert Block.objects.count() == 1


@pytest.mark.parametrize("path", ["players/me/following", "players/me/followers", "players/me/blocks"])
def test_lists_of_people_cost_the_same_at_one_and_at_fifty(
    as_player: AsPlayer, alice: Player, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def know(other: Player) -> None:
        Follow.objects.create(follower=alice, followed=other)
        Follow.objects.create(follower=other, followed=alice)
        Block.objects.create(blocker=alice, blocked=other)

    api = as_player(alice)
    know(make_player())
    with CaptureQueriesContext(connection) as at_one:
        assert len(api.get(path).json()["results"]) == 1
    for _ in range(49):
        know(make_player())

    with django_assert_num_queries(len(at_one)):
        assert len(api.get(path).json()["results"]) == 50


@pytest.mark.django_db(transaction=True)
def test_who_is_followed_and_blocked_at_once_is_not_followed_in_the_end() -> None:
    follower, blocker = make_player(), make_player()
    start = Barrier(2)

    def act(is_follow: bool) -> None:
        start.wait()
        try:
            if is_follow:
                follow_player(follower_id=follower.id, followed_id=blocker.id)
            else:
                block_player(blocker_id=blocker.id, blocked_id=follower.id)
        except PlayerNotFoundError:
            assert is_follow
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            list(pool.map(act, [True, False]))
            assert not Follow.objects.exists()
            Block.objects.all().delete()
