"""What endpoints are sent of the hardcore mode, and that games without modes are sent nothing of it."""

from datetime import timedelta

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.clock import now
from apps.games.models import Game
from apps.players.models import Player
from apps.unlocks.models import HardcoreUnlock, Unlock
from apps.unlocks.revocations import (
    restore_revocation,
    revoke_unlocks,
)
from apps.webhooks.models import WebhookEndpoint, WebhookMessage
from tests.factories import make_achievement, make_game, make_player, turn_on_modes
from tests.webhooks.conftest import report
from tests.webhooks.modes import Relay, earn, merge, said, sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("boards")]


@pytest.fixture
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


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

    at = said(HardcoreUnlock.objects.get().hardcore_at)

    for is_hardcore_only in (True, False):
        revocation = revoke_unlocks(**by, is_hardcore_only=is_hardcore_only)
        relay()
        restore_revocation(revocation_id=revocation.id, game=game, restored_by="key:1")
        relay()

    assert [(type_, data["hardcore_at"]) for type_, data in sent()] == [
        ("achievement.hardcore_revoked", at),
        ("achievement.hardcore_restored", at),
        ("achievement.revoked", at),
        ("achievement.restored", at),
    ]


def test_a_mode_that_comes_back_to_an_unlock_earned_again_is_sent(
    alice: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    prize = make_achievement(game)
    earn(alice, prize)
    by = {"game": game, "player_id": alice.id, "achievement_id": None, "reason": "", "revoked_by": "key:1"}
    revocation = revoke_unlocks(**by)
    relay()
    report(alice, prize)
    relay()
    sent()

    restored = restore_revocation(revocation_id=revocation.id, game=game, restored_by="key:1")
    relay()

    # The mode is older than the unlock that it comes to.
    at = Unlock.objects.get().unlocked_at
    assert [(type_, data["hardcore_at"]) for type_, data in sent()] == [("achievement.hardcore_restored", said(at))]
    assert (restored.restored_count, restored.kept_count) == (1, 0)


def test_of_merged_players_what_is_replaced_goes_before_its_like_comes(
    alice: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    prize, guest = make_achievement(game), make_player()
    early, late = now() - timedelta(days=2), now()
    earn(guest, prize, early)
    report(alice, prize)
    late = Unlock.objects.get(player_id=alice.id).unlocked_at
    relay()
    sent()

    merge(guest, alice)
    relay()

    rows = [orjson.loads(row.payload) for row in WebhookMessage.objects.order_by("id")]
    times = [row["timestamp"] for row in rows]
    sent_of = [(row["type"], row["data"]["player_id"]) for row in rows]
    times_of = [(row["data"]["unlocked_at"], row["data"]["hardcore_at"]) for row in rows]
    assert sent_of == [
        ("achievement.revoked", str(guest.id)),
        ("achievement.revoked", str(alice.id)),
        ("achievement.restored", str(alice.id)),
    ]
    assert times_of == [(said(early), said(early)), (said(late), None), (said(early), said(early))]
    assert times == sorted(set(times))


def test_a_game_that_has_turned_modes_off_is_sent_nothing_of_them(
    alice: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    prize, guest = make_achievement(game), make_player()
    report(alice, prize)
    earn(guest, prize)
    relay()
    sent()
    Game.objects.filter(pk=game.pk).update(has_modes=False)

    merge(guest, alice)
    relay()

    assert [(type_, "hardcore_at" in data) for type_, data in sent()] == [("achievement.revoked", False)]
    assert HardcoreUnlock.objects.get().player_id == alice.id


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

    merge(guest, alice)
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
