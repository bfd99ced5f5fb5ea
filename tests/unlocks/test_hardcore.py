"""Hardcore, in games that turn modes on: earned once beside the unlock, revoked with it or alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.analytics.counters.completion_rates import refresh_completion_rates
from apps.core.api.auth.callers import Scope
from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.games.definitions.sets import put_into
from apps.games.models import Achievement, Game
from apps.players.actions.rulings import ban_player, untrack_player
from apps.players.models import Player
from apps.unlocks import archive, replay_cache
from apps.unlocks.actions import record_unlocks
from apps.unlocks.merging import move_ledger
from apps.unlocks.models import (
    HardcoreUnlock,
    Progress,
    Revocation,
    RevokedHardcoreUnlock,
    SandboxHardcoreUnlock,
    Unlock,
)
from apps.unlocks.reports import Report
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player, make_set, turn_on_modes
from tests.live import wait_until


@pytest.fixture
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


@pytest.fixture
def studio(game: Game) -> Api:
    return Api(make_key(game, scopes=[Scope.UNLOCKS_REVOKE, Scope.READ, Scope.UNLOCKS_WRITE]))


def earn(api: Api, player: Player, achievement: Achievement, **fields: Any) -> tuple[int, Any, Any, Any]:
    """Report an achievement in hardcore; return status, unlocked, hardcore and hardcore_at."""
    response = api.unlock(player, achievement, hardcore=True, **fields)
    body = response.json()
    return response.status_code, body["unlocked"], body["hardcore"], body["hardcore_at"]


def hardcore_of(player: Player) -> list[tuple[Any, Any]]:
    rows = HardcoreUnlock.objects.filter(player_id=player.id).order_by("achievement_id")
    return list(rows.values_list("achievement_id", "hardcore_at"))


def test_a_hardcore_report_unlocks_in_both_modes(api: Api, alice: Player, achievement: Achievement) -> None:
    earned_at = (now() - timedelta(days=2)).replace(microsecond=0)

    status, is_new, is_first, hardcore_at = earn(api, alice, achievement, unlocked_at=earned_at.isoformat())
    again = earn(api, alice, achievement)

    assert (status, is_new, is_first) == (201, True, True)
    assert hardcore_at == f"{earned_at:%Y-%m-%dT%H:%M:%S}Z"
    assert again == (200, False, False, hardcore_at)
    assert Unlock.objects.get().unlocked_at == earned_at
    assert hardcore_of(alice) == [(achievement.id, earned_at)]


def test_a_hardcore_report_of_a_casual_unlock_sets_it_once(api: Api, alice: Player, achievement: Achievement) -> None:
    casual = api.unlock(alice, achievement).json()

    first, second = earn(api, alice, achievement), earn(api, alice, achievement)
    repeat = api.unlock(alice, achievement)

    assert first[:3] == (200, False, True)
    assert second == (200, False, False, first[3])
    assert repeat.json() == {**casual, "unlocked": False}
    assert Unlock.objects.count() == HardcoreUnlock.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_replay_cache_knows_the_mode(api: Api, alice: Player, achievement: Achievement) -> None:
    by_key = {"player_id": str(alice.id), "achievement_id": achievement.key}
    casual = api.post("achievements/unlock", by_key).json()
    first = api.post("achievements/unlock", {**by_key, "hardcore": True}).json()
    by_id = Report(achievement.game_id, alice.id, achievement.id, None, None)
    in_hardcore = replace(by_id, is_hardcore=True)
    wait_until(lambda: None not in replay_cache.recall([by_id, in_hardcore]), "both to be remembered")

    with CaptureQueriesContext(connection) as queries:
        again = earn(api, alice, achievement)
        again_by_key = api.post("achievements/unlock", {**by_key, "hardcore": True}).json()
        casual_again = api.post("achievements/unlock", by_key).json()

    assert again == (200, False, False, first["hardcore_at"])
    assert again_by_key == {**first, "hardcore": False}
    assert casual_again == {**casual, "unlocked": False}
    assert [query["sql"] for query in queries if "record_unlocks" in query["sql"]] == []


def test_a_game_without_modes_refuses_hardcore_and_shows_nothing_of_it(alice: Player, relay: Callable[[], int]) -> None:
    plain = make_game()
    achievement, other = make_achievement(plain), make_achievement(plain)
    api = Api(make_key(plain))
    casual = api.unlock(alice, other)

    refused = api.unlock(alice, achievement, hardcore=True)
    batch = api.post(
        "achievements/unlock/batch",
        {
            "unlocks": [
                {"player_id": str(alice.id), "achievement_id": other.key, "hardcore": True},
                {"player_id": str(alice.id), "achievement_id": achievement.key, "hardcore": False},
            ]
        },
    ).json()["results"]
    entry = api.get(f"games/{plain.id}/achievements/{other.key}?player_id={alice.id}")

    assert (refused.status_code, refused.json()["code"]) == (409, "game_without_modes")
    assert refused.json()["detail"] == (
        "This game has no hardcore mode: leave hardcore out. Its studio can turn the mode on in the game's settings."
    )
    assert [(item["status"], item.get("error", {}).get("code")) for item in batch] == [
        (409, "game_without_modes"),
        (201, None),
    ]
    assert HardcoreUnlock.objects.count() == 0
    assert not {"hardcore", "hardcore_at"} & (casual.json().keys() | batch[1].keys() | entry.json().keys())


def test_a_batch_and_progress_know_the_mode(api: Api, alice: Player, bob: Player, game: Game) -> None:
    lamp = make_achievement(game)
    counting = make_achievement(game, kind="incremental", target=3)
    items = [
        {"player_id": str(player.id), "achievement_id": lamp.key, "hardcore": mode}
        for player, mode in ((alice, True), (bob, False), (alice, True))
    ]
    step = {"player_id": str(alice.id), "achievement_id": counting.key, "verb": "set_at_least"}

    batch = api.post("achievements/unlock/batch", {"unlocks": items}).json()["results"]
    part = api.post("achievements/progress", {**step, "steps": 2, "hardcore": True}).json()
    done = api.post("achievements/progress", {**step, "steps": 3, "hardcore": True}).json()
    mixed = api.post(
        "achievements/progress/batch",
        {"reports": [{**step, "player_id": str(bob.id), "verb": "unlock", "hardcore": True}, {**step, "steps": 3}]},
    ).json()["results"]

    assert [(item["status"], item.get("hardcore")) for item in batch] == [(201, True), (201, None), (200, False)]
    assert (part["unlocked"], part["hardcore"], part["hardcore_at"]) == (False, False, None)
    assert (done["unlocked"], done["hardcore"], done["steps"]) == (True, True, 3)
    assert [(item["status"], item.get("hardcore")) for item in mixed] == [(201, True), (200, None)]
    assert HardcoreUnlock.objects.count() == 3
    assert Progress.objects.get(player=alice).steps == 3


@pytest.mark.parametrize("change", ["archived", "retired", "unpublished"])
def test_what_can_not_be_earned_any_more_is_not_earned_in_hardcore(
    api: Api, alice: Player, game: Game, achievement: Achievement, change: str
) -> None:
    api.unlock(alice, achievement)
    if change == "archived":
        Achievement.objects.update(state="archived", archived_at=now())
    elif change == "retired":
        put_into(achievement, make_set(game, "retired"))
        achievement.save()
    else:
        Game.objects.filter(pk=game.pk).update(is_published=False)

    assert earn(api, alice, achievement) == (200, False, False, None)
    assert HardcoreUnlock.objects.count() == 0


def test_test_keys_earn_in_the_sandbox_only(test_api: Api, alice: Player, achievement: Achievement) -> None:
    assert earn(test_api, alice, achievement)[:3] == (201, True, True)

    entry = test_api.get(f"games/{achievement.game_id}/achievements/{achievement.key}?player_id={alice.id}").json()
    assert entry["hardcore_at"] is not None
    assert (SandboxHardcoreUnlock.objects.count(), HardcoreUnlock.objects.count()) == (1, 0)


def test_lists_say_when_it_was_earned_in_hardcore(api: Api, alice: Player, achievement: Achievement) -> None:
    hardcore_at = earn(api, alice, achievement)[3]
    other = make_achievement(achievement.game)
    api.unlock(alice, other)

    listed = api.get(f"games/{achievement.game_id}/achievements?player_id={alice.id}").json()["results"]
    unlocks = api.get(f"players/{alice.id}/unlocks").json()["results"]

    assert {entry["key"]: entry["hardcore_at"] for entry in listed} == {achievement.key: hardcore_at, other.key: None}
    assert {entry["achievement"]["key"]: entry["achievement"]["hardcore_at"] for entry in unlocks} == {
        achievement.key: hardcore_at,
        other.key: None,
    }


# What is cached is dropped once it is committed.
@pytest.mark.django_db(transaction=True)
def test_dashboards_say_what_lists_say_of_the_mode(
    api: Api, studio: Api, anonymous: Api, alice: Player, game: Game, achievement: Achievement,
    relay: Callable[[], int], boards: None,
) -> None:  # fmt: skip
    def latest() -> Any:
        return anonymous.get(f"players/{alice.id}/dashboard").json()["latest_unlocks"][0]["achievement"]

    def comes_to(hardcore_at: Any) -> None:
        wait_until(lambda: latest()["hardcore_at"] == hardcore_at, "the dashboard to say so")
        (listed,) = anonymous.get(f"players/{alice.id}/unlocks").json()["results"]
        assert latest() == listed["achievement"]

    api.unlock(alice, achievement)
    relay()
    comes_to(None)

    hardcore_at = earn(api, alice, achievement)[3]
    relay()
    comes_to(hardcore_at)

    place = f"manage/games/{game.id}/revocations"
    revoked = studio.post(place, {"player_id": str(alice.id), "hardcore_only": True, "reason": "A cheat"}).json()
    relay()
    comes_to(None)

    studio.post(f"{place}/{revoked['id']}/restore")
    relay()
    comes_to(hardcore_at)


def test_rarity_is_of_each_mode(api: Api, game: Game, achievement: Achievement, relay: Callable[[], int]) -> None:
    players = [make_player() for _ in range(22)]
    for number, player in enumerate(players):
        api.unlock(player, achievement, hardcore=number < 5)
    relay()
    # Who does not count is neither among those who hold it nor among the game's players.
    ban_player(player_id=players[0].id, decided_by="operator")
    untrack_player(player_id=players[1].id, decided_by="operator")
    relay()

    refresh_completion_rates()

    entry = api.get(f"games/{game.id}/achievements/{achievement.key}").json()
    assert entry["rarity"] == {"share": 1.0, "tier": "common"}
    assert entry["hardcore_rarity"] == {"share": 0.15, "tier": "rare"}


def test_hardcore_alone_is_revoked_and_restored(
    studio: Api, game: Game, alice: Player, achievement: Achievement, relay: Callable[[], int], boards: None
) -> None:
    earn(studio, alice, achievement)
    before = hardcore_of(alice)
    place = f"manage/games/{game.id}/revocations"

    revoked = studio.post(place, {"player_id": str(alice.id), "hardcore_only": True, "reason": "A cheat"}).json()
    relay()
    assert (revoked["unlock_count"], revoked["hardcore_only"]) == (1, True)
    assert hardcore_of(alice) == []
    assert Unlock.objects.count() == 1
    # Redis confirms it no longer.
    assert studio.unlock(alice, achievement).status_code == 200

    restored = studio.post(f"{place}/{revoked['id']}/restore").json()
    assert (restored["state"], restored["restored_count"], restored["kept_count"]) == ("restored", 1, 0)
    assert hardcore_of(alice) == before
    assert RevokedHardcoreUnlock.objects.count() == 0


def test_hardcore_earned_again_since_is_left_alone(
    studio: Api, game: Game, alice: Player, achievement: Achievement, relay: Callable[[], int], boards: None
) -> None:
    earn(studio, alice, achievement, unlocked_at=(now() - timedelta(days=3)).isoformat())
    place = f"manage/games/{game.id}/revocations"
    revoked = studio.post(place, {"achievement_id": achievement.key, "hardcore_only": True, "reason": "A fault"}).json()

    again = earn(studio, alice, achievement)
    restored = studio.post(f"{place}/{revoked['id']}/restore").json()

    assert again[:3] == (200, False, True)
    assert (restored["restored_count"], restored["kept_count"]) == (0, 1)
    assert [f"{at:%Y-%m-%dT%H:%M:%S}" for _, at in hardcore_of(alice)] == [again[3][:19]]


def test_an_unlock_is_revoked_and_restored_with_its_mode(
    studio: Api, game: Game, alice: Player, achievement: Achievement, relay: Callable[[], int], boards: None
) -> None:
    earn(studio, alice, achievement)
    before = hardcore_of(alice)
    place = f"manage/games/{game.id}/revocations"

    revoked = studio.post(place, {"player_id": str(alice.id), "reason": "A cheat"}).json()
    relay()
    assert hardcore_of(alice) == []
    assert Unlock.objects.count() == 0

    studio.post(f"{place}/{revoked['id']}/restore")
    relay()
    assert hardcore_of(alice) == before
    assert Unlock.objects.count() == 1


def test_a_mode_returns_to_an_unlock_earned_again_and_never_with_an_earlier_time(
    studio: Api, game: Game, alice: Player, achievement: Achievement, boards: None
) -> None:
    earn(studio, alice, achievement, unlocked_at=(now() - timedelta(days=3)).isoformat())
    place = f"manage/games/{game.id}/revocations"
    revoked = studio.post(place, {"player_id": str(alice.id), "reason": "A fault"}).json()
    again = studio.unlock(alice, achievement)

    restored = studio.post(f"{place}/{revoked['id']}/restore").json()

    assert again.status_code == 201
    assert (restored["state"], restored["restored_count"], restored["kept_count"]) == ("restored", 1, 0)
    assert hardcore_of(alice) == [(achievement.id, Unlock.objects.get().unlocked_at)]
    (event,) = OutboxEntry.objects.filter(kind="hardcore_restored").values_list("payload", flat=True)
    assert event["is_with_unlock"] is False


def test_a_mode_waits_for_its_unlock_to_be_restored(
    studio: Api, game: Game, alice: Player, bob: Player, achievement: Achievement, boards: None
) -> None:
    for player in (alice, bob):
        earn(studio, player, achievement)
    before = [hardcore_of(player) for player in (alice, bob)]
    place = f"manage/games/{game.id}/revocations"
    of_all = {"achievement_id": achievement.key, "reason": "A cheat"}
    modes = studio.post(place, {**of_all, "hardcore_only": True}).json()
    unlocks = [studio.post(place, {**of_all, "player_id": str(player.id)}).json() for player in (alice, bob)]

    refused = studio.post(f"{place}/{modes['id']}/restore")
    untouched = studio.get(f"{place}/{modes['id']}").json()
    studio.post(f"{place}/{unlocks[0]['id']}/restore")
    of_one = studio.post(f"{place}/{modes['id']}/restore").json()
    still_refused = studio.post(f"{place}/{modes['id']}/restore")
    studio.post(f"{place}/{unlocks[1]['id']}/restore")
    of_both = studio.post(f"{place}/{modes['id']}/restore").json()

    assert (refused.status_code, refused.json()["code"]) == (409, "unlocks_revoked")
    assert untouched == modes
    assert (of_one["state"], of_one["restored_count"], of_one["kept_count"]) == ("revoked", 1, 0)
    assert still_refused.json()["code"] == "unlocks_revoked"
    assert (of_both["state"], of_both["restored_count"], of_both["kept_count"]) == ("restored", 2, 0)
    assert [hardcore_of(player) for player in (alice, bob)] == before
    assert RevokedHardcoreUnlock.objects.count() == 0


@pytest.mark.parametrize("way", ["ledger", "sandbox"])
def test_the_mode_is_never_earlier_than_its_unlock(
    api: Api, test_api: Api, alice: Player, achievement: Achievement, way: str
) -> None:
    caller = test_api if way == "sandbox" else api
    caller.unlock(alice, achievement, unlocked_at=(now() - timedelta(days=1)).isoformat())
    body = {"player_id": str(alice.id), "achievement_id": achievement.key, "hardcore": True}
    body["unlocked_at"] = (now() - timedelta(days=3)).isoformat()

    result = caller.post("achievements/unlock", body).json()

    assert result["hardcore"] is True
    assert result["hardcore_at"] == result["unlocked_at"]


def test_where_modes_are_off_they_are_neither_revoked_nor_restored(
    studio: Api, game: Game, alice: Player, achievement: Achievement, boards: None
) -> None:
    other = make_achievement(game)
    for item in (achievement, other):
        earn(studio, alice, item)
    place, of = f"manage/games/{game.id}/revocations", {"hardcore_only": True, "reason": "A cheat"}
    revoked = studio.post(place, {**of, "achievement_id": other.key}).json()
    Game.objects.filter(pk=game.pk).update(has_modes=False)
    events = OutboxEntry.objects.count()

    refused = [studio.post(place, {**of, "player_id": str(alice.id)}), studio.post(f"{place}/{revoked['id']}/restore")]

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(409, "game_without_modes")] * 2
    assert [item for item, _ in hardcore_of(alice)] == [achievement.id]
    assert (RevokedHardcoreUnlock.objects.count(), Revocation.objects.get().state) == (1, "revoked")
    assert OutboxEntry.objects.count() == events


def test_without_hardcore_there_is_nothing_to_revoke_of_it(
    studio: Api, game: Game, alice: Player, achievement: Achievement, boards: None
) -> None:
    studio.unlock(alice, achievement)

    refused = studio.post(
        f"manage/games/{game.id}/revocations", {"player_id": str(alice.id), "hardcore_only": True, "reason": "None"}
    )

    assert (refused.status_code, refused.json()["code"]) == (404, "nothing_to_revoke")
    assert Unlock.objects.count() == 1


def test_merged_players_keep_the_earlier_time_and_the_archive_keeps_the_mode(
    api: Api, game: Game, alice: Player, bob: Player, achievement: Achievement, relay: Callable[[], int], boards: None
) -> None:
    other = make_achievement(game)
    early = (now() - timedelta(days=5)).replace(microsecond=0)
    earn(api, alice, achievement)
    earn(api, bob, achievement, unlocked_at=early.isoformat())
    earn(api, bob, other, unlocked_at=early.isoformat())
    relay()

    Player.objects.filter(pk=bob.pk).update(merged_into=alice, merged_at=now())
    move_ledger(from_player_id=bob.id, into_player_id=alice.id)
    archive.mark_inactive([alice.id], now() - timedelta(days=1))
    archive.move_settled(now(), players_max=10)

    assert hardcore_of(bob) == []
    assert hardcore_of(alice) == sorted([(achievement.id, early), (other.id, early)])
    third = make_achievement(game)
    assert earn(api, alice, third)[:3] == (201, True, True)
    assert len(hardcore_of(alice)) == 3


@pytest.mark.parametrize("has_modes", [False, True])
def test_reports_that_do_not_say_hardcore_run_the_statement_they_always_ran(
    game: Game, alice: Player, has_modes: bool
) -> None:
    Game.objects.filter(pk=game.pk).update(has_modes=has_modes)
    casual = make_achievement(game)

    with CaptureQueriesContext(connection) as queries:
        record_unlocks(reports=[Report(game.id, alice.id, casual.id, None, None)])

    (query,) = [item["sql"] for item in queries if "record_unlocks" in item["sql"]]
    assert query.startswith("SELECT * FROM record_unlocks(")
    assert "hardcore" not in query


def test_hardcore_is_true_or_false(api: Api, alice: Player, achievement: Achievement) -> None:
    refused = api.unlock(alice, achievement, hardcore="yes")

    assert refused.status_code == 400
    assert [(flaw["pointer"], flaw["code"]) for flaw in refused.json()["errors"]] == [("/hardcore", "invalid_type")]
    assert Unlock.objects.count() == 0


def test_a_studio_turns_modes_on(studio: Api, game: Game) -> None:
    plain = make_game()
    maker = Api(make_key(plain, scopes=[Scope.DEFINITIONS_WRITE]))

    assert maker.get(f"manage/games/{plain.id}").json()["has_modes"] is False
    changed = maker.patch(f"manage/games/{plain.id}", {"has_modes": True})

    assert changed.json()["has_modes"] is True
    plain.refresh_from_db()
    assert plain.has_modes


def test_revealing_says_no_mode(api: Api, alice: Player, game: Game) -> None:
    hidden = make_achievement(game, is_hidden=True)
    api.unlock(alice, hidden)
    reveal = {"player_id": str(alice.id), "achievement_id": hidden.key, "verb": "reveal"}

    refused = api.post("achievements/progress", {**reveal, "hardcore": True})
    mistaken = api.post("achievements/progress", {**reveal, "hardcore": "yes"})
    casual = api.post("achievements/progress", {**reveal, "hardcore": False})

    assert [(flaw["pointer"], flaw["code"]) for flaw in refused.json()["errors"]] == [("/hardcore", "invalid")]
    assert [(flaw["pointer"], flaw["code"]) for flaw in mistaken.json()["errors"]] == [("/hardcore", "invalid_type")]
    assert (refused.status_code, mistaken.status_code, casual.status_code) == (400, 400, 200)
    assert HardcoreUnlock.objects.count() == 0
