"""What the response cache sends is what Django would have made, whoever reads and whatever happened in between."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from achievements_site.asgi import http, wsgi
from apps.core.asgi import bridge
from apps.core.asgi.bridge import WSGIBridge
from apps.core.asgi.error_responses import refusal
from apps.core.asgi.responses import send_response
from apps.core.background.outbox import record
from apps.core.clock import now
from apps.core.database.budgets import REQUEST_SECONDS
from apps.core.errors import DomainError
from apps.core.redis import client as redis
from apps.games.actions import publish_game, unpublish_game
from apps.games.actions.games import amend_game
from apps.games.auth import keys
from apps.games.models import Achievement, Game
from apps.leaderboards.repair.rebuild import rebuild_boards
from apps.players.actions.players import edit_player
from apps.players.actions.rulings import ban_player, unban_player
from apps.players.events import PlayersMerged
from apps.players.models import Player
from apps.unlocks.models import Revocation
from apps.unlocks.revocations import restore_revocation, revoke_unlocks
from tests.asgi import Reply
from tests.conftest import Api
from tests.core.test_response_cache import common, empty_cache, get, wait_for_writes
from tests.factories import make_achievement, make_game, make_key, make_known, make_player, make_publishable_key

__all__ = ["empty_cache"]

# What Redis holds of finished bytes; without them Django makes its response from the data.
FINISHED = "page:*"
BEGINNING = datetime(2030, 5, 6, 12, tzinfo=UTC)


async def _refuse(scope: Any, send: Any, status: int, code: str, detail: str) -> None:
    await send_response(send, *refusal(scope, status, code, detail))


django = WSGIBridge(wsgi, threads=1, bytes_max_of=lambda path: 1024 * 1024, refuse=_refuse)


@dataclass
class World:
    """A game with its people, and what may happen to them."""

    clock: Any
    relay: Callable[[], int]
    game: Game
    achievements: list[Achievement]
    # With steps.
    steps: Achievement
    players: list[Player]
    # Whom a merge may make one of the players.
    former: Player
    tokens: list[str]

    def happen(self, event: str, number: int) -> None:
        player = self.players[number % len(self.players)]
        achievement = self.achievements[number % len(self.achievements)]
        self.game.refresh_from_db()
        player.refresh_from_db()
        does: dict[str, Callable[[], object]] = {
            "earn": lambda: Api(self.tokens[1]).unlock(player, achievement),
            "revoke": lambda: revoke_unlocks(
                game=self.game, player_id=None, achievement_id=achievement.id, reason="x", revoked_by="x"
            ),
            "hide": lambda: (unpublish_game if self.game.is_published else publish_game)(game=self.game),
            "edit": lambda: amend_game(game=self.game, changes={"tagline": f"Tagline {number}"}),
            "rename": lambda: edit_player(player_id=player.id, display_name=f"Name {number}"),
            "privacy": lambda: edit_player(player_id=player.id, visibility=("private", "public")[number % 2]),
            "ban": lambda: (unban_player if player.banned_at else ban_player)(player_id=player.id, decided_by="x"),
            "turn": lambda: self.clock.shift(timedelta(hours=13)),
            "flush": lambda: redis.client().flushall(),
            "rebuild": rebuild_boards,
            "progress": lambda: Api(self.tokens[1]).post(
                "achievements/progress",
                {"player_id": player.id, "achievement_id": self.steps.id, "verb": "set_at_least", "steps": number + 1},
            ),
            "merge": lambda: self.merge(player),
            "restore": self.restore,
        }
        # Somebody is renamed too often, or a second revocation finds nothing.
        with suppress(DomainError):
            does[event]()
        wait_for_writes()

    def merge(self, into: Player) -> None:
        """Merge a new player with an unlock of their own, who is read by their id from before."""
        achievement = self.achievements[0]
        Api(self.tokens[1]).unlock(self.former, achievement)
        with transaction.atomic():
            Player.objects.filter(pk=self.former.pk, merged_into=None).update(merged_into=into, merged_at=now())
            record([PlayersMerged(self.former.id, into.id)])

    def restore(self) -> None:
        for revocation in Revocation.objects.filter(state="revoked")[:1]:
            restore_revocation(revocation_id=revocation.id, game=self.game, restored_by="x")


EVENTS = (
    *("earn", "revoke", "hide", "edit", "rename", "privacy", "ban", "turn", "flush", "rebuild"),
    *("earn", "progress", "merge", "restore"),
)
events = st.tuples(st.sampled_from(EVENTS), st.integers(0, 5), st.booleans())
requests = st.tuples(st.integers(0, 20), st.integers(0, 3), st.sampled_from(["", "gzip", "zstd, br;q=0.5"]))


def paths_of(world: World) -> list[tuple[str, str]]:
    game, board = f"games/{world.game.id}", f"leaderboards/{world.game.id}"
    return [
        ("games", ""),
        (game, ""),
        (f"games/{world.game.slug}", ""),
        (f"{game}/achievements", ""),
        (f"{game}/achievements", "page_size=1"),
        (f"{game}/achievements/{world.achievements[0].key}", ""),
        (board, ""),
        (board, "window=day&region=EU"),
        (board, "page=2&page_size=1"),
        (board, "region=EU,NA"),
        (board, "windw=day"),
        ("leaderboards/global", "window=week"),
        *of_players(world),
    ]


def of_players(world: World) -> list[tuple[str, str]]:
    player, list_ = world.players[0].id, f"games/{world.game.id}/achievements"
    return [
        (f"players/{player}/unlocks", ""),
        (f"players/{player}/unlocks", f"game={world.game.id}&page_size=1"),
        (f"players/{world.former.id}/unlocks", ""),
        (list_, f"player_id={player}"),
        (list_, f"player_id={world.former.id}&earned=true"),
        (f"{list_}/{world.achievements[0].key}", f"player_id={player}"),
        (f"players/{player}/progress", ""),
        (f"players/{player}/dashboard", ""),
        (f"players/{world.former.id}/dashboard", ""),
    ]


def read(world: World, request: tuple[int, int, str], to: Any = http) -> Reply:
    path, query = paths_of(world)[request[0]]
    # Of dashboards a part is left out when they are compared.
    headers = {"accept-encoding": request[2]} if request[2] and "dashboard" not in path else {}
    return get(f"/api/v1/{path}", query=query, token=["", *world.tokens][request[1]], headers=headers, to=to)


def shown(reply: Reply) -> tuple[int, Any, dict[str, str]]:
    """Return what does not differ between two requests for the same."""
    body = orjson.loads(reply.body) if reply.headers.get("content-encoding") is None else reply.body
    if isinstance(body, dict):
        body.pop("request_id", None)
        if "latest_unlocks" in body:
            # Others' points move it, for up to a minute.
            body.pop("rank")
            return reply.status, body, {}
    return reply.status, body, common(reply)


def check(world: World, wanted: list[tuple[int, int, str]], *, is_settled: bool) -> None:
    """Hold the cache's responses against Django's: made from the data, where the relay is not behind."""
    # What belongs to one player is stored at the second request.
    found = [[shown(read(world, request)) for request in wanted] for _ in range(3)]
    if is_settled:
        for key in redis.client().scan_iter(match=FINISHED):
            redis.client().delete(key)

    made = [shown(read(world, request, django)) for request in wanted]

    assert found == [made] * 3


@pytest.fixture
def world_of(relay: Callable[[], int], settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], World]]:
    # On a busy machine a board's page would come from a copy, as if PostgreSQL were late.
    monkeypatch.setattr(bridge, "SHORT_SECONDS", REQUEST_SECONDS)
    # More calls come than anyone is allowed.
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 1_000_000)
    with time_machine.travel(BEGINNING, tick=True) as clock:

        def make() -> World:
            redis.client().flushall()
            keys.cache.clear()
            game = make_game()
            tokens = [make_publishable_key(game), make_key(game), make_key(make_game())]
            achievements = [make_achievement(game, points=points, is_hidden=points == 5) for points in (5, 10, 20)]
            steps = make_achievement(game, kind="incremental", target=100, is_hidden=True)
            *players, former = [make_known(make_player(region="EU"), game) for _ in range(4)]
            rebuild_boards()
            return World(clock, relay, game, achievements, steps, players, former, tokens)

        yield make


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.parametrize("examples", [8, pytest.param(200, marks=[pytest.mark.full, pytest.mark.timeout(3600)])])
def test_responses_from_memory_equal_djangos(examples: int, world_of: Callable[[], World]) -> None:
    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(events, min_size=1, max_size=6), st.lists(requests, min_size=3, max_size=6))
    def run(happening: list[tuple[str, int, bool]], wanted: list[tuple[int, int, str]]) -> None:
        world = world_of()
        check(world, wanted, is_settled=True)
        for event, number, is_relay_alive in happening:
            world.happen(event, number)
            if is_relay_alive:
                world.relay()
            check(world, wanted, is_settled=is_relay_alive)

    run()
