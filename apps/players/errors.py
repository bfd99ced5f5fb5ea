"""Errors shared by reads and writes of players."""

from django.utils.translation import gettext_noop

from apps.core.errors import DomainError, NotFoundError


class PlayerNotFoundError(NotFoundError):
    code = "player_not_found"
    detail = gettext_noop("There is no such player, or none that you may see.")


class AccountDeactivatedError(DomainError):
    code = "account_deactivated"
    status = 403
    detail = gettext_noop(
        "This player's account is deactivated: nobody acts in its place. What the player earns counts as before."
    )


class PlayerNotInGameError(NotFoundError):
    code = "player_not_in_game"
    detail = gettext_noop(
        "This key's game has no such player. PUT /api/v1/players/by-external-id/{external_id} creates them."
    )


class ExternalIdUnknownError(NotFoundError):
    code = "external_id_unknown"
    detail = gettext_noop("This game knows nobody by this id. PUT creates them.")
