"""Revoking unlocks and restoring them: everything that counts follows, and comes back as it was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from apps.analytics.counters.completion_rates import refresh_completion_rates
from apps.core.api.auth.callers import Scope
from apps.core.background.relay import run_step
from apps.core.clock import now
from apps.core.redis import client as redis
from apps.games.models import Achievement, Game, Membership
from apps.leaderboards.repair.rebuild import rebuild_boards
from apps.players.models import Player
from apps.unlocks import revocations
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key
from tests.recompute import BEGINNING, UNLOCKS_TO_NOTIFY, board_differences, boards_of_ledger

COUNTED = {
    "unlock": "SELECT * FROM unlock ORDER BY player_id, achievement_id",
    "standing": 'SELECT * FROM standing ORDER BY player_id, scope_id, "window", opened_on',
    "progress": "SELECT * FROM progress ORDER BY player_id, achievement_id",
    "achievement_counter": "SELECT * FROM achievement_counter WHERE unlock_count <> 0 ORDER BY 1",
    "game_counter": "SELECT * FROM game_counter WHERE unlock_count <> 0 ORDER BY 1",
}


def counted() -> dict[str, Any]:
    """Return every row that unlocks count in, and every board in Redis."""
    rows = {}
    with connection.cursor() as cursor:
        for name, query in COUNTED.items():
            cursor.execute(query)
            rows[name] = cursor.fetchall()
    client = redis.client()
    boards = {key: client.zrange(key, 0, -1, withscores=True) for key in sorted(client.scan_iter(match="board:*"))}
    return {**rows, "boards": boards}


def notified_and_due(player: Player) -> tuple[int, int]:
    """Return of how many unlocks a player was notified, and how many were due."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT count(*) FROM notification WHERE player_id = %(id)s AND kind = 'own_unlock'),"
            f" (SELECT count(*) FROM ({UNLOCKS_TO_NOTIFY}) t WHERE t.player_id = %(id)s)",
            {"id": player.id, "recorded_since": BEGINNING},
        )
        return tuple(cursor.fetchone())


def unlocks_of(player: Player) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM unlock WHERE player_id = %s", [player.id])
        return int(cursor.fetchone()[0])


@pytest.fixture
def studio_api(game: Game) -> Api:
    return Api(make_key(game, scopes=[Scope.UNLOCKS_REVOKE, Scope.READ, Scope.UNLOCKS_WRITE]))


@pytest.fixture
def played(
    api: Api, game: Game, alice: Player, bob: Player, boards: None, relay: Callable[[], int]
) -> list[Achievement]:
    """Alice and Bob hold two achievements each, earned on different days; Alice counted up to a third."""
    first, second = make_achievement(game, points=10), make_achievement(game, points=25)
    counting = make_achievement(game, points=40, kind="incremental", target=3)
    for days, player in ((1, alice), (3, bob)):
        for number, achievement in enumerate((first, second)):
            at = (now() - timedelta(days=days, minutes=number)).isoformat()
            assert api.unlock(player, achievement, unlocked_at=at).status_code == 201
    body = {"player_id": str(alice.id), "achievement_id": counting.key, "verb": "set_at_least", "steps": 3}
    reveal = {"player_id": str(alice.id), "achievement_id": counting.key, "verb": "reveal"}
    assert api.post("achievements/progress", reveal).status_code == 200
    assert api.post("achievements/progress", body).status_code == 201
    relay()
    return [first, second, counting]


def revoke(studio_api: Api, game: Game, **wanted: Any) -> Any:
    body = {"reason": "Earned with a broken build", **{name: str(value) for name, value in wanted.items()}}
    return studio_api.post(f"manage/games/{game.id}/revocations", body)


def restore(studio_api: Api, game: Game, revocation: Any) -> Any:
    return studio_api.post(f"manage/games/{game.id}/revocations/{revocation.json()['id']}/restore")


