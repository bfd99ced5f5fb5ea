"""Progress as game servers and game clients report it."""

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from apps.core import freshness, redis
from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks import actions
from apps.unlocks.models import (
    Progress,
    ProgressRequest,
    SandboxProgress,
    SandboxProgressRequest,
    SandboxUnlock,
    Source,
    Unlock,
)
from apps.unlocks.reports import ProgressReport, Report, Verb
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player
from tests.live import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

TARGET = 100
LIVE = (Progress, ProgressRequest, Unlock, OutboxEntry)
SANDBOX = (SandboxProgress, SandboxProgressRequest, SandboxUnlock)


@pytest.fixture
def lamps(game: Game) -> Achievement:
    return make_achievement(game, kind="incremental", target=TARGET, points=20)


def send(api: Api, player: Player, achievement: Achievement, verb: str, **fields: Any) -> Any:
    body = {"player_id": str(player.id), "achievement_id": str(achievement.id), "verb": verb, **fields}
    return api.post("achievements/progress", body)


def counts(models: Iterable[Any] = (*LIVE, *SANDBOX)) -> list[int]:
    return [model.objects.count() for model in models]


def assert_refused(response: Any, status: int, code: str, pointer: str | None = None) -> None:
    """Assert a problem, and that nothing at all was written."""
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert [error["pointer"] for error in response.json()["errors"]] == ([pointer] if pointer else [])
    assert counts() == [0] * 7


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run each work in a thread with a connection of its own, and return what they return."""
    answers: list[Any] = [None] * len(works)
    ready = threading.Barrier(len(works))

    def run(index: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            answers[index] = works[index]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_steps_add_up_and_the_last_one_unlocks(
    api: Api, alice: Player, lamps: Achievement, boards: None, relay: Callable[[], int]
) -> None:
    first = send(api, alice, lamps, "increment", steps=60, request_id="one")
    last = send(api, alice, lamps, "increment", steps=60, request_id="two")
    after = send(api, alice, lamps, "increment", steps=1, request_id="three")

    unlock = Unlock.objects.get()
    shared = {"player_id": str(alice.id), "achievement_id": str(lamps.id), "target": TARGET, "points": 20}
    pending = {"steps": 60, "unlocked": False, "unlocked_at": None, "revealed": True, "rarity": None}
    assert (first.status_code, first.json()) == (200, {**shared, **pending})
    unlocked_at = unlock.unlocked_at.isoformat().replace("+00:00", "Z")
    earned = {**shared, **pending, "steps": TARGET, "unlocked": True, "unlocked_at": unlocked_at}
    assert (last.status_code, last.json()) == (201, earned)
    assert (after.status_code, after.json()) == (200, {**earned, "unlocked": False})
    assert (unlock.points, unlock.source, unlock.game_id) == (20, Source.SERVER, lamps.game_id)
    assert (Progress.objects.get().steps, ProgressRequest.objects.count()) == (TARGET, 2)
    assert [entry.kind for entry in OutboxEntry.objects.all()] == ["achievement_unlocked"]
    relay()
    (row,) = api.get(f"leaderboards/{lamps.game_id}").json()["results"]
    assert (row["player"]["id"], row["points"]) == (str(alice.id), 20)


def test_an_increment_that_is_retried_is_applied_once(api: Api, alice: Player, lamps: Achievement) -> None:
    answers = [send(api, alice, lamps, "increment", steps=30, request_id="match-1").json() for _ in range(3)]

    assert [answer["steps"] for answer in answers] == [30, 30, 30]
    assert Progress.objects.get().steps == 30


def test_a_request_id_counts_for_one_player_and_achievement(
    api: Api, alice: Player, bob: Player, lamps: Achievement, game: Game
) -> None:
    other = make_achievement(game, kind="incremental", target=TARGET)

    for player, achievement in ((alice, lamps), (bob, lamps), (alice, other)):
        send(api, player, achievement, "increment", steps=5, request_id="match-1")

    assert list(Progress.objects.values_list("steps", flat=True)) == [5, 5, 5]


def test_raced_increments_are_each_applied_once(api: Api, alice: Player, lamps: Achievement) -> None:
    def twice(number: int) -> Callable[[], Any]:
        return lambda: send(api, alice, lamps, "increment", steps=10, request_id=f"match-{number % 4}").json()["steps"]

    answers = at_once(*[twice(number) for number in range(8)])

    assert Progress.objects.get().steps == 40
    assert max(answers) == 40


def test_a_rival_waits_for_the_commit_and_then_learns_that_it_was_applied(
    api: Api, alice: Player, lamps: Achievement
) -> None:
    rival: list[Any] = []

    def work() -> None:
        try:
            rival.append(send(api, alice, lamps, "increment", steps=TARGET, request_id="last").json())
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        (mine,) = actions.record_progress(
            reports=[
                ProgressReport(
                    lamps.game_id, alice.id, lamps.id, None, None, verb=Verb.INCREMENT, steps=TARGET, request_id="last"
                )
            ]
        )
        thread.start()
        wait_until(is_someone_waiting, "the rival to wait at the key")
    thread.join()

    assert (mine.outcome, mine.steps) == ("unlocked", TARGET)
    assert (rival[0]["unlocked"], rival[0]["steps"]) == (False, TARGET)
    assert counts(LIVE) == [1, 1, 1, 1]


def is_someone_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_racing_for_the_target_unlocks_once(api: Api, alice: Player, lamps: Achievement) -> None:
    def work(number: int) -> Callable[[], Any]:
        return lambda: send(api, alice, lamps, "increment", steps=50, request_id=f"{number}").status_code

    answers = at_once(*[work(number) for number in range(6)])

    assert sorted(answers) == [200] * 5 + [201]
    assert counts((Unlock, OutboxEntry)) == [1, 1]


def test_set_at_least_never_goes_down(api: Api, alice: Player, lamps: Achievement) -> None:
    answers = [send(api, alice, lamps, "set_at_least", steps=steps).json()["steps"] for steps in (40, 10, 41, 40)]

    assert answers == [40, 40, 41, 41]
    assert Progress.objects.get().steps == 41


def test_nothing_goes_down_when_the_target_is_lowered_and_the_next_report_unlocks(
    api: Api, alice: Player, bob: Player, lamps: Achievement
) -> None:
    send(api, alice, lamps, "set_at_least", steps=80)
    Achievement.objects.filter(pk=lamps.pk).update(target=50)

    revealed = send(api, alice, lamps, "reveal").json()
    answer = send(api, alice, lamps, "set_at_least", steps=1)

    assert (revealed["steps"], revealed["unlocked"]) == (50, False)
    assert (answer.status_code, answer.json()["steps"]) == (201, 50)
    assert Progress.objects.get().steps == 80


def test_huge_steps_end_at_the_target(api: Api, alice: Player, lamps: Achievement) -> None:
    send(api, alice, lamps, "increment", steps=1, request_id="a")

    answer = send(api, alice, lamps, "increment", steps=2_147_483_647, request_id="b")

    assert (answer.status_code, answer.json()["steps"]) == (201, TARGET)


def test_a_hidden_achievement_is_revealed_once_and_to_this_player_alone(
    api: Api, alice: Player, bob: Player, game: Game
) -> None:
    secret = make_achievement(game, is_hidden=True, kind="incremental", target=TARGET)

    before = send(api, alice, secret, "set_at_least", steps=3).json()
    revealed = send(api, alice, secret, "reveal").json()
    moment = Progress.objects.get(player=alice).revealed_at
    send(api, alice, secret, "reveal")
    other = send(api, bob, secret, "set_at_least", steps=3).json()

    assert [before["revealed"], revealed["revealed"], other["revealed"]] == [False, True, False]
    assert (revealed["steps"], Progress.objects.get(player=alice).revealed_at) == (3, moment)


def test_an_achievement_without_steps_can_be_revealed_and_nothing_else(
    api: Api, alice: Player, achievement: Achievement
) -> None:
    for verb, fields in (("increment", {"request_id": "a"}), ("set_at_least", {})):
        response = send(api, alice, achievement, verb, steps=1, **fields)
        assert_refused(response, 409, "achievement_not_incremental")

    body = send(api, alice, achievement, "reveal").json()

    assert (body["steps"], body["target"], body["unlocked"]) == (None, None, False)


def test_what_was_unlocked_at_once_stands_at_its_target_and_changes_no_more(
    api: Api, alice: Player, lamps: Achievement
) -> None:
    first = api.unlock(alice, lamps).json()

    answers = [
        send(api, alice, lamps, "increment", steps=5, request_id="a"),
        send(api, alice, lamps, "set_at_least", steps=5),
        send(api, alice, lamps, "reveal"),
    ]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert {(a.json()["steps"], a.json()["unlocked"], a.json()["unlocked_at"]) for a in answers} == {
        (TARGET, False, first["unlocked_at"])
    }
    assert counts((Progress, ProgressRequest)) == [0, 0]


def test_an_unlock_answers_as_before_when_the_achievement_is_archived(
    api: Api, alice: Player, bob: Player, lamps: Achievement
) -> None:
    send(api, alice, lamps, "set_at_least", steps=TARGET)
    Achievement.objects.filter(pk=lamps.pk).update(state="archived")

    assert send(api, alice, lamps, "set_at_least", steps=1).json()["steps"] == TARGET
    assert send(api, bob, lamps, "set_at_least", steps=1).json()["code"] == "achievement_archived"
    assert counts(LIVE) == [1, 0, 1, 1]


@pytest.mark.parametrize(
    ("back", "code"),
    [
        (timedelta(days=13), None),
        (timedelta(days=15), "unlocked_at_too_old"),
        (timedelta(minutes=-6), "unlocked_at_in_future"),
    ],
)
def test_the_time_of_offline_play_is_kept_within_two_weeks(
    api: Api, alice: Player, lamps: Achievement, back: timedelta, code: str | None
) -> None:
    moment = now() - back

    response = send(api, alice, lamps, "set_at_least", steps=TARGET, unlocked_at=moment.isoformat())

    if code is None:
        assert response.status_code == 201
        assert Unlock.objects.get().unlocked_at == moment
    else:
        assert_refused(response, 400, code, "/unlocked_at")


def test_unknown_players_foreign_achievements_and_drafts_are_refused(
    api: Api, alice: Player, lamps: Achievement, game: Game
) -> None:
    foreign = make_achievement(make_game(), kind="incremental", target=TARGET)
    draft = make_achievement(game, kind="incremental", target=TARGET, state="draft")

    nobody = send(api, alice, lamps, "set_at_least", steps=1, player_id=str(uuid4()))
    assert_refused(nobody, 404, "player_not_found")
    assert_refused(send(api, alice, foreign, "set_at_least", steps=1), 404, "achievement_not_found")
    assert_refused(send(api, alice, draft, "set_at_least", steps=1), 409, "achievement_not_published")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"verb": "unlock"}, "/verb"),
        ({"verb": None}, "/verb"),
        ({"verb": ["reveal"]}, "/verb"),
        ({"steps": 0}, "/steps"),
        ({"steps": -1}, "/steps"),
        ({"steps": "5"}, "/steps"),
        ({"steps": True}, "/steps"),
        ({"steps": 1.5}, "/steps"),
        ({"steps": None}, "/steps"),
        ({"steps": 2**31}, "/steps"),
        ({"verb": "reveal"}, "/steps"),
        ({"request_id": None}, "/request_id"),
        ({"request_id": ""}, "/request_id"),
        ({"request_id": "a\0"}, "/request_id"),
        ({"request_id": "a" * 65}, "/request_id"),
        ({"request_id": 7}, "/request_id"),
        ({"player_id": "me"}, "/player_id"),
        ({"player_id": ["me"]}, "/player_id"),
        ({"player_id": "{" + "1" * 32 + "}"}, "/player_id"),
        ({"achievement_id": "1" * 32}, "/achievement_id"),
        ({"unlocked_at": "never"}, "/unlocked_at"),
        ({"stesp": 1}, "/stesp"),
    ],
)
def test_a_wrong_member_is_pointed_at(
    api: Api, alice: Player, lamps: Achievement, fields: dict[str, Any], pointer: str
) -> None:
    body = {"steps": 5, "request_id": "match-1", **fields}

    assert_refused(send(api, alice, lamps, body.pop("verb", "increment"), **body), 400, "invalid", pointer)


def test_a_batch_mixes_all_verbs_and_takes_them_in_the_order_sent(
    api: Api, alice: Player, bob: Player, game: Game, lamps: Achievement, django_assert_num_queries: Any
) -> None:
    plain = make_achievement(game, points=5)
    to_lamps = {"player_id": str(alice.id), "achievement_id": lamps.key}
    reports: list[Any] = [
        {**to_lamps, "verb": "increment", "steps": 30, "request_id": "a"},
        {"player_id": str(bob.id), "achievement_id": str(plain.id), "verb": "unlock"},
        {**to_lamps, "verb": "increment", "steps": 30, "request_id": "a"},
        {**to_lamps, "verb": "set_at_least", "steps": 20},
        {**to_lamps, "verb": "dance"},
        {"player_id": str(bob.id), "achievement_id": str(plain.id), "verb": "increment", "steps": 1, "request_id": "a"},
        {**to_lamps, "verb": "increment", "steps": 70, "request_id": "b"},
        {**to_lamps, "verb": "set_at_least", "steps": 20, "unlocked_at": "2001-01-01T00:00:00Z"},
        {**to_lamps, "verb": "unlock"},
        {"player_id": str(uuid4()), "achievement_id": str(plain.id), "verb": "unlock"},
        17,
    ]
    send(api, bob, lamps, "reveal")

    with django_assert_num_queries(1):
        response = api.post("achievements/progress/batch", {"reports": reports})

    results = response.json()["results"]
    assert [result["index"] for result in results] == list(range(11))
    assert [result["status"] for result in results] == [200, 201, 200, 200, 400, 200, 201, 400, 200, 404, 400]
    assert [result.get("steps") for result in results] == [30, None, 30, 30, None, None, 100, None, 100, None, None]
    assert [result.get("unlocked") for result in results if result["status"] < 300] == [
        False, True, False, False, False, True, False,
    ]  # fmt: skip
    assert results[8]["unlocked_at"] == results[6]["unlocked_at"]
    assert results[7]["error"]["code"] == "unlocked_at_too_old"
    assert counts((Unlock, OutboxEntry)) == [2, 2]


def test_batches_that_cross_each_other_both_end(
    api: Api, alice: Player, bob: Player, lamps: Achievement, game: Game
) -> None:
    others = [make_achievement(game, kind="incremental", target=TARGET) for _ in range(20)]
    pairs = [(player, item) for player in (alice, bob) for item in (lamps, *others)]

    def batch(order: Iterable[Any], name: str) -> Callable[[], Any]:
        step = {"verb": "increment", "steps": 60, "request_id": name}
        reports = [{"player_id": str(who.id), "achievement_id": str(item.id), **step} for who, item in order]
        return lambda: api.post("achievements/progress/batch", {"reports": reports}).json()["results"]

    answers = at_once(batch(pairs, "a"), batch(reversed(pairs), "b"))

    statuses = [result["status"] for results in answers for result in results]
    assert sorted(statuses) == [200] * 42 + [201] * 42
    assert counts((Unlock, OutboxEntry)) == [42, 42]


def test_test_keys_write_to_the_sandbox_alone(test_api: Api, alice: Player, game: Game) -> None:
    draft = make_achievement(game, kind="incremental", target=TARGET, state="draft")

    send(test_api, alice, draft, "increment", steps=30, request_id="a")
    send(test_api, alice, draft, "increment", steps=30, request_id="a")
    answer = send(test_api, alice, draft, "set_at_least", steps=TARGET)

    assert (answer.status_code, answer.json()["steps"]) == (201, TARGET)
    assert counts(SANDBOX) == [1, 1, 1]
    assert counts((Progress, ProgressRequest, Unlock)) == [0, 0, 0]
    assert [entry.kind for entry in OutboxEntry.objects.all()] == ["sandbox_achievement_unlocked"]


def test_a_key_without_the_scope_may_not_report(game: Game, alice: Player, lamps: Achievement) -> None:
    reader = Api(make_key(game, scopes=["read"]))

    assert_refused(send(reader, alice, lamps, "set_at_least", steps=1), 403, "scope_missing")
    assert_refused(reader.unlock(alice, lamps), 403, "scope_missing")


class TestClients:
    """With a player's token, as a game client reports."""

    @pytest.fixture
    def mine(self, game: Game) -> Achievement:
        return make_achievement(game, kind="incremental", target=TARGET, setter="client")

    def test_a_client_reports_for_its_own_player_whom_it_need_not_name(
        self, token_api: Callable[..., Api], alice: Player, mine: Achievement, game: Game
    ) -> None:
        client = token_api(alice, game)

        first = client.post("achievements/progress", {"achievement_id": mine.key, "verb": "set_at_least", "steps": 5})
        send(client, alice, mine, "increment", steps=5, request_id="a", player_id="me")
        last = send(client, alice, mine, "set_at_least", steps=TARGET)
        again = client.post("achievements/unlock", {"achievement_id": mine.key})

        assert first.json()["player_id"] == str(alice.id)
        assert [first.status_code, last.status_code, again.status_code] == [200, 201, 200]
        assert (Unlock.objects.get().source, Unlock.objects.get().player_id) == (Source.CLIENT, alice.id)

    def test_another_player_is_not_found(
        self, token_api: Callable[..., Api], alice: Player, bob: Player, mine: Achievement, game: Game
    ) -> None:
        client = token_api(alice, game)
        item = {"player_id": str(bob.id), "achievement_id": str(mine.id)}

        assert_refused(client.unlock(bob, mine), 404, "player_not_found", "/player_id")
        assert_refused(send(client, bob, mine, "reveal"), 404, "player_not_found", "/player_id")
        batches = (
            client.post("achievements/unlock/batch", {"unlocks": [item]}),
            client.post("achievements/progress/batch", {"reports": [{**item, "verb": "unlock"}]}),
        )
        for batch in batches:
            (result,) = batch.json()["results"]
            assert (result["status"], result["error"]["code"]) == (404, "player_not_found")
        assert counts() == [0] * 7

    def test_what_servers_set_is_refused_to_clients(
        self, token_api: Callable[..., Api], alice: Player, lamps: Achievement, game: Game
    ) -> None:
        client = token_api(alice, game)
        item = {"achievement_id": lamps.key}

        assert_refused(client.unlock(alice, lamps), 403, "set_by_server")
        assert_refused(send(client, alice, lamps, "set_at_least", steps=TARGET), 403, "set_by_server")
        assert_refused(send(client, alice, lamps, "increment", steps=1, request_id="a"), 403, "set_by_server")
        assert_refused(send(client, alice, lamps, "reveal"), 403, "set_by_server")
        (batched,) = client.post("achievements/unlock/batch", {"unlocks": [item]}).json()["results"]
        assert (batched["status"], batched["error"]["code"]) == (403, "set_by_server")
        assert counts() == [0] * 7

    def test_a_token_of_a_test_key_writes_to_the_sandbox_alone(
        self, token_api: Callable[..., Api], alice: Player, mine: Achievement, game: Game
    ) -> None:
        client = token_api(alice, game, is_test=True)

        assert client.unlock(alice, make_achievement(game, setter="client")).status_code == 201
        assert send(client, alice, mine, "set_at_least", steps=5).status_code == 200

        assert counts((Progress, ProgressRequest, Unlock)) == [0, 0, 0]
        assert counts(SANDBOX) == [1, 0, 1]

    def test_people_who_log_in_may_not_report(
        self, as_player: Callable[[Player], Api], anonymous: Api, alice: Player, mine: Achievement
    ) -> None:
        assert_refused(send(as_player(alice), alice, mine, "reveal"), 403, "caller_not_allowed")
        assert_refused(send(anonymous, alice, mine, "reveal"), 401, "not_authenticated")


