"""Reads of achievements, unlocks and progress, as visible to a viewer."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop

from apps.core.api.auth.callers import Caller
from apps.core.database.composed import Tuples, composed
from apps.core.database.slices import Slice
from apps.core.errors import NotFoundError
from apps.games.achievement_keys import fold_key
from apps.games.models import Achievement, Game
from apps.games.queries import GameNotFoundError, games_seen_by
from apps.games.rarity import shares_of
from apps.unlocks.definitions import definitions_of
from apps.unlocks.first_pages import (
    FirstPage,
    FirstPages,
    ListEntry,
    first_achievements,
    first_page_of,
    first_progress,
    first_unlocks,
)
from apps.unlocks.list_sql import list_statement
from apps.unlocks.models import EarnedUnlock, Progress
from apps.unlocks.visibility import Reading, proven

UNLOCK_ORDER = ("-unlocked_at", "achievement_id")
PROGRESS_ORDER = ("-updated_at", "achievement_id")
ACHIEVEMENT_ORDER = ("position", "id")
# Whether the viewer has had an achievement revealed, or earned it.
_REVEALED = """EXISTS (SELECT FROM __PROGRESS__ r
    WHERE r.player_id = %(viewer_id)s AND r.achievement_id = {} AND r.revealed_at IS NOT NULL)"""
_EARNED_BY_VIEWER = """EXISTS (SELECT FROM __UNLOCK__ v
    WHERE v.player_id = %(viewer_id)s AND v.achievement_id = {})"""
_FILTERS = {
    "game": "AND g.id = %(game)s",
    "since": "AND u.unlocked_at >= %(since)s",
    "kind": "AND a.kind = %(kind)s",
    "tier": """AND (SELECT c.share >= %(low)s AND c.share < %(high)s FROM achievement_completion c
        WHERE c.achievement_id = a.id)""",
    "id": "AND a.id = %(id)s",
    "key": "AND lower(a.key) = %(key)s",
}
_PUBLISHED = "AND g.is_published"
_FIRST_OF_PLAYER: dict[str, FirstPages] = {"player_unlocks": first_unlocks, "player_progress": first_progress}
_EARNED = {"true": "AND u.player_id IS NOT NULL", "false": "AND u.player_id IS NULL"}


class AchievementNotFoundError(NotFoundError):
    code = "achievement_not_found"
    detail = gettext_noop("This game has no such achievement, or none that you may see.")


class PlayersList(NamedTuple):
    """Rows of a list; whether the id it was read by was the player's own, rather than from before a merge.

    And whether its game is published, for a game's list.
    """

    entries: list[ListEntry]
    is_of_named: bool = True
    is_published: bool = True


def is_masked(achievement: Achievement, *, is_known: bool) -> bool:
    """Whether key, name, description and art are hidden from a viewer; `is_known` as in known_to."""
    return achievement.is_hidden and not is_known


@composed
def _known_among(player_id: UUID, ids: list[UUID]) -> Tuples:
    earned = EarnedUnlock.objects.filter(player_id=player_id, achievement_id__among=ids)
    shown = Progress.objects.filter(player_id=player_id, achievement_id__among=ids, revealed_at__isnull=False)
    return earned.values_list("achievement_id").union(shown.values_list("achievement_id"))


def known_to(player_id: UUID | None, achievement_ids: Collection[UUID]) -> set[UUID]:
    """Return the achievements that a player has earned or had revealed; none without a player. One query."""
    if player_id is None or not achievement_ids:
        return set()
    return {known_id for (known_id,) in _known_among.rows(player_id=player_id, ids=list(achievement_ids))}


def readable_game(game_id: UUID, caller: Caller | None) -> Game:
    """Return a game that the caller may see. One query, two if it is not published. Raises: GameNotFoundError."""
    game = Game.objects.filter(pk=game_id).first()
    if game is None or not (game.is_published or games_seen_by(caller).filter(pk=game_id).exists()):
        raise GameNotFoundError
    return game


def achievements_of(
    game_id: UUID, caller: Caller | None, reading: Reading, chosen: dict[str, Any], piece: Slice
) -> PlayersList:
    """Return a game's listed achievements: published ones, and archived ones that the player has earned.

    For ACHIEVEMENT_ORDER. `chosen` are filters by name. One query, and one for definitions that are not cached; up to
    four where it finds nothing in a published game. Raises: PlayerNotFoundError, GameNotFoundError.
    """
    parameters = {**chosen, "game_id": game_id}
    if tier := chosen.get("tier"):
        parameters["low"], parameters["high"] = shares_of(tier)
    if page := None if chosen else _first_page(reading, piece, game_id):
        found = _first(first_achievements, page)
    else:
        found = _read("game_achievements", reading, parameters, piece, _PUBLISHED)
    if found:
        return PlayersList(found)
    seen, game = proven(reading), readable_game(game_id, caller)
    is_of_named = seen.player_id == reading.player_id
    if game.is_published and is_of_named:
        return PlayersList([])
    return PlayersList(_read("game_achievements", seen, parameters, piece), is_of_named, game.is_published)


def listed_achievement(game_id: UUID, caller: Caller | None, reference: UUID | str, reading: Reading) -> PlayersList:
    """Return the one with this id or key, as achievements_of does. Raises also: AchievementNotFoundError."""
    named = {"id": reference} if isinstance(reference, UUID) else {"key": fold_key(reference)}
    found = achievements_of(game_id, caller, reading, named, Slice(1))
    if not found.entries:
        raise AchievementNotFoundError
    return found


def unlocks_of(reading: Reading, chosen: dict[str, Any], piece: Slice) -> PlayersList:
    """Return the player's unlocks, for UNLOCK_ORDER. `chosen` are filters by name.

    One query, and one for definitions that are not cached; one or two where it finds nothing. Raises:
    PlayerNotFoundError.
    """
    return _of_player("player_unlocks", reading, chosen, piece)


def latest_unlocks(
    player_id: UUID, viewer_id: UUID | None, *, count: int, key_game_id: UUID | None = None
) -> list[ListEntry]:
    """Return a player's latest unlocks in published games, as visible to the viewer. Cost as unlocks_of.

    In its own game, published or not, a key of `key_game_id` sees what the player sees.
    """
    if viewer_id in {None, player_id}:
        page = FirstPage(player_id, "proven", viewer_id is not None, None, key_game_id, count)
        return _first(first_unlocks, page) or []
    return _read("player_unlocks", Reading(player_id, viewer_id), {}, Slice(count), _PUBLISHED)[:count]


def progress_of(reading: Reading, chosen: dict[str, Any], piece: Slice) -> PlayersList:
    """Return the player's progress in unearned achievements visible to them, for PROGRESS_ORDER. As unlocks_of."""
    return _of_player("player_progress", reading, chosen, piece)


