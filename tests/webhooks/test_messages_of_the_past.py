"""What endpoints are sent of a change is what it was, though the relay comes after others."""

import os
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from random import Random

import orjson
import pytest

from apps.core.clock import now
from apps.core.database.sql import change_rows
from apps.games.models import Game
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
from tests.factories import make_achievement, make_player, turn_on_modes
from tests.webhooks.conftest import report
from tests.webhooks.modes import Relay, earn, merge, said, sent, sent_to

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("boards")]
DEEDS = ("earn", "earn", "report", "revoke", "revoke mode", "restore")
HISTORIES = int(os.environ.get("LAUREL_TEST_HISTORIES", "1"))


@pytest.fixture
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


def test_an_unlock_is_sent_with_the_mode_it_had_whatever_became_of_it_since(
    alice: Player, bob: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    prize, guest = make_achievement(game), make_player()
    by = {"game": game, "achievement_id": prize.id, "reason": "", "revoked_by": "key:1"}
    earn(bob, prize)
    first = said(HardcoreUnlock.objects.get().hardcore_at)
    revoke_unlocks(**by, player_id=bob.id)
    earn(bob, prize)
    again = said(HardcoreUnlock.objects.get().hardcore_at)
    # Casual, and then in the mode of the guest, which is earlier.
    report(alice, prize)
    earn(guest, prize, now() - timedelta(days=1))
    merge(guest, alice)

    relay()

    bobs = sorted((type_, data["hardcore_at"]) for type_, data in sent_to(bob))
    assert bobs == sorted([
        ("achievement.unlocked", first), ("achievement.revoked", first), ("achievement.unlocked", again)])  # fmt: skip
    alices = [(type_, data["hardcore_at"] is None) for type_, data in sent_to(alice)]
    assert alices == [
        ("achievement.unlocked", True), ("achievement.revoked", True), ("achievement.restored", False)]  # fmt: skip


def test_of_a_batch_each_unlock_is_sent_with_the_mode_of_its_own_report(
    alice: Player, bob: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    prizes, day = [make_achievement(game) for _ in range(4)], timedelta(days=1)
    early, late = now() - 2 * day, now() - day
    report(bob, prizes[3])
    record_unlocks(reports=[
        Report(game.id, alice.id, prizes[0].id, None, early, is_hardcore=True),
        Report(game.id, alice.id, prizes[1].id, None, early),
        # The second of these is of what the first has just earned.
        Report(game.id, alice.id, prizes[2].id, None, early),
        Report(game.id, alice.id, prizes[2].id, None, late, is_hardcore=True),
        Report(game.id, bob.id, prizes[3].id, None, late, is_hardcore=True),
        Report(game.id, bob.id, prizes[0].id, None, late, is_hardcore=True),
    ])  # fmt: skip
    HardcoreUnlock.objects.all().delete()

    relay()

    assert [data["hardcore_at"] for _, data in sent_to(alice)] == [said(early), None, said(late)]
    unlocked = [data["hardcore_at"] for type_, data in sent_to(bob) if type_ == "achievement.unlocked"]
    assert unlocked == [None, said(late)]


def test_what_waited_during_the_upgrade_is_sent_with_its_mode(
    alice: Player, bob: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    prize = make_achievement(game)
    earn(alice, prize)
    report(bob, prize)
    migration = import_module("apps.unlocks.migrations.0017_mode_in_events")

    change_rows("UPDATE outbox SET payload = payload - 'hardcore_at'")
    for _ in range(2):
        change_rows(migration.COMPLETE)
    HardcoreUnlock.objects.all().delete()
    relay()

    assert [data["hardcore_at"] for _, data in sent_to(alice)] == [said(Unlock.objects.get(player=alice).unlocked_at)]
    assert [data["hardcore_at"] for _, data in sent_to(bob)] == [None]


@pytest.mark.parametrize("seed", range(HISTORIES))
@pytest.mark.parametrize("lags", [False, True], ids=["relayed", "relayed at the end"])
def test_who_applies_the_messages_by_their_timestamps_or_counts_them_knows_what_is_held(
    seed: int, lags: bool, alice: Player, bob: Player, game: Game, endpoint: WebhookEndpoint, relay: Relay
) -> None:
    random, guest = Random(seed), make_player()
    prizes, revoked = [make_achievement(game, points=5 * number) for number in (1, 2)], []
    players = [alice, bob, guest]
    relay_meanwhile: Relay = (lambda: 0) if lags else relay
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
        relay_meanwhile()
    relay()

    assert received() == held()
    assert counted() == {
        "unlocks": Unlock.objects.count(), "modes": HardcoreUnlock.objects.count()}  # fmt: skip


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


def counted() -> dict[str, int]:
    """Return what a receiver counts that only adds and subtracts, in whatever order messages come."""
    count = {"unlocks": 0, "modes": 0}
    for type_, data in sent():
        sign = -1 if "revoked" in type_ else 1
        count["unlocks"] += 0 if "hardcore" in type_ or type_ == "game.completed" else sign
        count["modes"] += sign if data.get("hardcore_at") else 0
    return count


def held() -> dict[tuple[str, str], tuple[str, str | None]]:
    modes = {(row.player_id, row.achievement_id): row.hardcore_at for row in HardcoreUnlock.objects.all()}
    return {
        (str(row.player_id), str(row.achievement_id)): (
            said(row.unlocked_at), said(modes.get((row.player_id, row.achievement_id))))
        for row in Unlock.objects.all()
    }  # fmt: skip