@pytest.mark.parametrize("scope", ["one", "player", "achievement"])
def test_revoking_moves_everything_and_restoring_brings_it_all_back(
    studio_api: Api, game: Game, alice: Player, played: list[Achievement], relay: Callable[[], int], scope: str
) -> None:
    wanted = {
        "one": {"player_id": alice.id, "achievement_id": played[1].id},
        "player": {"player_id": alice.id},
        "achievement": {"achievement_id": played[1].key},
    }[scope]
    before = counted()

    revoked = revoke(studio_api, game, **wanted)
    relay()
    between = counted()
    boards = boards_of_ledger(connection.connection)
    difference = board_differences(boards, settings.REDIS_URL)
    restored = restore(studio_api, game, revoked)
    relay()

    assert (revoked.status_code, revoked.json()["state"]) == (201, "revoked")
    assert revoked.json()["unlock_count"] == {"one": 1, "player": 3, "achievement": 2}[scope]
    assert between != before
    assert difference == []
    assert (restored.status_code, restored.json()["restored_count"]) == (200, revoked.json()["unlock_count"])
    assert counted() == before


def test_standings_and_rarity_follow(
    studio_api: Api, game: Game, alice: Player, bob: Player, played: list[Achievement], relay: Callable[[], int]
) -> None:
    revoke(studio_api, game, player_id=alice.id)
    relay()
    refresh_completion_rates()

    board = studio_api.get(f"leaderboards/{game.id}").json()

    assert [(row["player"]["handle"], row["points"], row["unlock_count"]) for row in board["results"]] == [
        ("bob", 35, 2)
    ]
    assert studio_api.get(f"leaderboards/global/players/{alice.id}").json()["code"] == "player_not_ranked"
    played[0].refresh_from_db()
    assert (played[0].completion.unlock_count, played[0].completion.player_count) == (1, 1)


def test_a_revoked_unlock_may_be_earned_again_and_is_then_left_alone(
    api: Api, studio_api: Api, game: Game, alice: Player, played: list[Achievement], relay: Callable[[], int]
) -> None:
    revoked = revoke(studio_api, game, player_id=alice.id, achievement_id=played[0].id)
    again = api.unlock(alice, played[0])
    relay()

    restored = restore(studio_api, game, revoked)
    relay()

    assert (again.status_code, again.json()["unlocked"]) == (201, True)
    assert (restored.json()["restored_count"], restored.json()["kept_count"]) == (0, 1)
    assert api.unlock(alice, played[0]).json()["unlocked_at"] == again.json()["unlocked_at"]
    assert board_differences(boards_of_ledger(connection.connection), settings.REDIS_URL) == []
    assert notified_and_due(alice) == (4, 4)


def test_progress_starts_again_after_a_revocation(
    api: Api, studio_api: Api, game: Game, alice: Player, played: list[Achievement]
) -> None:
    body = {"player_id": str(alice.id), "achievement_id": played[2].key, "verb": "set_at_least", "steps": 1}

    revoke(studio_api, game, player_id=alice.id, achievement_id=played[2].id)
    response = api.post("achievements/progress", body)

    assert (response.status_code, response.json()["steps"], response.json()["unlocked_at"]) == (200, 1, None)


def test_a_large_revocation_goes_on_in_the_relay(
    studio_api: Api, game: Game, played: list[Achievement], relay: Callable[[], int]
) -> None:
    before = counted()
    with patch.object(revocations, "CHUNK_SIZE", 1):
        revoked = revoke(studio_api, game, achievement_id=played[0].id)
        early = restore(studio_api, game, revoked)
        relay()
        shown = studio_api.get(f"manage/games/{game.id}/revocations/{revoked.json()['id']}").json()
        restored = restore(studio_api, game, revoked)
        relay()

    assert (revoked.json()["state"], early.json()["code"]) == ("revoking", "revocation_under_way")
    assert (shown["state"], shown["unlock_count"]) == ("revoked", 2)
    assert restored.json()["state"] == "restoring"
    assert counted() == before


def test_a_revocation_during_a_rebuild_starts_it_over(
    studio_api: Api, game: Game, alice: Player, played: list[Achievement], relay: Callable[[], int]
) -> None:
    revoked_once: list[Any] = []

    def revoke_meanwhile(_: int) -> None:
        if not revoked_once:
            revoked_once.append(revoke(studio_api, game, player_id=alice.id))
            relay()

    rebuild_boards(progress=revoke_meanwhile)

    assert len(revoked_once) == 1
    assert board_differences(boards_of_ledger(connection.connection), settings.REDIS_URL) == []


