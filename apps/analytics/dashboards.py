"""A player's dashboard: every game they have played, totals, rank and the latest unlocks; kept as finished bytes."""

from contextlib import suppress
from uuid import UUID

import orjson

from apps.analytics.bodies import dashboard_body
from apps.analytics.queries import played_games
from apps.core.redis.client import Client, RedisAwayError, attempt, values_of
from apps.games import versions as game_versions
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.queries import place_of_player
from apps.players import versions
from apps.players.models import Player
from apps.unlocks.queries import latest_unlocks

KEPT_SECONDS = 300
LATEST_COUNT = 10
_MARK_END = b"\n"


def dashboard(player: Player, viewer_id: UUID | None, *, key_game_id: UUID | None = None) -> bytes:
    """Return the dashboard as JSON: from Redis when nothing of the player or of any game has changed, else built.

    Hidden achievements are masked for who has not earned them, so it is kept for the player, for strangers and for
    the keys of each game, which see what the player earned in that game; a known viewer's is built each time.
    """
    audience = _audience(player, viewer_id, key_game_id)
    if audience is None:
        return _built(player, viewer_id, key_game_id)
    key = f"dashboard:{audience}:{player.id.hex}"
    try:
        mark, kept = attempt(lambda client: _read(client, [versions.key_of(player.id), game_versions.KEY], key))
    except RedisAwayError:
        return _built(player, viewer_id, key_game_id)
    if kept.startswith(mark + _MARK_END):
        return kept[len(mark + _MARK_END) :]
    body = _built(player, viewer_id, key_game_id)
    with suppress(RedisAwayError):
        attempt(lambda client: client.set(key, mark + _MARK_END + body, ex=KEPT_SECONDS))
    return body


def _audience(player: Player, viewer_id: UUID | None, key_game_id: UUID | None) -> str | None:
    """Return for whom a dashboard may be kept; None for a viewer of their own."""
    if key_game_id is not None:
        return f"key-{key_game_id.hex}"
    return "own" if viewer_id == player.id else "anyone" if viewer_id is None else None


def _built(player: Player, viewer_id: UUID | None, key_game_id: UUID | None) -> bytes:
    games = played_games(player.id)
    place = place_of_player(Board(PLATFORM_ID), player.id, reach=0)
    latest = latest_unlocks(player.id, viewer_id, count=LATEST_COUNT, key_game_id=key_game_id)
    return orjson.dumps(dashboard_body(player, games=games, place=place, latest=latest), option=orjson.OPT_UTC_Z)


def _read(client: Client, version_keys: list[str], key: str) -> tuple[bytes, bytes]:
    *marks, kept = (value or b"" for value in values_of(client, [*version_keys, key]))
    return b" ".join(marks), kept
