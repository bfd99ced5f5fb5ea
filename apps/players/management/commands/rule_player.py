"""manage.py rule_player: ban or untrack players, or undo it."""

from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from apps.core.management.progress_bars import progress_bar
from apps.core.management.reason_option import add_reason
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
        add_reason(parser)

    def handle(self, *args: object, ruling: str, players: list[str], reason: str, **options: object) -> None:
        found = list(map(_player, players))
        count = 0
        with progress_bar(total=len(found), unit="players") as bar:
            for player in found:
                count += self._rule(player, ruling, reason)
                bar.update()
        text = ngettext("{count} of {total} player changed.", "{count} of {total} players changed.", len(found))
        self.stdout.write(f"{text.format(count=count, total=len(found))} The relay moves the boards.")

    def _rule(self, player: Player, ruling: str, reason: str) -> bool:
        """Return whether the player was changed."""
        try:
            RULINGS[ruling](player_id=player.id, decided_by="command", reason=reason)
        except rulings.AlreadyRuledError:
            self.stderr.write(f"{player.handle} is so already.")
        except PlayerNotFoundError:
            self.stderr.write(f"{player.handle} was deleted or merged a moment ago.")
        else:
            return True
        return False


def _player(handle: str) -> Player:
    """Raises: CommandError where nobody has the handle, or stands for another player by now."""
    player = Player.objects.filter(handle__iexact=handle).select_related("merged_into").first()
    if player is None:
        raise CommandError(f"No player has the handle {handle}. Nothing was changed.")
    if player.merged_into is not None:
        raise CommandError(f"{player.handle} was merged into {player.merged_into.handle}. Nothing was changed.")
    return player
