"""manage.py rule_player: ban or untrack players, or undo it."""

from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.players.actions import rulings
from apps.players.errors import PlayerNotFoundError
from apps.players.models import Player

RULINGS: dict[str, Callable[..., Player]] = {
    "ban": rulings.ban_player,
    "unban": rulings.unban_player,
    "untrack": rulings.untrack_player,
    "track": rulings.track_player,
}


class Command(BaseCommand):
    help = "Ban players (their account can't act, they stand nowhere in public) or untrack them, or undo it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ruling", choices=list(RULINGS))
        parser.add_argument("players", metavar="HANDLE", nargs="+")
        parser.add_argument("--reason", default="", help="stored with the ruling")

    def handle(self, *args: object, ruling: str, players: list[str], reason: str = "", **options: object) -> None:
        found = list(map(_player, players))
        count = 0
        for player in tqdm(found, unit=" players", disable=None):
            try:
                RULINGS[ruling](player_id=player.id, decided_by="command", reason=reason[:200])
            except rulings.AlreadyRuledError:
                self.stderr.write(f"{player.handle} is so already.")
            except PlayerNotFoundError:
                self.stderr.write(f"{player.handle} was deleted or merged a moment ago.")
            else:
                count += 1
        self.stdout.write(f"{count} of {len(found)} players changed. The relay moves the boards.")


def _player(handle: str) -> Player:
    """Raises: CommandError where nobody has the handle, or stands for another player by now."""
    player = Player.objects.filter(handle__iexact=handle).select_related("merged_into").first()
    if player is None:
        raise CommandError(f"No player has the handle {handle}. Nothing was changed.")
    if player.merged_into is not None:
        raise CommandError(f"{player.handle} was merged into {player.merged_into.handle}. Nothing was changed.")
    return player
