"""Who may report progress and unlocks of what, and for whom: test keys, clients' tokens, merged players."""

from collections.abc import Callable

import pytest

from apps.core.models import OutboxEntry
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks import actions
from apps.unlocks.models import (
    Progress,
    ProgressRequest,
    Source,
    Unlock,
)
from apps.unlocks.reports import Report
from tests.conftest import Api
from tests.factories import make_achievement, make_key, make_player
from tests.unlocks.progress_calls import SANDBOX, TARGET, assert_refused, counts, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_test_keys_write_to_the_sandbox_alone(test_api: Api, alice: Player, game: Game) -> None:
    draft = make_achievement(game, kind="incremental", target=TARGET, state="draft")

    send(test_api, alice, draft, "increment", steps=30, request_id="a")
    send(test_api, alice, draft, "increment", steps=30, request_id="a")
    response = send(test_api, alice, draft, "set_at_least", steps=TARGET)

    assert (response.status_code, response.json()["steps"]) == (201, TARGET)
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

        assert (unlocked.status_code, unlocked.json()["player_id"]) == (201, str(bob.id))
        assert (again.status_code, again.json()["unlocked_at"]) == (200, unlocked.json()["unlocked_at"])
        assert (moved["player_id"], moved["steps"], retried["steps"]) == (str(bob.id), 5, 5)
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
