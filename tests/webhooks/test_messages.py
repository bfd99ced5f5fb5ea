"""What endpoints are sent, and what sending costs the relay."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core.background import outbox
from apps.core.background import relay as relay_module
from apps.core.background.relay import run_step
from apps.core.models import OutboxEntry
from apps.games.models import Achievement, Game
from apps.leaderboards.events import GameCompleted
from apps.players.models import ExternalIdentity, Player
from apps.unlocks.events import AchievementUnlocked
from apps.unlocks.revocations import restore_revocation, revoke_unlocks
from apps.webhooks.actions import IssuedSecret, change_endpoint, create_endpoint
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from tests.factories import make_achievement, make_game
from tests.webhooks.conftest import MOMENT, Receiver, deliver, report

pytestmark = pytest.mark.django_db


def test_an_unlock_is_sent_with_the_names_the_game_knows(
    alice: Player,
    game: Game,
    issued: IssuedSecret,
    receiver: Receiver,
    relay: Callable[[], int],
    time_machine: Any,
) -> None:
    achievement = make_achievement(game, key="ACH_FIRST_LIGHT", points=15)
    known_as = {"player": alice, "environment": "live"}
    ExternalIdentity.objects.create(game_id=game.id, external_id="steam:7", **known_as)
    ExternalIdentity.objects.create(game_id=make_game().id, external_id="elsewhere", **known_as)
    ExternalIdentity.objects.create(game_id=game.id, external_id="sandbox", player=alice, environment="test")
    time_machine.move_to(MOMENT, tick=False)

    report(alice, achievement)
    happened_at = OutboxEntry.objects.values_list("created_at", flat=True).get()
    relay()
    deliver()

    (request,) = receiver.received
    assert request.verified(issued.secret) == {
        "type": "achievement.unlocked",
        "timestamp": f"{happened_at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "data": {
            "game_id": str(game.id),
            "player_id": str(alice.id),
            "external_ids": ["steam:7"],
            "achievement_id": str(achievement.id),
            "achievement_key": "ACH_FIRST_LIGHT",
            "points": 15,
            "unlocked_at": request.json["data"]["unlocked_at"],
        },
    }
    message = WebhookMessage.objects.get()
    assert (request.headers["webhook-id"], request.path) == (f"msg_{message.id.hex}", "/hooks")
    assert request.headers["Content-Type"] == "application/json"


def test_revoking_and_restoring_are_sent_once_each(
    alice: Player, game: Game, issued: IssuedSecret, receiver: Receiver, relay: Callable[[], int]
) -> None:
    achievement = make_achievement(game)
    report(alice, achievement)
    relay()

    revocation = revoke_unlocks(game=game, player_id=alice.id, achievement_id=None, reason="A bug", revoked_by="key:1")
    relay()
    restore_revocation(revocation_id=revocation.id, game=game, restored_by="key:1")
    relay()
    deliver()

    types = sorted((request.verified(issued.secret)["type"] for request in receiver.received), reverse=True)
    assert types == ["achievement.unlocked", "achievement.revoked", "achievement.restored"]
    assert {request.json["data"]["achievement_id"] for request in receiver.received} == {str(achievement.id)}


def test_a_completed_game_is_sent(
    alice: Player, game: Game, issued: IssuedSecret, receiver: Receiver, relay: Callable[[], int]
) -> None:
    with transaction.atomic():
        outbox.record([GameCompleted(alice.id, game.id, 12, MOMENT)])

    relay()
    deliver()

    assert receiver.received[0].verified(issued.secret)["data"] == {
        "game_id": str(game.id),
        "player_id": str(alice.id),
        "external_ids": [],
        "achievement_count": 12,
        "completed_at": "2026-11-25T12:00:00Z",
    }


def test_what_a_test_key_reports_is_never_sent(
    alice: Player, achievement: Achievement, endpoint: WebhookEndpoint, relay: Callable[[], int]
) -> None:
    report(alice, achievement, is_test=True)

    assert relay() == 1
    assert WebhookMessage.objects.count() == 0


def test_each_endpoint_gets_what_it_chose_of_its_own_game(
    alice: Player, game: Game, endpoint: WebhookEndpoint, receiver: Receiver, relay: Callable[[], int]
) -> None:
    second = create_endpoint(game=game, url=receiver.url, event_types=["achievement.unlocked"]).endpoint
    create_endpoint(game=game, url=receiver.url, event_types=["game.completed"])
    create_endpoint(game=make_game(), url=receiver.url, event_types=["achievement.unlocked"])
    disabled = create_endpoint(game=game, url=receiver.url, event_types=["achievement.unlocked"]).endpoint
    change_endpoint(endpoint=disabled, is_enabled=False)

    report(alice, make_achievement(game))
    relay()

    assert WebhookMessage.objects.count() == 1
    assert set(WebhookDelivery.objects.values_list("endpoint_id", flat=True)) == {endpoint.id, second.id}


def statements(players: Player, game: Game, count: int) -> list[str]:
    report(players, *(make_achievement(game) for _ in range(count)))
    with CaptureQueriesContext(connection) as captured:
        assert run_step() == count
    return [query["sql"] for query in captured.captured_queries if "webhook" in query["sql"]]


@pytest.mark.parametrize("count", [1, 40])
def test_a_step_queries_once_where_no_endpoint_listens(
    alice: Player, game: Game, receiver: Receiver, count: int
) -> None:
    create_endpoint(game=make_game(), url=receiver.url, event_types=["achievement.unlocked"])

    found = statements(alice, game, count)

    assert len(found) == 1
    assert found[0].lstrip().startswith("SELECT game_id, id FROM webhook_endpoint")


@pytest.mark.parametrize("count", [1, 40])
def test_a_step_stores_any_number_in_one_statement(
    alice: Player, game: Game, endpoint: WebhookEndpoint, receiver: Receiver, count: int
) -> None:
    create_endpoint(game=game, url=receiver.url, event_types=["achievement.unlocked"])

    found = statements(alice, game, count)

    assert len(found) == 2
    assert WebhookDelivery.objects.count() == 2 * count


def test_a_step_that_fails_sends_nothing(
    alice: Player, game: Game, endpoint: WebhookEndpoint, relay: Callable[[], int], monkeypatch: Any
) -> None:
    report(alice, make_achievement(game))
    handlers = _last_fails(monkeypatch)

    with pytest.raises(RuntimeError, match="midway"):
        run_step()
    handlers.clear()

    assert WebhookMessage.objects.count() == 0
    assert relay() == 1
    assert WebhookMessage.objects.count() == 1


def _last_fails(monkeypatch: Any) -> list[UUID]:
    failing: list[UUID] = [UUID(int=0)]

    def fail(events: Any, step: Any) -> None:
        if failing:
            raise RuntimeError("midway")

    handlers = [*relay_module._subscribers[AchievementUnlocked], fail]
    monkeypatch.setitem(relay_module._subscribers, AchievementUnlocked, handlers)
    return failing
