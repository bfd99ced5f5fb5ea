"""Reads files of past unlocks, CSV or JSON lines, and gives them player by player."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, islice
from operator import attrgetter
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext

from apps.core.errors import DomainError, InvalidError
from apps.core.parsing import sentences
from apps.core.parsing.json_text import encoding_mistake, read_strict_json, wide_encoding_mistake
from apps.players.queries import holders_of
from apps.unlocks.errors import refusal_of
from apps.unlocks.imports.past_unlocks import Definitions, PastReport, definition_named, definitions_of, refusal_code
from apps.unlocks.parsing import NOT_AN_ACHIEVEMENT, PAST_MEMBERS, read_past_unlock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# What an empty cell wants; that of a player says so itself.
_WANTED = {"achievement_id": NOT_AN_ACHIEVEMENT, "unlocked_at": sentences.NOT_A_MOMENT}
# Lines of a file, in the packed numbers below.
_LINE_BITS = 40
_LINE = (1 << _LINE_BITS) - 1
_PLAYER_SHIFT = 32
_ACHIEVEMENT = (1 << _PLAYER_SHIFT) - 1
# Players looked up at a time.
_LOOKED_UP = 2_000


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that can't be imported, and why; the code is that of the API, the column empty if it is of none."""

    number: int
    column: str
    code: str
    detail: str


@dataclass(slots=True)
class PastOfGame:
    """A file's unlocks, each player and achievement once with the earliest time, and its bad lines.

    Cost: some 200 bytes of memory an unlock.
    """

    bad_lines: list[BadLine] = field(default_factory=list)
    # Of lines that repeat another's player and achievement.
    repeated_count: int = 0
    _players: dict[UUID | str, int] = field(default_factory=dict)
    _achievements: dict[UUID, int] = field(default_factory=dict)
    # By player and achievement, as one number: time and line, as one number.
    _earliest: dict[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._earliest)

    @property
    def player_count(self) -> int:
        return len({key >> _PLAYER_SHIFT for key in self._earliest})

    @property
    def players(self) -> list[UUID | str]:
        """Ids and external ids, as the file names its players."""
        return list(self._players)

    def add(self, past: PastReport, achievement_id: UUID, line: int) -> None:
        player = self._players.setdefault(past.player, len(self._players))
        achievement = self._achievements.setdefault(achievement_id, len(self._achievements))
        earned = (past.unlocked_at - _EPOCH) // _MICROSECOND << _LINE_BITS | line
        self._keep(player << _PLAYER_SHIFT | achievement, earned)

    def join(self, holders: Mapping[UUID | str, UUID]) -> None:
        """Take the names that lead to one player for one; what has the id of nobody becomes bad lines."""
        first: dict[UUID | str, int] = {}
        moved = {
            number: None if isinstance(name, UUID) and name not in holders else first.setdefault(holder, number)
            for name, number in self._players.items()
            for holder in [holders.get(name, name)]
        }
        for key in [key for key in self._earliest if moved[key >> _PLAYER_SHIFT] != key >> _PLAYER_SHIFT]:
            player, achievement = moved[key >> _PLAYER_SHIFT], key & _ACHIEVEMENT
            earned = self._earliest.pop(key)
            if player is None:
                self.bad_lines.append(bad_line(earned & _LINE, "player_not_found"))
            else:
                self._keep(player << _PLAYER_SHIFT | achievement, earned)
        self.bad_lines.sort(key=attrgetter("number"))

    def _keep(self, key: int, earned: int) -> None:
        known = self._earliest.get(key)
        self.repeated_count += known is not None
        self._earliest[key] = earned if known is None else min(known, earned)

    def chunks(self, size: int) -> Iterator[list[tuple[int, PastReport]]]:
        """Yield the unlocks with their line numbers, players one after another: each has few rows to lock then."""
        players, achievements = list(self._players), list(self._achievements)
        keys = iter(sorted(self._earliest))
        while chunk := list(islice(keys, size)):
            yield [self._unlock(key, players, achievements) for key in chunk]

    def _unlock(self, key: int, players: list[UUID | str], achievements: list[UUID]) -> tuple[int, PastReport]:
        earned, line = divmod(self._earliest[key], 1 << _LINE_BITS)
        player, achievement = divmod(key, 1 << _PLAYER_SHIFT)
        unlocked_at = _EPOCH + earned * _MICROSECOND
        return line, PastReport(players[player], achievements[achievement], unlocked_at)


def read_past(file: Path, game_id: UUID, moment: datetime) -> PastOfGame:
    """Read a file: JSON lines if its first line begins with a brace, else CSV with a header, a line an unlock.

    Empty lines are skipped. A player is whom an id or external id leads to, merged or not. Cost: a query, and two for
    _LOOKED_UP names.
    Raises: OSError; InvalidError for an empty file, another encoding than UTF-8, a header without the columns needed.
    """
    found, definitions = PastOfGame(), definitions_of(game_id)
    _refuse_wide(file)
    try:
        with file.open(encoding="utf-8-sig", newline="") as content:
            lines = ((number, line) for number, line in enumerate(content, start=1) if line.strip())
            unlocks, read_body = _reader_of(lines)
            for number, line in unlocks:
                _take(found, number, partial(read_body, line), definitions, moment)
    except UnicodeDecodeError as error:
        raise InvalidError(encoding_mistake(error.object)) from None
    found.join(_holders_of(found.players, game_id))
    return found


