"""Whatever is earned, revoked, merged, listed, trusted and ruled in whatever order, boards equal a recomputation.

At every step, with each chunk killed at its end before it is done. LAUREL_TEST_HISTORIES says how many random
histories there are (1), besides the simplest.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.analytics import subscribers as analytics
from apps.core.background.outbox import record
from apps.core.background.relay import run_step, run_steps_until_empty
from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.games import actions
from apps.games.actions.trust import AlreadyDecidedError
from apps.games.definitions import studio_players
from apps.games.models import Membership
from apps.leaderboards import subscribers
from apps.leaderboards.repair.rebuild import rebuild_boards
from apps.leaderboards.standings import recounting
from apps.players.actions import edit_player, rulings
from apps.players.errors import PlayerNotFoundError
from apps.players.events import PlayersMerged
from apps.players.models import Player, Region
from apps.unlocks.actions import record_unlocks
from apps.unlocks.models import Revocation, Source
from apps.unlocks.reports import Report
from apps.unlocks.revocations import (
    AlreadyRestoredError,
    NothingToRevokeError,
    restore_revocation,
    revoke_unlocks,
)
from tests.factories import make_account, make_achievement, make_game, make_player
from tests.own_database import all_differences

pytestmark = pytest.mark.django_db(transaction=True)

HISTORIES = int(os.environ.get("LAUREL_TEST_HISTORIES", "1"))
STEPS = 30
BY = {"decided_by": "rule"}


class World:
    """Two games of two studios, players of whom one is a member, and what can happen to them."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw
        self.games = [make_game(), make_game(trust="developing")]
        self.achievements = [
            make_achievement(game, points=10 * n, setter="client") for game in self.games for n in range(4)
        ]
        self.players = [make_player(account=make_account()) for _ in range(5)]
        Membership.objects.create(studio=self.games[0].studio, account=self.players[0].account, role="viewer")

    def one_of(self, things: Any) -> Any:
        return self.draw(st.sampled_from(list(things)))

    def earn(self) -> None:
        for _ in range(5):
            item, player = self.one_of(self.achievements), self.one_of(self.players)
            source = self.one_of((Source.SERVER, Source.CLIENT))
            record_unlocks(reports=[Report(item.game_id, player.id, item.id, None, None, source)])

    def revoke(self) -> None:
        item, player = self.one_of(self.achievements), self.one_of((None, *self.players))
        with suppress(NothingToRevokeError):
            revoke_unlocks(
                game=item.game, player_id=player and player.id, achievement_id=item.id, reason="", revoked_by="key:1"
            )

    def restore(self) -> None:
        for revocation in Revocation.objects.filter(game__in=self.games, state="revoked")[:1]:
            with suppress(AlreadyRestoredError):
                restore_revocation(revocation_id=revocation.id, game=revocation.game, restored_by="key:1")

    def decide(self) -> None:
        decide = self.one_of((actions.list_game, actions.delist_game))
        with suppress(AlreadyDecidedError):
            decide(game_id=self.one_of(self.games).id, **BY)

    def trust(self) -> None:
        with suppress(AlreadyDecidedError):
            is_trusted = self.one_of((True, False))
            actions.trust_clients(game_id=self.one_of(self.games).id, is_trusted=is_trusted, **BY)

    def amend(self) -> None:
        name = self.one_of(("is_ranking_clients", "is_ranking_members"))
        actions.amend_game(game=self.one_of(self.games), changes={name: self.one_of((True, False))})

    def publish(self) -> None:
        self.one_of((actions.publish_game, actions.unpublish_game))(game=self.one_of(self.games))

    def join_or_leave(self) -> None:
        studio, player = self.one_of(self.games).studio, self.one_of(self.players)
        if player.account and not Membership.objects.filter(studio=studio, account=player.account).delete()[0]:
            Membership.objects.create(studio=studio, account=player.account, role="viewer")
        studio_players.note_differences()

    def rule(self) -> None:
        rule = self.one_of((rulings.ban_player, rulings.unban_player, rulings.untrack_player, rulings.track_player))
        with suppress(rulings.AlreadyRuledError, PlayerNotFoundError):
            rule(player_id=self.one_of(self.players).id, **BY)

    def move(self) -> None:
        edit_player(player_id=self.one_of(self.players).id, region=self.one_of(Region.values))

    def merge(self) -> None:
        found, into = make_player(), self.one_of(self.players)
        for item in self.achievements[::3]:
            record_unlocks(reports=[Report(item.game_id, found.id, item.id, None, None, Source.CLIENT)])
        with transaction.atomic():
            Player.objects.filter(pk=found.pk).update(merged_into=into, merged_at=now())
            record([PlayersMerged(found.id, into.id)])


HAPPENINGS = (
    World.earn, World.earn, World.earn, World.revoke, World.restore, World.decide, World.trust, World.amend,
    World.publish, World.join_or_leave, World.rule, World.rule, World.move, World.merge,
)  # fmt: skip


def test_boards_follow_from_ledger_and_rules_at_every_step(
    boards: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounting, "PLAYERS_AT_ONCE", 2)
    monkeypatch.setattr(recounting, "FEW_PLAYERS", 1)
    monkeypatch.setattr(recounting, "LOOKED_AT_ONCE", 3)

    @chosen
    @given(st.data())
    def history(data: st.DataObject) -> None:
        world = World(data.draw)
        run_steps_until_empty()
        rebuild_boards()
        for happening in data.draw(st.lists(st.sampled_from(HAPPENINGS), min_size=STEPS, max_size=STEPS)):
            happening(world)
            if data.draw(st.booleans()):
                continue
            run_with_kills(monkeypatch)
            assert wrong(settings) == []
        run_with_kills(monkeypatch)
        assert wrong(settings) == []

    history()


def wrong(settings: Any) -> list[str]:
    """What differs, but for notifications, which stay with the player who was merged: some may be left out as well."""
    return [line for line in all_differences(settings) if not line.startswith(("notification", "friends", "... and"))]


def run_with_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each step twice: killed at its end first."""
    write = analytics.unlock_counts.add

    def killed(**counts: object) -> None:
        raise InterruptedError

    studio_players.note_differences()
    while OutboxEntry.objects.exists():
        for module, name in ((analytics.unlock_counts, "add"), (subscribers, "_show")):
            with monkeypatch.context() as patch, suppress(InterruptedError):
                patch.setattr(module, name, lambda *arguments, **names: killed())
                run_step()
        run_step()
    assert analytics.unlock_counts.add is write


chosen = settings(
    max_examples=HISTORIES + 1, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None,
    phases=[Phase.generate],
)  # fmt: skip