def test_what_is_restored_is_restored_once(
    studio_api: Api, game: Game, alice: Player, played: list[Achievement]
) -> None:
    revoked = revoke(studio_api, game, player_id=alice.id)
    restore(studio_api, game, revoked)

    again = restore(studio_api, game, revoked)

    assert (again.status_code, again.json()["code"]) == (409, "already_restored")


@pytest.mark.parametrize("wanted", [{"player_id": uuid4()}, {"achievement_id": "ACH_NOBODY"}, {"achievement_id": "x"}])
def test_what_matches_nothing_leaves_nothing_behind(
    studio_api: Api, game: Game, played: list[Achievement], wanted: dict[str, Any]
) -> None:
    before = counted()

    response = revoke(studio_api, game, **wanted)

    assert (response.status_code, response.json()["code"]) == (404, "nothing_to_revoke")
    assert studio_api.get(f"manage/games/{game.id}/revocations").json()["results"] == []
    assert counted() == before


def test_a_revocation_names_its_scope_and_its_reason(studio_api: Api, game: Game, alice: Player) -> None:
    path = f"manage/games/{game.id}/revocations"

    assert studio_api.post(path, {"reason": "x"}).json()["code"] == "invalid"
    assert studio_api.post(path, {"player_id": str(alice.id)}).json()["errors"][0]["pointer"] == "/reason"


def test_without_redis_nothing_is_revoked(
    studio_api: Api, game: Game, alice: Player, played: list[Achievement]
) -> None:
    with patch.object(revocations.replay_cache, "run_with_breaker", side_effect=redis.RedisUnavailableError):
        response = revoke(studio_api, game, player_id=alice.id)

    assert (response.status_code, response.json()["code"]) == (503, "revocation_unavailable")
    assert unlocks_of(alice) == 3


def test_a_large_revocation_waits_for_redis_and_goes_on(
    studio_api: Api, game: Game, played: list[Achievement], relay: Callable[[], int]
) -> None:
    with patch.object(revocations, "CHUNK_SIZE", 1):
        revoked = revoke(studio_api, game, achievement_id=played[0].id)
        with patch.object(revocations.replay_cache, "run_with_breaker", side_effect=redis.RedisUnavailableError):
            run_step()
        waiting = studio_api.get(f"manage/games/{game.id}/revocations/{revoked.json()['id']}").json()
        relay()
    shown = studio_api.get(f"manage/games/{game.id}/revocations/{revoked.json()['id']}").json()

    assert (waiting["state"], waiting["unlock_count"]) == ("revoking", 1)
    assert (shown["state"], shown["unlock_count"]) == ("revoked", 2)


def test_who_may_revoke(
    api: Api,
    anonymous: Api,
    game: Game,
    alice: Player,
    played: list[Achievement],
    as_account: Callable[..., Api],
) -> None:
    editor, viewer = make_account(), make_account()
    Membership.objects.create(studio=game.studio, account=editor, role="editor")
    Membership.objects.create(studio=game.studio, account=viewer, role="viewer")
    other_key = Api(make_key(make_game(), scopes=[Scope.UNLOCKS_REVOKE]))

    refusals = {
        "key without the scope": revoke(api, game, player_id=alice.id),
        "another game's key": revoke(other_key, game, player_id=alice.id),
        "anyone": revoke(anonymous, game, player_id=alice.id),
        "viewer": revoke(as_account(viewer), game, player_id=alice.id),
        "stranger": revoke(as_account(make_account()), game, player_id=alice.id),
    }

    assert {who: (response.status_code, response.json()["code"]) for who, response in refusals.items()} == {
        "key without the scope": (403, "scope_missing"),
        "another game's key": (404, "not_found"),
        "anyone": (401, "not_authenticated"),
        "viewer": (403, "role_too_low"),
        "stranger": (404, "not_found"),
    }
    assert unlocks_of(alice) == 3
    assert revoke(as_account(editor), game, player_id=alice.id).json()["revoked_by"] == f"account:{editor.id}"
    assert len(as_account(viewer).get(f"manage/games/{game.id}/revocations").json()["results"]) == 1
