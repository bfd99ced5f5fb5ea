"""Reads files of past unlocks, CSV or JSON lines, and gives them player by player."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.utils.translation import gettext

from apps.core.errors import DomainError, InvalidError
from apps.core.parsing import sentences
from apps.core.parsing.json_text import read_json
from apps.unlocks.errors import refusal_of
from apps.unlocks.imports.past_unlocks import Definitions, PastReport, definition_named, refusal_code
from apps.unlocks.parsing import NOT_AN_ACHIEVEMENT, PAST_MEMBERS, read_past_unlock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# What an empty cell wants; that of a player says so itself.
_WANTED = {"achievement_id": NOT_AN_ACHIEVEMENT, "unlocked_at": sentences.NOT_A_MOMENT}
# Lines of a file, in the packed numbers below.
_LINE_BITS = 40


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
        return len(self._players)

    def add(self, past: PastReport, achievement_id: UUID, line: int) -> None:
        player = self._players.setdefault(past.player, len(self._players))
        achievement = self._achievements.setdefault(achievement_id, len(self._achievements))
        earned = (past.unlocked_at - _EPOCH) // _MICROSECOND << _LINE_BITS | line
        key = player << 32 | achievement
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
        player, achievement = divmod(key, 1 << 32)
        unlocked_at = _EPOCH + earned * _MICROSECOND
        return line, PastReport(players[player], achievements[achievement], unlocked_at)


def read_past(file: Path, definitions: Definitions, moment: datetime) -> PastOfGame:
    """Read a file: JSON lines if its first line begins with a brace, else CSV with a header.

    Raises: OSError, UnicodeDecodeError; InvalidError for a header without the columns needed.
    """
    found = PastOfGame()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, body in _bodies(lines):
            try:
                past = read_past_unlock(read_json(body) if isinstance(body, str) else body)
            except DomainError as error:
                found.bad_lines.append(_bad_line_of(number, error))
                continue
            definition = definition_named(definitions, past.achievement)
            code = refusal_code(past, definition, moment)
            if code is not None:
                found.bad_lines.append(bad_line(number, code))
            elif definition is not None:
                found.add(past, definition.id, number)
    return found


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


def _bodies(lines: IO[str]) -> Iterator[tuple[int, str | dict[str, Any]]]:
    """Yield a file's lines with their numbers: JSON as text, CSV as members, blank cells being none."""
    is_json = lines.read(1) == "{"
    lines.seek(0)
    if is_json:
        yield from ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
        return
    rows = csv.DictReader(lines, restkey="", skipinitialspace=True)
    _require_columns(rows.fieldnames or ())
    for row in rows:
        # A surplus cell is under a name that no unlock has, and one that is left out or empty is none.
        yield rows.line_num, {name: value for name, value in row.items() if value}


def _require_columns(names: Sequence[str]) -> None:
    """Raises: InvalidError unless a header has the columns of unlocks, and no others."""
    if {"achievement_id", "unlocked_at"} <= set(names) <= PAST_MEMBERS and {"player_id", "external_id"} & set(names):
        return
    raise InvalidError(
        gettext(
            "The first line names the columns: achievement_id, unlocked_at, and player_id or external_id or both; "
            "it is: {names}."
        ).format(names=", ".join(names) or gettext("empty"))
    )
