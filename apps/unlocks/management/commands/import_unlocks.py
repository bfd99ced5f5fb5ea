"""manage.py import_unlocks: preview a file of past unlocks, and bring it in with --expect."""

import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from apps.core.clock import now
from apps.core.errors import DomainError, InvalidError
from apps.core.management.progress_bars import progress_bar
from apps.games.models import Game
from apps.unlocks.errors import REFUSALS
from apps.unlocks.import_files import BadLine, PastOfGame, bad_line, read_past
from apps.unlocks.imports.past_unlocks import PastReport
from apps.unlocks.imports.runs import CHUNK_SIZE, ImportBusyError, begin_import, finish_import, import_unlocks
from apps.unlocks.models import UnlockImport

SHOWN_MAX = 40
WAIT_SECONDS = 0.05


class Command(BaseCommand):
    help = (
        "Bring a game's past: unlocks with their own times, from CSV or JSON lines. Without --expect, a preview. "
        "Stopped at any moment, run it again: nothing is there twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("game", metavar="GAME", help="slug of the game")
        parser.add_argument("file", metavar="FILE", type=Path, help="the file, as docs/imports.md describes it")
        parser.add_argument(
            "--expect",
            type=int,
            metavar="COUNT",
            help="write, if the file has this many unlocks, each player and achievement once",
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="write bad lines here, as CSV")

    def handle(
        self,
        *args: object,
        game: str,
        file: Path,
        expect: int | None = None,
        report: Path | None = None,
        **options: object,
    ) -> None:
        found = Game.objects.filter(slug=game).first()
        if found is None:
            raise CommandError(f"No game has the slug {game!r}.")
        past = self._read(found, file)
        self._report(past.bad_lines, report)
        self.stdout.write(
            "{unlocks} of {players}; {repeated}, {bad}.".format(
                unlocks=_counted(len(past), "{count:,} unlock", "{count:,} unlocks"),
                players=_counted(past.player_count, "{count:,} player", "{count:,} players"),
                repeated=_counted(
                    past.repeated_count, "{count:,} line repeats another", "{count:,} lines repeat another"
                ),
                bad=_counted(len(past.bad_lines), "{count:,} is bad", "{count:,} are bad"),
            )
        )
        if not past and not expect:
            self.stdout.write("There is nothing to write.")
            return
        if expect is None:
            self.stdout.write(f"This was a preview. Run it again with --expect {len(past)} to write it.")
            return
        if expect != len(past):
            unlocks = _counted(len(past), "{count:,} unlock", "{count:,} unlocks")
            raise CommandError(f"The file has {unlocks}, not {expect:,}. Nothing was written.")
        self._write(found, file, past, report)

    def _read(self, game: Game, file: Path) -> PastOfGame:
        try:
            return read_past(file, game.id, now())
        except OSError as error:
            raise CommandError(f"Can't read {file}: {error.strerror}.") from error
        except InvalidError as error:
            raise CommandError(error.detail) from error

    def _write(self, game: Game, file: Path, past: PastOfGame, report: Path | None) -> None:
        try:
            begun = begin_import(game=game, expected_count=len(past), name=file.name[:200], created_by="command")
            refused = self._bring(game, begun, past)
            if refused:
                self._report([*past.bad_lines, *refused], report)
            done = finish_import(import_id=begun.id, game=game)
        except DomainError as error:
            raise CommandError(f"{error.detail} What was brought stays.") from error
        repeated = _counted(
            done.unlock_count - done.recorded_count, "{count:,} was there before", "{count:,} were there before"
        )
        self.stdout.write(f"Done: {done.recorded_count:,} recorded, {repeated}.")

    def _bring(self, game: Game, begun: UnlockImport, past: PastOfGame) -> list[BadLine]:
        """Bring the file's unlocks chunk by chunk, and return the lines that were refused."""
        refused, brought = [], 0
        with progress_bar(total=len(past), unit="unlocks") as bar:
            try:
                for chunk in past.chunks(CHUNK_SIZE):
                    refused += _bring_chunk(game, begun, chunk, bar)
                    brought += len(chunk)
                    bar.update(len(chunk))
            except KeyboardInterrupt:
                bar.close()
                self.stderr.write(
                    f"At least {brought:,} of {len(past):,} unlocks were brought, and stay. "
                    "Run it again for the rest: nothing is there twice."
                )
                raise
        return refused

    def _report(self, bad_lines: Sequence[BadLine], report: Path | None) -> None:
        for line in bad_lines[:SHOWN_MAX]:
            self.stderr.write("  line " + ": ".join(filter(None, (str(line.number), *_words(line)))))
        if len(bad_lines) > SHOWN_MAX:
            self.stderr.write(f"    ... and {len(bad_lines) - SHOWN_MAX:,} more; --report FILE has all of them")
        if report is not None:
            with report.open("w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["line", "column", "code", "detail"])
                writer.writerows((line.number, *_words(line)) for line in bad_lines)


def _words(line: BadLine) -> tuple[str, str, str]:
    return line.column, line.code, line.detail


def _counted(count: int, singular: str, plural: str) -> str:
    return ngettext(singular, plural, count).format(count=count)


def _bring_chunk(game: Game, begun: UnlockImport, chunk: Sequence[tuple[int, PastReport]], bar: Any) -> list[BadLine]:
    unlocks = [past for _, past in chunk]
    while True:
        try:
            outcomes = import_unlocks(import_id=begun.id, game=game, unlocks=unlocks)
        except ImportBusyError:
            # The relay comes first: it has live unlocks to carry out, too.
            bar.set_postfix_str("waiting for the relay", refresh=False)
            time.sleep(WAIT_SECONDS)
        else:
            bar.set_postfix_str("", refresh=False)
            pairs = zip(chunk, outcomes, strict=True)
            return [bad_line(number, item.outcome) for (number, _), item in pairs if item.outcome in REFUSALS]