def _holders_of(names: Sequence[UUID | str], game_id: UUID) -> dict[UUID | str, UUID]:
    found: dict[UUID | str, UUID] = {}
    for first in range(0, len(names), _LOOKED_UP):
        found |= holders_of(names[first : first + _LOOKED_UP], game_id=game_id, environment="live")
    return found


def _take(
    found: PastOfGame, number: int, body: Callable[[], object], definitions: Definitions, moment: datetime
) -> None:
    """Add a line's unlock to what was found, or the line to the bad ones."""
    try:
        past = read_past_unlock(body())
    except DomainError as error:
        found.bad_lines.append(_bad_line_of(number, error))
        return
    definition = definition_named(definitions, past.achievement)
    code = refusal_code(past, definition, moment)
    if code is not None:
        found.bad_lines.append(bad_line(number, code))
    elif definition is not None:
        found.add(past, definition.id, number)


def bad_line(number: int, code: str) -> BadLine:
    """Return the line with a refusal's code and sentence."""
    return _bad_line_of(number, refusal_of(code))


def _bad_line_of(number: int, error: DomainError) -> BadLine:
    """Return the line with the first of its flaws; of a cell that is empty it says what to write there."""
    if not error.flaws:
        return BadLine(number, "", error.code, error.detail)
    flaw = error.flaws[0]
    column = flaw.pointer.removeprefix("/")
    wanted = _WANTED.get(column) if flaw.code in {"required", "null"} else None
    return BadLine(number, column, flaw.code, flaw.detail if wanted is None else str(wanted))


def _refuse_wide(file: Path) -> None:
    """Raises: OSError; InvalidError for UTF-16 and UTF-32, of which some would pass for UTF-8."""
    with file.open("rb") as content:
        if mistake := wide_encoding_mistake(content.read(4)):
            raise InvalidError(mistake)


def _reader_of(lines: Iterator[tuple[int, str]]) -> tuple[Iterator[tuple[int, str]], Callable[[str], object]]:
    """Return the lines of unlocks, with their numbers, and what reads the body of such a line. Raises: InvalidError."""
    first = next(lines, None)
    if first is None:
        raise InvalidError(gettext("The file is empty."))
    _, text = first
    if text.lstrip().startswith("{"):
        return chain([first], lines), _members_of_json
    if text.lstrip().startswith("["):
        raise InvalidError(gettext("Write an object a line, without a list around them."))
    names = _cells_of(text)
    _require_columns(names)
    return lines, partial(_members_of, names)


def _members_of_json(line: str) -> object:
    return read_strict_json(line.rstrip("\r\n"), is_line=True)


def _members_of(names: Sequence[str], line: str) -> dict[str, object]:
    """Return a line's cells by their columns, blank ones left out. Raises: InvalidError."""
    cells = _cells_of(line)
    members: dict[str, object] = {name: cell for name, cell in zip(names, cells, strict=False) if cell}
    if len(cells) > len(names):
        # A surplus cell is under a name that no unlock has.
        members[""] = cells[len(names) :]
    return members


def _cells_of(line: str) -> list[str]:
    """Return the cells of one line, as no value has two, without the spaces around them.

    Raises: InvalidError for a quote that stays open.
    """
    # 0.3 us in place of 3, on one core; a space may be one to skip.
    if '"' not in line and " " not in line:
        return line.rstrip("\r\n").split(",") if line.strip() else []
    try:
        [cells] = csv.reader([line.rstrip("\r\n") + "\n"], skipinitialspace=True)
    except csv.Error as error:
        raise InvalidError(gettext("This is not valid CSV: {error}.").format(error=error)) from None
    if cells and cells[-1].endswith("\n"):
        raise InvalidError(gettext("A quote opens on this line and doesn't close on it. Close it."))
    return [cell.strip(" ") for cell in cells]


def _require_columns(names: Sequence[str]) -> None:
    """Raises: InvalidError unless a header has the columns of unlocks, each once, and no others."""
    if mistake := _mistake_in(names):
        raise InvalidError(
            gettext("{mistake} The first line names the columns: {columns}.").format(
                mistake=mistake,
                columns=gettext("achievement_id, unlocked_at, and player_id or external_id or both, with commas"),
            )
        )


def _mistake_in(names: Sequence[str]) -> str:
    """Return what is wrong with a header; empty if nothing is."""
    missing = {"achievement_id", "unlocked_at"}.difference(names)
    if len(names) == 1 and any(mark in names[0] for mark in ";\t"):
        return gettext("Separate the columns by commas.")
    if "" in names:
        return gettext("Column {number} has no name. Leave it out, or name it.").format(number=names.index("") + 1)
    if unknown := [name for name in names if name not in PAST_MEMBERS]:
        return gettext("No unlock has the column {names}. Leave it out.").format(names=_listed(unknown))
    if repeated := [name for name, count in Counter(names).items() if count > 1]:
        return gettext("The column {names} is here twice. Leave one out.").format(names=_listed(repeated))
    if missing:
        return gettext("The column {names} is missing.").format(names=_listed(sorted(missing)))
    is_named = not {"player_id", "external_id"}.isdisjoint(names)
    return "" if is_named else gettext("The column player_id or external_id is missing.")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(sentences.echoed, names))