class TestOtherSelves:
    """Players who were merged into another, and those of test keys."""

    def test_a_merged_player_counts_as_the_other_one(
        self, api: Api, alice: Player, bob: Player, achievement: Achievement, lamps: Achievement
    ) -> None:
        Player.objects.filter(pk=alice.pk).update(merged_into=bob)

        unlocked = api.unlock(alice, achievement)
        again = api.unlock(bob, achievement)
        moved = send(api, alice, lamps, "increment", steps=5, request_id="a").json()
        retried = send(api, bob, lamps, "increment", steps=5, request_id="a").json()

        assert (unlocked.status_code, unlocked.json()["player_id"]) == (201, str(alice.id))
        assert (again.status_code, again.json()["unlocked_at"]) == (200, unlocked.json()["unlocked_at"])
        assert (moved["player_id"], moved["steps"], retried["steps"]) == (str(alice.id), 5, 5)
        assert list(Unlock.objects.values_list("player_id", flat=True)) == [bob.id]
        assert list(Progress.objects.values_list("player_id", flat=True)) == [bob.id]
        assert OutboxEntry.objects.get().payload["player_id"] == str(bob.id)

    def test_one_batch_that_names_both_selves_unlocks_once(
        self, alice: Player, bob: Player, achievement: Achievement
    ) -> None:
        Player.objects.filter(pk=alice.pk).update(merged_into=bob)
        reports = [Report(achievement.game_id, who.id, achievement.id, None, None) for who in (bob, alice)]

        outcomes = actions.record_unlocks(reports=reports)

        assert [outcome.outcome for outcome in outcomes] == ["unlocked", "repeated"]
        assert [outcome.player_id for outcome in outcomes] == [bob.id, alice.id]

    def test_test_players_exist_for_test_keys_alone(
        self, api: Api, test_api: Api, lamps: Achievement, achievement: Achievement
    ) -> None:
        tester = make_player(is_test=True)

        assert_refused(api.unlock(tester, achievement), 404, "player_not_found")
        assert_refused(send(api, tester, lamps, "set_at_least", steps=1), 404, "player_not_found")
        assert test_api.unlock(tester, achievement).status_code == 201
        assert send(test_api, tester, lamps, "set_at_least", steps=1).status_code == 200


def test_progress_renews_what_is_kept_of_the_player(api: Api, alice: Player, lamps: Achievement) -> None:
    send(api, alice, lamps, "set_at_least", steps=5)
    wait_until(lambda: freshness.number_of(redis.client(), alice.id) == b"1", "the player to be touched")

    send(api, alice, lamps, "set_at_least", steps=4)
    send(api, alice, lamps, "set_at_least", steps=6)

    wait_until(lambda: freshness.number_of(redis.client(), alice.id) == b"2", "the player to be touched")


def test_old_requests_are_forgotten(api: Api, alice: Player, lamps: Achievement) -> None:
    for name in ("old", "older", "new"):
        send(api, alice, lamps, "increment", steps=1, request_id=name)
    old = ProgressRequest.objects.exclude(request_id="new")
    old.update(created_at=now() - timedelta(days=31))

    forgotten = [actions.forget_progress_requests(rows_max=1) for _ in range(3)]

    assert forgotten == [1, 1, 0]
    assert [request.request_id for request in ProgressRequest.objects.all()] == ["new"]
