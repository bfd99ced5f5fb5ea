"""What lists say of achievements and games, as finished JSON, cached in this process for the games' revisions.

A definition is the same for every player, so lists join its text with what is the player's. It is current if it has the
revision that a list's row comes with; drafts, which test keys read, are not cached.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from apps.core.api.wire.responses import to_json
from apps.core.bounded_cache import BoundedCache
from apps.core.database.sql import read_sql, text_array
from apps.core.media import media_url

# Of each of two generations, about 1 kB an entry.
ENTRIES_MAX = 10_000


class CachedDefinition(NamedTuple):
    """An achievement's own members as JSON without braces: as shown, and as masked; and its game's, with braces."""

    revision: int
    shown: str
    masked: str
    is_hidden: bool
    target: int | None
    has_modes: bool
    game: str


cached_definitions: BoundedCache[str, CachedDefinition] = BoundedCache(ENTRIES_MAX)


def definitions_of(revisions: Iterable[tuple[str, int]], *, is_test: bool) -> dict[str, CachedDefinition]:
    """Return what achievements say, by their ids: as drafted for test keys.

    `revisions` are ids with the revisions of their games. One query, none when all are cached.
    """
    wanted = dict(revisions)
    if is_test:
        return _read(list(wanted), is_test=True)
    found = {name: current for name, revision in wanted.items() if (current := _current(name, revision)) is not None}
    if missing := [name for name in wanted if name not in found]:
        made = _read(missing, is_test=False)
        cached_definitions.add(made)
        found |= made
    return found


def _current(achievement_id: str, revision: int) -> CachedDefinition | None:
    cached = cached_definitions.get(achievement_id)
    return cached if cached is not None and cached.revision == revision else None


def _read(ids: list[str], *, is_test: bool) -> dict[str, CachedDefinition]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_statement(is_test), {"ids": text_array(ids)})
        return {row[0]: _definition(row) for row in cursor.fetchall()}


@cache
def _statement(is_test: bool) -> str:
    return read_sql("unlocks", "definitions", drafted=str(is_test).lower())


def _definition(row: tuple[Any, ...]) -> CachedDefinition:
    achievement_id, number, points, revision, has_modes, game_id, slug, game_name, set_key = row[:9]
    key, name, description, kind, target, is_hidden, icon, icon_locked = row[9:]
    masked = {
        "id": achievement_id,
        "number": number,
        "key": None,
        "name": None,
        "description": None,
        "points": points,
        "set": set_key,
        "kind": kind,
        "target": None,
        "hidden": is_hidden,
        "icon_url": None,
        "locked_icon_url": None,
    }
    shown = masked | {
        "key": key,
        "name": name,
        "description": description,
        "target": target,
        "icon_url": media_url(icon) or None,
        "locked_icon_url": media_url(icon_locked) or None,
    }
    game = {"id": game_id, "slug": slug, "name": game_name}
    return CachedDefinition(revision, _members(shown), _members(masked), is_hidden, target, has_modes, _text(game))


def _members(body: dict[str, Any]) -> str:
    return _text(body)[1:-1]


def _text(body: dict[str, Any]) -> str:
    return to_json(body).decode()
