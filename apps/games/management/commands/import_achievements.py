"""manage.py import_achievements: preview a file of achievement definitions, and apply it with --apply."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.management.progress_bars import progress_bar
from apps.games.actions import import_achievements
from apps.games.actions.imports import ImportRefusedError
from apps.games.formats import read_file
from apps.games.formats.documents import Document
from apps.games.import_preview import ImportPlan, PlannedChange, plan_import
from apps.games.models import Game

SHOWN_MAX = 40


class Command(BaseCommand):
    help = "Show what a file of achievement definitions would change in a game; --apply changes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("game", metavar="GAME", help="slug of the game")
        parser.add_argument("file", metavar="FILE", type=Path, help="the file")
        parser.add_argument("--apply", action="store_true", help="write what the preview shows")
        parser.add_argument("--publish", action="store_true", help="show players what the file changes at once")

    def handle(
        self, *args: object, game: str, file: Path, apply: bool = False, publish: bool = False, **options: object
    ) -> None:
        found = Game.objects.filter(slug=game).first()
        if found is None:
            raise CommandError(f"No game has the slug {game!r}.")
        document = self._read(file)
        plan = plan_import(found, document, publish=publish)
        self._show(plan)
        if plan.problems:
            raise CommandError(f"{len(plan.problems)} problems in {file.name}; nothing was changed.")
        if not plan.is_applicable:
            self.stdout.write("Nothing to change.")
        elif not apply:
            self.stdout.write("This was a preview. Run it again with --apply to write it.")
        else:
            self._apply(found, document, plan, publish=publish)

    def _read(self, file: Path) -> Document:
        try:
            return read_file(file.read_bytes())
        except OSError as error:
            raise CommandError(f"Can't read {file}: {error.strerror}.") from error

    def _apply(self, game: Game, document: Document, plan: ImportPlan, *, publish: bool) -> None:
        try:
            with progress_bar(total=plan.change_count, unit="achievements") as bar:
                import_achievements(game=game, document=document, publish=publish, progress=bar.update)
        except ImportRefusedError as error:
            raise CommandError(f"The game changed meanwhile: {error.detail} Nothing was changed.") from error
        self.stdout.write(f"Done: {len(plan.created)} created, {len(plan.changed)} changed.")

    def _show(self, plan: ImportPlan) -> None:
        for problem in plan.problems[:SHOWN_MAX]:
            self.stderr.write(f"  {problem.pointer or 'the whole file'}: {problem.detail}")
        self._show_rest(len(plan.problems))
        if plan.problems:
            return
        for item in plan.sets:
            self.stdout.write(f"  {'~' if item.set_id else '+'} set {item.definition.key}  {item.definition.title}")
        for creation in plan.created[:SHOWN_MAX]:
            definition = creation.definition
            self.stdout.write(f"  + {definition.key}  {definition.name}  {definition.points} points, {creation.state}")
        self._show_rest(len(plan.created))
        for change in plan.changed[:SHOWN_MAX]:
            where = "live at once" if change.goes_live else "in the draft"
            self.stdout.write(f"  ~ {change.definition.key}  {_in_words(change)} ({where})")
        self._show_rest(len(plan.changed))
        for definition in plan.missing[:SHOWN_MAX]:
            self.stdout.write(f"    {definition.key}  not in the file, stays as it is")
        self._show_rest(len(plan.missing))
        self.stdout.write(
            f"{len(plan.created)} new, {len(plan.changed)} changed, {len(plan.unchanged)} unchanged, "
            f"{len(plan.missing)} not in the file; {plan.points_after:,} of {plan.points_budget:,} points "
            f"(now {plan.points_before:,})."
        )

    def _show_rest(self, count: int) -> None:
        if count > SHOWN_MAX:
            self.stdout.write(f"    ... and {count - SHOWN_MAX} more")


def _in_words(change: PlannedChange) -> str:
    return "; ".join(f"{item.label}: {item.before_text} -> {item.after_text}" for item in change.changes)
