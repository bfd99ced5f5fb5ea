"""manage.py rebuild_boards: rebuild all boards, or one game's, without blocking reads."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.core.redis.client import RedisError
from apps.games.models import Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.models import Standing
from apps.leaderboards.repair.rebuild import RebuildInterruptedError, RebuildUnderWayError, rebuild_boards


class Command(BaseCommand):
    help = "Rebuild the boards in Redis from PostgreSQL, beside the live ones, and swap them in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--game", metavar="SLUG", help="only this game's boards; `global` for the platform's")

    def handle(self, *args: object, game: str | None = None, **options: object) -> None:
        scope_id = None
        if game is not None:
            scope_id = PLATFORM_ID if game == "global" else self._game_id(game)
        standings = Standing.objects.filter(points__gt=0, **({} if scope_id is None else {"scope_id": scope_id}))
        try:
            with tqdm(total=standings.count(), unit=" places", disable=None) as bar:
                places = rebuild_boards(scope_id=scope_id, progress=bar.update)
        except RebuildUnderWayError as error:
            raise CommandError(
                "Another rebuild is under way. Try again when it is over (at most 30 s if it died)."
            ) from error
        except (RebuildInterruptedError, RedisError) as error:
            raise CommandError(
                f"Redis did not stay up during the rebuild ({error}). Nothing was swapped in."
            ) from error
        self.stdout.write(f"Boards rebuilt from {places:,} standings.")

    def _game_id(self, slug: str) -> Any:
        game = Game.objects.filter(slug=slug).first()
        if game is None:
            raise CommandError(f"No game has the slug {slug!r}.")
        return game.id
