"""What endpoints are sent of the hardcore mode, and that games without modes are sent nothing of it."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any, overload

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
from apps.unlocks.models import HardcoreUnlock, Unlock
from apps.unlocks.reports import Report
from apps.unlocks.revocations import (
    NothingToRevokeError,
    UnlocksRevokedError,
    restore_revocation,
    revoke_unlocks,
)
from apps.webhooks.models import WebhookEndpoint, WebhookMessage
from tests.factories import make_achievement, make_game, make_player, turn_on_modes
from tests.webhooks.conftest import report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("boards")]
Relay = Callable[[], int]
DEEDS = ("earn", "earn", "report", "revoke", "revoke mode", "restore")
HISTORIES = int(os.environ.get("LAUREL_TEST_HISTORIES", "1"))


@pytest.fixture
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


def earn(player: Player, achievement: Any, at: datetime | None = None) -> None:
    record_unlocks(reports=[Report(achievement.game_id, player.id, achievement.id, None, at, is_hardcore=True)])


def merge(guest: Player, into: Player) -> None:
    with transaction.atomic():
        Player.objects.filter(pk=guest.pk).update(merged_into=into, merged_at=now())
        record([PlayersMerged(guest.id, into.id)])


@overload
def said(moment: datetime) -> str: ...
@overload
def said(moment: None) -> None: ...
def said(moment: datetime | None) -> str | None:
    """Return a time as messages have it, to the microsecond."""
    return None if moment is None else orjson.dumps(moment, option=orjson.OPT_UTC_Z).decode().strip('"')


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


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_who_applies_the_messages_by_their_timestamps_knows_what_is_held(
    seed: int, alice: Player, bob: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    random, guest = Random(seed), make_player()
    prizes, revoked = [make_achievement(game, points=5 * number) for number in (1, 2)], []
    players = [alice, bob, guest]
    for step in range(30):
        player, deed = random.choice(players), random.choice(DEEDS)
        prize = random.choice(prizes)
        if deed == "earn":
            earn(player, prize, now() - timedelta(days=random.randrange(9)))
        elif deed == "report":
            report(player, prize)
        elif deed == "restore" and revoked:
            with suppress(UnlocksRevokedError):
                chosen = random.choice(revoked)
                restore_revocation(revocation_id=chosen, game=game, restored_by="key:1")
                revoked.remove(chosen)
        elif deed.startswith("revoke"):
            with suppress(NothingToRevokeError):
                revoked.append(revoke_unlocks(
                    game=game, player_id=player.id, achievement_id=prize.id, reason="", revoked_by="key:1",
                    is_hardcore_only=deed == "revoke mode").id)  # fmt: skip
                if random.random() < 0.5:
                    # The relay then finds the revocation and what follows it at once.
                    continue
        if step == 20:
            merge(guest, alice)
            players.remove(guest)
        relay()
    relay()

    assert received() == held()


def received() -> dict[tuple[str, str], tuple[str, str | None]]:
    """Return what a receiver knows: the times of each player and achievement, of the unlock and its mode."""
    known: dict[tuple[str, str], tuple[str, str | None]] = {}
    messages = [orjson.loads(row.payload) for row in WebhookMessage.objects.exclude(type="game.completed")]
    for body in sorted(messages, key=lambda body: body["timestamp"]):
        data, kind = body["data"], body["type"].removeprefix("achievement.")
        key = data["player_id"], data["achievement_id"]
        if kind == "revoked":
            assert known.pop(key) == (data["unlocked_at"], data["hardcore_at"])
        elif kind in {"unlocked", "restored"}:
            assert key not in known
            known[key] = data["unlocked_at"], data["hardcore_at"]
        else:
            before = data["hardcore_at"] if kind == "hardcore_revoked" else None
            assert known[key][1] == before
            known[key] = known[key][0], None if before else data["hardcore_at"]
    return known


def held() -> dict[tuple[str, str], tuple[str, str | None]]:
    modes = {(row.player_id, row.achievement_id): row.hardcore_at for row in HardcoreUnlock.objects.all()}
    return {
        (str(row.player_id), str(row.achievement_id)): (
            said(row.unlocked_at), said(modes.get((row.player_id, row.achievement_id))))
        for row in Unlock.objects.all()
    }  # fmt: skip


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
