"""Linking: a code shown in a game makes its player and the one who logs in the same person."""

import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from apps.core.clock import now
from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker
from apps.games.models import Achievement, Game
from apps.players.models import Account, Block, ExternalIdentity, Follow, Player
from apps.unlocks.merging import LOOKED_FOR, move_stragglers
from apps.unlocks.models import Unlock
from tests.conftest import Api
from tests.factories import (
    make_account,
    make_achievement,
    make_device,
    make_device_token,
    make_key,
    make_known,
    make_player,
)

pytestmark = pytest.mark.django_db
MERGED_HANDLE = "player-of-the-game"


@pytest.fixture
def guest(api: Api) -> Player:
    """Whom the game knows, and nobody logs in as."""
    made = api.put("players/by-external-id/steam-1", {"handle": MERGED_HANDLE, "region": "NA"})
    return Player.objects.get(pk=made.json()["id"])


@pytest.fixture
def person(as_player: Callable[[Player], Api], alice: Player) -> Api:
    return as_player(alice)


def code_for(api: Api, player: Player) -> str:
    return str(api.post(f"players/{player.id}/link-codes").json()["code"])


def link(person: Api, code: str) -> Any:
    return person.post("players/me/links", {"code": code})


def refuse(client: Any) -> None:
    raise ConnectionError


def standings() -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.handle, p.region = s.region, s.points, s.unlock_count FROM standing s"
            """ JOIN player p ON p.id = s.player_id WHERE s."window" = 'all'"""
        )
        return set(cursor.fetchall())


