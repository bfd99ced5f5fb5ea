"""First pages of players' lists, of any number at once: the usual ones, by functions of the database."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from apps.core.database.sql import id_array, text_array
from apps.unlocks.definitions import CachedDefinition, definitions_of
from apps.unlocks.visibility import Reading

_PER_PLAYER = "%s::uuid[], %s::text[], %s::boolean[], %s::uuid[], %s::uuid[]"
_UNLOCKS = f"SELECT * FROM first_unlocks({_PER_PLAYER}, %s::integer[])"  # noqa: S608 - put together from constants
_PROGRESS = f"SELECT * FROM first_progress({_PER_PLAYER}, %s::integer[])"  # noqa: S608
_ACHIEVEMENTS = f"SELECT * FROM first_achievements({_PER_PLAYER}, %s::uuid[], %s::integer[])"  # noqa: S608
_Row = Sequence[Any]


class ListEntry(NamedTuple):
    """A row of a list: what one's achievement says, and what there is of it for the player and the viewer.

    Moments are texts. `steps` are those of the viewer, and of the player only where `is_own`. `value` is the list's
    own: points as earned of an unlock, when it was updated of progress, the position of an achievement.
    """

    definition: CachedDefinition
    is_own: bool
    id: str
    revision: int
    # Whether the viewer has earned it or had it revealed.
    is_known: bool
    share: float | None
    hardcore_share: float | None
    unlocked_at: str | None
    hardcore_at: str | None
    steps: int | None
    value: Any

    @property
    def is_masked(self) -> bool:
        return self.definition.is_hidden and not self.is_known


class FirstPage(NamedTuple):
    """The first rows of a player's list, at most `limit`.

    Read as the player themselves does where `is_own`, and as they do of `own_game_id`, be it published or not. `sight`
    is why the reader may see the player: proven, own, key (of the own game) or anyone.
    """

    player_id: UUID
    sight: str
    is_own: bool
    # The only game; None is all.
    game_id: UUID | None
    own_game_id: UUID | None
    limit: int


# Reads pages, and returns the rows of each, or None.
FirstPages = Callable[[Sequence[FirstPage]], list[list[ListEntry] | None]]


def first_page_of(reading: Reading, *, size: int, game_id: UUID | None = None) -> FirstPage | None:
    """Return the first page that a reading reads, in its game or in `game_id`; None for one of another kind.

    Those are of the sandbox, and for a player who reads another one. One row more than its size is read.
    """
    player_id, sight = reading.player_id, reading.sight
    viewers = {reading.viewer_id, None if sight is None else sight.viewer_id}
    if player_id is None or reading.is_test or not viewers <= {None, player_id}:
        return None
    own_game_id = reading.game_id if reading.is_open_to_unpublished else None
    return FirstPage(player_id, _sight(reading), reading.is_own, game_id or reading.game_id, own_game_id, size + 1)


def first_unlocks(pages: Sequence[FirstPage]) -> list[list[ListEntry] | None]:
    """Return the latest unlocks of each page's player; None for a player whom the reader may not see, or not so.

    One query, and one for definitions that are not cached.
    """
    return _read(_UNLOCKS, pages)


def first_progress(pages: Sequence[FirstPage]) -> list[list[ListEntry] | None]:
    """Return the latest progress of each page's player, for themselves. As first_unlocks."""
    return _read(_PROGRESS, pages)


def first_achievements(pages: Sequence[FirstPage]) -> list[list[ListEntry] | None]:
    """Return the achievements of each page's game, for its player. As first_unlocks.

    None also for a game that is not published, or has none.
    """
    limits: dict[UUID | None, int] = {}
    for page in pages:
        limits[page.game_id] = max(page.limit, limits.get(page.game_id, 0))
    rows = _rows(_ACHIEVEMENTS, [*_columns(pages), id_array(limits), text_array(map(str, limits.values()))])
    listed = _listed({game_id: rows.get(-number, []) for number, game_id in enumerate(limits, 1)})
    return [
        _achievements(page, found, rows[number])
        if number in rows and (found := listed[page.game_id, page.is_own])
        else None
        for number, page in enumerate(pages, 1)
    ]


def _read(statement: str, pages: Sequence[FirstPage]) -> list[list[ListEntry] | None]:
    rows = _rows(statement, [*_columns(pages), text_array(str(page.limit) for page in pages)])
    definitions = definitions_of(
        ((row[0], row[1]) for found in rows.values() for row in found if row[0]), is_test=False
    )
    return [
        [ListEntry(definitions[row[0]], page.is_own, *row) for row in rows[number] if row[0] in definitions]
        if number in rows
        else None
        for number, page in enumerate(pages, 1)
    ]


def _rows(statement: str, columns: list[str]) -> dict[int, list[_Row]]:
    """Return the rows of each number, without it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, columns)
        found = cursor.fetchall()
    return {number: [row[1:] for row in rows] for number, rows in groupby(found, itemgetter(0))}


def _listed(rows: dict[UUID | None, list[_Row]]) -> dict[tuple[UUID | None, bool], list[tuple[ListEntry, bool]]]:
    """Return what is listed of each game for who reads their own and for others, who have nothing of it yet.

    With whether it is archived. The same entries serve all who read the game: half of a list's entries are these.
    """
    definitions = definitions_of(((row[0], row[1]) for found in rows.values() for row in found), is_test=False)
    return {
        (game_id, is_own): [
            (_not_earned(definitions[row[0]], is_own, row), row[5]) for row in found if row[0] in definitions
        ]
        for game_id, found in rows.items()
        for is_own in (False, True)
    }


def _not_earned(definition: CachedDefinition, is_own: bool, row: _Row) -> ListEntry:
    name, revision, share, hardcore_share, position, *_ = row
    return ListEntry(definition, is_own, name, revision, False, share, hardcore_share, None, None, None, position)


def _achievements(page: FirstPage, listed: list[tuple[ListEntry, bool]], held: Iterable[_Row]) -> list[ListEntry]:
    """Return the listed achievements with what the player has of them; of archived ones those that they have earned."""
    unlocks = {row[0]: (row[6], row[7]) for row in held if row[6] is not None}
    progress = {row[0]: (row[8], row[9]) for row in held if row[8] is not None}
    entries: list[ListEntry] = []
    for entry, is_archived in listed:
        has_unlock = entry.id in unlocks
        if is_archived and not has_unlock:
            continue
        if has_unlock or entry.id in progress:
            unlocked_at, hardcore_at = unlocks.get(entry.id, (None, None))
            steps, is_revealed = progress.get(entry.id, (None, False))
            is_known = page.is_own and (has_unlock or is_revealed)
            entries.append(
                ListEntry(
                    entry.definition, entry.is_own, entry.id, entry.revision, is_known, entry.share,
                    entry.hardcore_share, unlocked_at, hardcore_at, steps, entry.value,
                )
            )  # fmt: skip
        else:
            entries.append(entry)
        if len(entries) == page.limit:
            break
    return entries


def _columns(pages: Sequence[FirstPage]) -> list[str]:
    players, sights, owns, games, own_games, _ = zip(*pages, strict=True)
    return [
        id_array(players),
        text_array(sights),
        text_array("t" if is_own else "f" for is_own in owns),
        id_array(games),
        id_array(own_games),
    ]


def _sight(reading: Reading) -> str:
    if reading.sight is None:
        return "proven"
    if reading.sight.viewer_id is not None:
        return "own"
    return "anyone" if reading.sight.game_id is None else "key"
