"""Writing players."""

from django.db import IntegrityError, transaction

from apps.core.errors import ConflictError
from apps.players.models import Account, Player


class HandleTakenError(ConflictError):
    code = "handle_taken"
    detail = "Someone has this handle. Choose another."


def create_player(
    *, handle: str, display_name: str, region: str, time_zone: str = "UTC", account: Account | None = None
) -> Player:
    """Create a player, with or without someone who logs in as them. Raises: HandleTakenError."""
    player = Player(handle=handle, display_name=display_name, region=region, time_zone=time_zone, account=account)
    try:
        with transaction.atomic():
            player.save(force_insert=True)
    except IntegrityError as error:
        if "player_handle_uniq" in str(error):
            raise HandleTakenError from error
        raise
    return player