def counted() -> dict[Any, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT achievement_id, unlock_count FROM achievement_counter WHERE unlock_count <> 0")
        return dict(cursor.fetchall())


def progress_of(player: Player, achievement: Achievement, steps: int, **fields: Any) -> dict[str, Any]:
    ids = {"player_id": str(player.id), "achievement_id": str(achievement.id)}
    return {**ids, "verb": "increment", "steps": steps, **fields}


def test_what_a_guest_earned_becomes_the_persons(
    api: Api, person: Api, guest: Player, alice: Player, game: Game, relay: Callable[[], int], boards: None
) -> None:
    shared, own, new = (make_achievement(game, points=points) for points in (10, 20, 40))
    earlier = now() - timedelta(days=2)
    api.unlock(guest, shared, unlocked_at=earlier.isoformat())
    api.unlock(guest, new)
    api.unlock(alice, shared)
    api.unlock(alice, own)
    relay()

    response = link(person, code_for(api, guest))
    relay()

    assert (response.status_code, response.json()["handle"]) == (200, "alice")
    assert dict(Unlock.objects.values_list("achievement_id", "player_id")) == {
        item.id: alice.id for item in (shared, own, new)
    }
    assert Unlock.objects.get(achievement_id=shared.id).unlocked_at == earlier
    assert standings() == {("alice", True, 70, 3)}
    assert counted() == {shared.id: 1, own.id: 1, new.id: 1}
    board = api.get(f"leaderboards/{game.id}").json()["results"]
    assert [(row["player"]["handle"], row["points"]) for row in board] == [("alice", 70)]


def test_reports_and_readings_follow_the_old_id(
    api: Api, person: Api, guest: Player, alice: Player, achievement: Achievement, relay: Callable[[], int]
) -> None:
    link(person, code_for(api, guest))
    relay()

    earned = api.unlock(guest, achievement)
    token = api.post(f"players/{guest.id}/tokens").json()

    assert earned.status_code == 201
    assert Unlock.objects.get().player_id == alice.id
    assert api.get(f"players/{guest.id}").json()["handle"] == "alice"
    assert api.get("players/by-external-id/steam-1").json()["id"] == str(alice.id)
    assert token["player_id"] == str(alice.id)
    assert Api(token["token"]).get("players/me").json()["handle"] == "alice"
    assert [row["handle"] for row in api.get("players").json()["results"]] == ["alice"]


def test_progress_and_play_time_are_added_up(
    api: Api, person: Api, guest: Player, alice: Player, game: Game, relay: Callable[[], int]
) -> None:
    steps = make_achievement(game, kind="incremental", target=10)
    increment = progress_of(guest, steps, 4, request_id="once")
    api.post("achievements/progress", increment)
    api.post("achievements/progress", progress_of(alice, steps, 3, verb="set_at_least"))
    for player, seconds in ((guest, 600), (alice, 60)):
        api.post(f"players/{player.id}/playtime", {"session_id": "1", "seconds": seconds})

    link(person, code_for(api, guest))
    relay()
    again = api.post("achievements/progress", increment)

    assert again.json()["steps"] == 4
    (row,) = person.get("players/me/progress").json()["results"]
    assert row["steps"] == 4
    games = person.get("players/me/dashboard").json()["games"]
    assert [item["playtime_seconds"] for item in games] == [660]


def test_an_account_without_a_player_takes_the_guest_over(
    api: Api, as_account: Callable[[Account], Api], guest: Player
) -> None:
    account = make_account()

    response = link(as_account(account), code_for(api, guest))

    assert (response.status_code, response.json()["id"]) == (200, str(guest.id))
    guest.refresh_from_db()
    assert (guest.account_id, guest.merged_into_id) == (account.id, None)


def test_a_code_is_good_once_however_it_is_typed(api: Api, person: Api, guest: Player) -> None:
    code = code_for(api, guest)

    first = link(person, f" {code.lower().replace('-', ' ')} ")
    again = link(person, code)

    assert re.fullmatch("[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    assert first.status_code == 200
    assert (again.status_code, again.json()["code"]) == (404, "link_code_unknown")


def test_a_refused_code_is_used_up(
    api: Api, guest: Player, bob: Player, person: Api, as_player: Callable[[Player], Api]
) -> None:
    link(as_player(bob), code_for(api, guest))
    claimed = Player.objects.create(handle="claimed", display_name="C", region="EU", account=make_account())
    ExternalIdentity.objects.create(
        game_id=ExternalIdentity.objects.get().game_id, environment="live", external_id="2", player=claimed
    )
    code = code_for(api, claimed)

    refused, again = link(person, code), link(person, code)

    assert (refused.status_code, refused.json()["code"]) == (409, "player_claimed")
    assert again.json()["code"] == "link_code_unknown"
    assert Player.objects.get(pk=claimed.id).merged_into_id is None


def test_linking_oneself_again_changes_nothing(api: Api, person: Api, guest: Player, alice: Player) -> None:
    link(person, code_for(api, guest))

    again = link(person, code_for(api, alice))

    assert (again.status_code, again.json()["code"]) == (409, "already_linked")


def test_two_people_with_two_codes_of_one_guest(
    api: Api, person: Api, bob: Player, guest: Player, as_player: Callable[[Player], Api]
) -> None:
    first, second = code_for(api, guest), code_for(api, guest)

    assert link(person, first).status_code == 200
    # The guest is Alice now, and Alice logs in.
    assert link(as_player(bob), second).json()["code"] == "player_claimed"


def test_who_may_make_codes(
    api: Api, test_api: Api, guest: Player, alice: Player, game: Game, token_api: Callable[..., Api]
) -> None:
    assert token_api(guest, game).post(f"players/{guest.id}/link-codes").status_code == 201
    assert api.post(f"players/{alice.id}/link-codes").status_code == 404
    assert token_api(alice, game).post(f"players/{guest.id}/link-codes").status_code == 404
    assert test_api.post(f"players/{guest.id}/link-codes").json()["code"] == "live_key_needed"
    tester = token_api(guest, game, is_test=True)
    assert tester.post(f"players/{guest.id}/link-codes").json()["code"] == "live_key_needed"
    assert Api(make_key(game, scopes=["read"])).post(f"players/{guest.id}/link-codes").json()["code"] == "scope_missing"


def test_guessing_is_limited(person: Api) -> None:
    responses = [link(person, f"AAAA-{number:04}").status_code for number in range(40)]

    assert 429 in responses
    assert set(responses) == {404, 429}


def test_friends_and_blocks_move_along(
    api: Api, person: Api, guest: Player, alice: Player, bob: Player, charlie: Player
) -> None:
    Follow.objects.create(follower=bob, followed=guest)
    Follow.objects.create(follower=guest, followed=alice)
    Follow.objects.create(follower=alice, followed=charlie)
    Block.objects.create(blocker=charlie, blocked=guest)

    link(person, code_for(api, guest))

    assert set(Follow.objects.values_list("follower__handle", "followed__handle")) == {("bob", "alice")}
    assert set(Block.objects.values_list("blocker__handle", "blocked__handle")) == {("charlie", "alice")}


def test_what_was_recorded_in_the_moment_of_the_merger_follows(
    api: Api, person: Api, guest: Player, alice: Player, achievement: Achievement, relay: Callable[[], int]
) -> None:
    link(person, code_for(api, guest))
    relay()
    moment = now()
    Unlock.objects.create(
        player=guest, achievement=achievement, game=achievement.game, unlocked_at=moment, recorded_at=moment,
        definition_version=1, points=10, source=1,
    )  # fmt: skip

    assert move_stragglers() == 1
    relay()

    assert Unlock.objects.get().player_id == alice.id
    assert move_stragglers() == 0


def test_who_was_merged_before_goes_along(
    api: Api, person: Api, guest: Player, alice: Player, game: Game, relay: Callable[[], int], boards: None
) -> None:
    earned, more, in_flight = (make_achievement(game, points=points) for points in (10, 20, 40))
    first = make_known(make_player(handle="first-device", account=None), game)
    api.unlock(first, earned)
    tablet, phone = (Api(make_device_token(make_device(player, game))) for player in (first, guest))
    codes = [code_for(phone, guest), code_for(api, first)]
    joined = tablet.post("players/me/links", {"code": codes[0]})
    relay()

    link(person, code_for(api, guest))
    relay()
    later = [api.unlock(first, item).status_code for item in (more, earned, more)]
    moment = now()
    Unlock.objects.create(
        player=guest, achievement=in_flight, game=game, unlocked_at=moment, recorded_at=moment,
        definition_version=1, points=40, source=1,
    )  # fmt: skip
    swept = move_stragglers()
    relay()

    assert (joined.status_code, later, swept) == (200, [201, 200, 200], 1)
    assert dict(Unlock.objects.values_list("achievement_id", "player_id")) == {
        item.id: alice.id for item in (earned, more, in_flight)
    }
    assert standings() == {("alice", True, 70, 3)}
    # What was in flight has no event here, with which it would have been counted.
    assert counted() == {item.id: 1 for item in (earned, more)}
    assert api.get(f"players/{first.id}").json()["handle"] == "alice"
    page = person.client.get("/players/first-device/")
    assert (page.status_code, page["Location"]) == (301, "/players/alice/")
    assert tablet.get("players/me").json()["handle"] == "alice"
    assert link(person, codes[1]).json()["code"] == "already_linked"


def test_chains_of_mergers_from_before_end_at_their_last_player(alice: Player) -> None:
    last = make_player()
    middle = make_player(merged_into=last, merged_at=now() - timedelta(days=30))
    first = make_player(merged_into=middle, merged_at=now() - timedelta(days=40))
    zeroth = make_player(merged_into=first, merged_at=now() - timedelta(days=50))
    other = make_player(merged_into=alice, merged_at=now() - timedelta(days=30))
    migration = import_module("apps.players.migrations.0012_merged_once")

    with connection.cursor() as cursor:
        for statement in (migration.NOTE_MIDDLE, migration.FOLLOW):
            cursor.execute(statement)

    merged = {player.pk: player for player in Player.objects.exclude(merged_into=None)}
    assert {pk: player.merged_into_id for pk, player in merged.items()} == {
        middle.pk: last.pk, first.pk: last.pk, zeroth.pk: last.pk, other.pk: alice.pk
    }  # fmt: skip
    assert {pk for pk, player in merged.items() if player.merged_at and player.merged_at > now() - LOOKED_FOR} == {
        middle.pk, first.pk, zeroth.pk
    }  # fmt: skip


def test_what_the_old_id_earned_is_revoked_and_restored_by_it(
    api: Api, person: Api, guest: Player, game: Game, achievement: Achievement, relay: Callable[[], int], boards: None
) -> None:
    studio = Api(make_key(game, scopes=["unlocks:revoke"]))
    api.unlock(guest, achievement)
    link(person, code_for(api, guest))
    relay()

    body = {"player_id": str(guest.id), "reason": "A bug gave it away"}
    revoked = studio.post(f"manage/games/{game.id}/revocations", body).json()
    relay()
    gone = standings()
    studio.post(f"manage/games/{game.id}/revocations/{revoked['id']}/restore")
    relay()

    assert (revoked["unlock_count"], gone) == (1, set())
    assert standings() == {("alice", True, 10, 1)}


def test_what_was_revoked_before_comes_back_to_the_person(
    api: Api, person: Api, guest: Player, game: Game, achievement: Achievement, relay: Callable[[], int], boards: None
) -> None:
    studio = Api(make_key(game, scopes=["unlocks:revoke"]))
    api.unlock(guest, achievement)
    body = {"player_id": str(guest.id), "reason": "A bug gave it away"}
    revoked = studio.post(f"manage/games/{game.id}/revocations", body).json()
    link(person, code_for(api, guest))
    relay()

    studio.post(f"manage/games/{game.id}/revocations/{revoked['id']}/restore")
    relay()

    assert standings() == {("alice", True, 10, 1)}


def test_a_logged_in_player_mints_tokens_for_a_game(person: Api, game: Game, achievement: Achievement) -> None:
    game.achievements.update(setter="client")
    minted = person.post("players/me/tokens", {"game_id": str(game.id)}).json()

    earned = Api(minted["token"]).post(
        "achievements/unlock", {"player_id": minted["player_id"], "achievement_id": achievement.key}
    )

    assert earned.status_code == 201
    unknown = person.post("players/me/tokens", {"game_id": minted["player_id"]})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "game_not_found")


def test_without_redis_there_are_no_codes(api: Api, guest: Player) -> None:
    for _ in range(breaker.failures_max):
        with pytest.raises(redis.RedisUnavailableError):
            redis.run_with_breaker(refuse)

    response = api.post(f"players/{guest.id}/link-codes")

    assert (response.status_code, response.json()["code"]) == (503, "link_codes_unavailable")


def test_a_token_of_the_surviving_player_speaks_for_all_ids_that_lead_to_them(
    game: Game, alice: Player, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    device = Api(make_device_token(make_device(alice, game)))
    first, second = (make_player(merged_into=alice, merged_at=now()) for _ in range(2))
    strangers = [make_player(), make_player()]
    lamps = [make_achievement(game, setter="client") for _ in range(5)]

    def report(*players: Player) -> Any:
        unlocks = [
            {"player_id": str(player.id), "achievement_id": lamp.key}
            for player, lamp in zip(players, lamps, strict=False)
        ]
        return device.post("achievements/unlock/batch", {"unlocks": unlocks}).json()["results"]

    report(alice)
    with django_assert_num_queries(1):
        report(alice)
    with django_assert_num_queries(2):
        results = report(first, second, *strangers)
    alone = device.unlock(first, lamps[4])

    assert [item["status"] for item in results] == [200, 201, 404, 404]
    assert [item["error"]["code"] for item in results[2:]] == ["player_not_found"] * 2
    assert (alone.status_code, alone.json()["player_id"]) == (201, str(alice.id))
    assert set(Unlock.objects.values_list("player_id", "achievement_id")) == {
        (alice.id, lamps[number].id) for number in (0, 1, 4)
    }
