"""A game of the bench's own: many simulated players and achievements nobody has yet, made by set-based SQL."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from apps.core.ids import new_id

REGIONS = ("EU", "NA", "AS", "SA", "OC", "AF", "AN")


@dataclass(frozen=True, slots=True)
class World:
    """Ids as text, ready for request bodies."""

    game_id: str
    live_key: str
    player_ids: Sequence[str]
    achievement_ids: Sequence[str]


def make_world(dsn: str, *, label: str, players: int, achievements: int, friends: int = 0) -> World:
    """Create a studio, a published game with achievements, a live key and players; named as simulated.

    Each player follows the `friends` after them, in a ring.
    """
    with psycopg.connect(dsn) as connection:
        game_id, token = make_game(connection, label)
        achievement_ids = _make_achievements(connection, game_id, achievements)
        player_ids = make_players(connection, label, players)
        _make_known(connection, game_id, player_ids)
        _make_friends(connection, player_ids, friends)
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE player, achievement")
    return World(str(game_id), token, [str(item) for item in player_ids], [str(item) for item in achievement_ids])


def make_game(connection: psycopg.Connection, label: str) -> tuple[UUID, str]:
    """Create a studio with one published game; return the game's id and a live key of it."""
    studio_id, game_id = new_id(), new_id()
    token = f"lk_live_{secrets.token_urlsafe(24)}"
    connection.execute(
        "INSERT INTO studio (id, slug, name, created_at) VALUES (%s, %s, %s, now())",
        [studio_id, f"{label}-studio", "Simulated studio"],
    )
    connection.execute(
        "INSERT INTO game (id, studio_id, slug, name, tagline, description, palette, cover, points_budget,"
        " default_setter, is_published, trust, created_at)"
        " VALUES (%s, %s, %s, 'Simulated game', '', '', '{}', '', 1000, 'server', true, 'listed', now())",
        [game_id, studio_id, label],
    )
    connection.execute(
        "INSERT INTO achievement_set (id, game_id, key, kind, title, icon, position, created_at)"
        " VALUES (%s, %s, 'base', 'base', 'Base game', '', 0, now())",
        [new_id(), game_id],
    )
    connection.execute(
        "INSERT INTO api_key (id, game_id, name, environment, prefix, digest, scopes, created_at)"
        " VALUES (%s, %s, 'Load', 'live', %s, %s, '{read,unlocks:write,players:write}', now())",
        [new_id(), game_id, token[:12], hashlib.sha256(token.encode()).hexdigest()],
    )
    return game_id, token


def make_players(connection: psycopg.Connection, label: str, count: int) -> list[UUID]:
    """Create players spread over the regions, called simulated in their names."""
    ids = [new_id() for _ in range(count)]
    moment = datetime.now(UTC)
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY player (id, handle, display_name, region, time_zone, avatar, visibility, created_at) FROM STDIN"
        ) as copy,
    ):
        for number, player_id in enumerate(ids):
            handle, name = f"{label[-12:]}-{number:05d}", f"Simulated {number:05d}"
            copy.write_row((player_id, handle, name, REGIONS[number % 7], "UTC", "", "public", moment))
    return ids


def _make_known(connection: psycopg.Connection, game_id: UUID, player_ids: Sequence[UUID]) -> None:
    """Have the game know its players by external ids, without which its key gets no ticket for them."""
    connection.execute(
        "INSERT INTO external_identity (id, game_id, environment, external_id, player_id, created_at)"
        " SELECT gen_random_uuid(), %s, 'live', 'simulated-' || p.number, p.id, now()"
        " FROM unnest(%s::uuid[]) WITH ORDINALITY AS p (id, number)",
        [game_id, list(player_ids)],
    )


def _make_friends(connection: psycopg.Connection, player_ids: Sequence[UUID], count: int) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY follow (follower_id, followed_id, created_at) FROM STDIN") as copy,
    ):
        moment = datetime.now(UTC)
        for number, player_id in enumerate(player_ids):
            for step in range(1, count + 1):
                copy.write_row((player_id, player_ids[(number + step) % len(player_ids)], moment))


def _make_achievements(connection: psycopg.Connection, game_id: UUID, count: int) -> list[UUID]:
    ids = [new_id() for _ in range(count)]
    connection.execute(
        "INSERT INTO achievement (id, game_id, set_id, set_kind, key, name, description, points, is_hidden, kind,"
        " state, setter, position, version, icon, icon_locked, created_at, published_at)"
        " SELECT a.id, s.game_id, s.id, 'base', 'ACH_' || a.number, 'Simulated ' || a.number, '', 1 + a.number %% 50,"
        " false, 'one_shot', 'published', 'server', a.number, 1, '', '', now(), now()"
        " FROM achievement_set s, unnest(%s::uuid[]) WITH ORDINALITY AS a (id, number) WHERE s.game_id = %s",
        [ids, game_id],
    )
    return ids
