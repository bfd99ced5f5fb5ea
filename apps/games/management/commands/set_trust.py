"""manage.py set_trust: list or delist a game, or say whether platform boards trust its clients."""

import time
from collections.abc import Callable
from functools import partial

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.management.progress_bars import progress_bar
from apps.core.management.reason_option import add_reason
from apps.games.actions import delist_game, list_game, trust_clients
from apps.games.actions.trust import AlreadyDecidedError
from apps.games.models import Game, TrustMove
from apps.players.models import Player

DECISIONS: dict[str, Callable[..., Game]] = {
    "list": list_game,
    "delist": delist_game,
    "trust-clients": partial(trust_clients, is_trusted=True),
    "distrust-clients": partial(trust_clients, is_trusted=False),
}
LOOK_SECONDS = 0.5


class Command(BaseCommand):
    help = "List or delist a game, or say whether platform boards count what only its clients vouched for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("decision", choices=list(DECISIONS))
        parser.add_argument("game", metavar="GAME", help="slug of the game")
        add_reason(parser)
        parser.add_argument("--no-wait", action="store_true", help="don't wait until the boards have followed")

    def handle(
        self, *args: object, decision: str, game: str, reason: str, no_wait: bool = False, **options: object
    ) -> None:
        found = Game.objects.filter(slug=game).first()
        if found is None:
            raise CommandError(f"No game has the slug {game!r}.")
        try:
            DECISIONS[decision](game_id=found.id, decided_by="command", reason=reason)
        except AlreadyDecidedError as error:
            raise CommandError("The game is so already. Nothing was changed.") from error
        if no_wait:
            self.stdout.write("Done. The relay moves the boards.")
        else:
            self._wait(found)
            self.stdout.write("Done, and the boards have followed.")

    def _wait(self, game: Game) -> None:
        """Show how far the relay has come, until it has followed every change of the game."""
        with progress_bar(total=Player.objects.count(), unit="players") as bar:
            while move := TrustMove.objects.filter(game=game).order_by("id").first():
                bar.update(Player.objects.filter(pk__lte=move.reached_id).count() - bar.n)
                time.sleep(LOOK_SECONDS)
            bar.update((bar.total or 0) - bar.n)
