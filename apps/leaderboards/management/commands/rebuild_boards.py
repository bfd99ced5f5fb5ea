"""manage.py rebuild_boards: rebuild all boards, or one game's, without blocking reads."""

from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from apps.core.management.progress_bars import progress_bar
from apps.core.redis.client import RedisError
from apps.games.models import Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.boards.modes import Mode, scope_of
from apps.leaderboards.models import Standing
from apps.leaderboards.repair.rebuild import RebuildInterruptedError, RebuildUnderWayError, rebuild_boards


class Command(BaseCommand):
    help = "Rebuild the boards in Redis from PostgreSQL, beside the live ones, and swap them in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--game", metavar="SLUG", help="only this game's boards; `global` for the platform's")

    def handle(self, *args: object, game: str | None = None, **options: object) -> None:
        scopes: list[UUID | None] = [None] if game is None else [*self._scopes(game)]
        standings = Standing.objects.filter(points__gt=0, **({} if game is None else {"scope_id__in": scopes}))
        try:
            with progress_bar(total=standings.count(), unit="places") as bar:
                places = sum(rebuild_boards(scope_id=item, progress=bar.update) for item in scopes)
        except RebuildUnderWayError as error:
            raise CommandError(
                "Another rebuild is under way. Try again when it is over (at most 30 s if it died)."
            ) from error
        except (RebuildInterruptedError, RedisError) as error:
            raise CommandError(
                f"Redis did not stay up during the rebuild ({error}). Nothing was swapped in."
            ) from error
        text = ngettext("Boards rebuilt from {count:,} standing.", "Boards rebuilt from {count:,} standings.", places)
        self.stdout.write(text.format(count=places))

    def _scopes(self, slug: str) -> list[UUID]:
        """Return the platform, or a game in both modes."""
        if slug == "global":
            return [PLATFORM_ID]
        game = Game.objects.filter(slug=slug).first()
        if game is None:
            raise CommandError(f"No game has the slug {slug!r}.")
        return [scope_of(game.id, mode) for mode in Mode]