def _of_player(name: str, reading: Reading, chosen: dict[str, Any], piece: Slice) -> PlayersList:
    """Return the player's rows in the reading's game, or else in all, that are in games the viewer may see."""
    found = _rows_of_player(name, reading, chosen, piece)
    if found is not None or reading.sight is None:
        return PlayersList(found or [])
    seen = proven(reading)
    if seen.player_id == reading.player_id:
        return PlayersList([])
    return PlayersList(_rows_of_player(name, seen, chosen, piece) or [], is_of_named=False)


def _rows_of_player(name: str, reading: Reading, chosen: dict[str, Any], piece: Slice) -> list[ListEntry] | None:
    """Return the rows; None where nothing was found, unless the reading's player is known to have nothing."""
    page = None if chosen else _first_page(reading, piece)
    if page is not None:
        return _first(_FIRST_OF_PLAYER[name], page)
    conditions = [] if reading.is_open_to_unpublished else [_PUBLISHED]
    if reading.game_id is not None:
        conditions.append("AND g.id = %(reading_game)s")
    return _read(name, reading, chosen, piece, *conditions) or None


def _first_page(reading: Reading, piece: Slice, game_id: UUID | None = None) -> FirstPage | None:
    """Return the first page that is read; None for another one."""
    return None if piece.direction else first_page_of(reading, size=piece.size, game_id=game_id)


def _first(read: FirstPages, page: FirstPage) -> list[ListEntry] | None:
    return read([page])[0]


def _read(name: str, reading: Reading, chosen: dict[str, Any], piece: Slice, *conditions: str) -> list[ListEntry]:
    """Return the rows of a list that were chosen, one more than the piece if there are more, in its order.

    None where the reading's player turns out to be invisible or merged.
    """
    wanted = [*conditions, *(_FILTERS[item] for item in chosen if item in _FILTERS)]
    if earned := chosen.get("earned"):
        wanted.append(_EARNED[earned])
    parameters = {
        **chosen,
        **piece.parameters(),
        "player_id": reading.player_id,
        "viewer_id": reading.viewer_id,
        "reading_game": reading.game_id,
    }
    if reading.sight is not None:
        wanted.append(f"AND {reading.sight.condition('%(player_id)s')}")
        parameters |= reading.sight.parameters()
    known = _known(name, reading)
    with connection.cursor() as cursor:
        cursor.execute(list_statement(name, reading.is_test, known, tuple(wanted), piece.direction), parameters)
        rows = cursor.fetchall()
    definitions, is_own = definitions_of([row[:2] for row in rows], is_test=reading.is_test), reading.is_own
    return [ListEntry(definitions[row[0]], is_own, *row) for row in rows if row[0] in definitions]


def _known(name: str, reading: Reading) -> str:
    """Return the condition that the viewer knows what a row's achievement hides."""
    is_list = name == "game_achievements"
    if reading.viewer_id is None:
        return "false"
    if reading.is_own:
        return f"NOT (u.player_id IS NULL AND NOT {_REVEALED.format('a.id')})" if is_list else "true"
    column = "a.id" if is_list else "u.achievement_id"
    return f"({_EARNED_BY_VIEWER.format(column)} OR {_REVEALED.format(column)})"
