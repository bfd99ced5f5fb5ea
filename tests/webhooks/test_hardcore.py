"""What endpoints are sent of the hardcore mode, and that games without modes are sent nothing of it."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core.background.outbox import record
from apps.core.clock import now
from apps.games.models import Game
from apps.players.events import PlayersMerged
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.models import HardcoreUnlock
from apps.unlocks.reports import Report
from apps.unlocks.revocations import restore_revocation, revoke_unlocks
from apps.webhooks.models import WebhookEndpoint, WebhookMessage
from tests.factories import make_achievement, make_game, make_player, turn_on_modes
from tests.webhooks.conftest import report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("boards")]
Relay = Callable[[], int]


@pytest.fixture
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


def earn(player: Player, achievement: Any) -> None:
    record_unlocks(reports=[Report(achievement.game_id, player.id, achievement.id, None, None, is_hardcore=True)])


def sent() -> list[tuple[str, dict[str, Any]]]:
    """Return the types and data of all messages, oldest first, and delete them."""
    found = [(row.type, orjson.loads(row.payload)["data"]) for row in WebhookMessage.objects.order_by("id")]
    WebhookMessage.objects.all().delete()
    return found


def test_an_unlock_in_hardcore_says_when_and_a_later_one_is_an_event_of_its_own(
    alice: Player, bob: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    prize = make_achievement(game, points=15, key="ACH_PRIZE")
    earn(alice, prize)
    report(bob, prize)
    relay()

    at_once = {data["player_id"]: (type_, data) for type_, data in sent()}
    earn(bob, prize)
    earn(alice, prize)
    relay()
    later = sent()

    assert {type_ for type_, _ in at_once.values()} == {"achievement.unlocked"}
    together = at_once[str(alice.id)][1]
    assert together["hardcore_at"] == together["unlocked_at"]
    assert at_once[str(bob.id)][1]["hardcore_at"] is None
    hardcore_at = HardcoreUnlock.objects.get(player_id=bob.id).hardcore_at
    assert later == [
        (
            "achievement.hardcore",
            {
                "game_id": str(game.id),
                "player_id": str(bob.id),
                "external_ids": [],
                "achievement_id": str(prize.id),
                "achievement_key": "ACH_PRIZE",
                "points": 15,
                "hardcore_at": hardcore_at.isoformat().replace("+00:00", "Z"),
            },
        )
    ]


def test_a_mode_revoked_alone_is_sent_and_one_that_goes_with_its_unlock_is_not(
    alice: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    earn(alice, make_achievement(game))
    relay()
    sent()
    by = {"game": game, "player_id": alice.id, "achievement_id": None, "reason": "", "revoked_by": "key:1"}

    types = []
    for is_hardcore_only in (True, False):
        revocation = revoke_unlocks(**by, is_hardcore_only=is_hardcore_only)
        relay()
        types.append([type_ for type_, _ in sent()])
        restore_revocation(revocation_id=revocation.id, game=game, restored_by="key:1")
        relay()
        types.append([type_ for type_, _ in sent()])

    assert types == [
        ["achievement.hardcore_revoked"],
        ["achievement.hardcore_restored"],
        ["achievement.revoked"],
        ["achievement.restored"],
    ]


def test_merging_sends_the_mode_that_an_unlock_gains(
    alice: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    shared, other = make_achievement(game), make_achievement(game)
    guest = make_player()
    report(alice, shared)
    earn(guest, shared)
    earn(guest, other)
    relay()
    sent()

    with transaction.atomic():
        Player.objects.filter(pk=guest.pk).update(merged_into=alice, merged_at=now())
        record([PlayersMerged(guest.id, alice.id)])
    relay()

    hardcore = [(type_, data["player_id"], data["achievement_id"]) for type_, data in sent() if "hardcore" in type_]
    assert hardcore == [("achievement.hardcore_restored", str(alice.id), str(shared.id))]


def test_games_without_modes_are_sent_as_before(alice: Player, endpoint: WebhookEndpoint, relay: Relay) -> None:
    plain = make_game()
    WebhookEndpoint.objects.update(game=plain)
    # Or the game would be completed.
    make_achievement(plain)
    report(alice, make_achievement(plain))

    with CaptureQueriesContext(connection) as queries:
        relay()

    ((type_, data),) = sent()
    assert (type_, "hardcore_at" in data) == ("achievement.unlocked", False)
    assert [item["sql"] for item in queries if "hardcore" in item["sql"].replace("hardcore_earned", "")] == []
