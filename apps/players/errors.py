"""Errors shared by reads and writes of players."""

from django.utils.translation import gettext_noop

from apps.core.errors import ConflictError, DomainError, NotFoundError


class PlayerNotFoundError(NotFoundError):
    code = "player_not_found"
    detail = gettext_noop("There is no such player, or none that you may see.")


class AccountDeactivatedError(DomainError):
    code = "account_deactivated"
    status = 403
    detail = gettext_noop(
        "This player's account is deactivated: nobody acts in its place. What the player earns counts as before."
    )


class PlayerBannedError(AccountDeactivatedError):
    code = "player_banned"
    detail = gettext_noop(
        "This player is banned: nobody acts in their place. What they earn is recorded, and counts nowhere."
    )


class OwnerNeededError(ConflictError):
    code = "owner_needed"
    detail = gettext_noop("A studio would be left without an owner who can log in. Give it another one first.")


class PlayerNotInGameError(NotFoundError):
    code = "player_not_in_game"
    detail = gettext_noop(
        "This key's game has no such player. PUT /api/v1/players/by-external-id/{external_id} creates them."
    )


class ExternalIdUnknownError(NotFoundError):
    code = "external_id_unknown"
    detail = gettext_noop("This game knows nobody by this id. PUT creates them.")


class HandleTakenError(ConflictError):
    code = "handle_taken"
    detail = gettext_noop(
        "Someone has this handle, gave it up a short while ago, or has one that looks like it. Choose another."
    )


class HandleReservedError(HandleTakenError):
    code = "handle_reserved"
    detail = gettext_noop("This handle is reserved, or looks like one that is. Choose another.")


class PlayerHasAccountError(ConflictError):
    code = "player_has_account"
    detail = gettext_noop("This player has an account: only they can change their profile.")
