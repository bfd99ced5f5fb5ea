"""Deactivates accounts and activates them again; either ends the sessions they had, for good."""

from secrets import token_hex

from django.db.models import ProtectedError, QuerySet
from django.db.models.deletion import Collector

from apps.players.errors import OwnerNeededError
from apps.players.models import Account


def require_not_only_owner(account: Account) -> None:
    """Refuse the only owner of a studio, as deleting the account does. Raises: OwnerNeededError."""
    try:
        Collector(using="default").collect([account])
    except ProtectedError as error:
        # Nothing but memberships is protected from an account's end.
        raise OwnerNeededError from error


def set_active(accounts: QuerySet[Account], *, is_active: bool) -> int:
    """Activate or deactivate those of the accounts that aren't so yet, and return how many.

    Their sessions don't come back with them, nor the tokens, tickets and connections that came from these: whoever
    stole a session would be back as well. Nothing else sets `is_active` of an account that exists.
    """
    changed = accounts.exclude(is_active=is_active)
    return changed.update(is_active=is_active, session_salt=token_hex(16))
