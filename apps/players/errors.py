"""What reads and writes of players alike may refuse."""

from apps.core.errors import NotFoundError


class PlayerNotFoundError(NotFoundError):
    code = "player_not_found"
    detail = "There is no such player, or none that you may see."
