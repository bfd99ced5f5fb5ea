"""Deactivates accounts and activates them again; either ends the sessions they had, for good."""

from secrets import token_hex

from django.db.models import QuerySet

from apps.players.models import Account


def set_active(accounts: QuerySet[Account], *, is_active: bool) -> int:
    """Activate or deactivate those of the accounts that aren't so yet, and return how many.

    Their sessions don't come back with them, nor the tokens, tickets and connections that came from these: whoever
    stole a session would be back as well. Nothing else sets `is_active` of an account that exists.
    """
    changed = accounts.exclude(is_active=is_active)
    return changed.update(is_active=is_active, session_salt=token_hex(16))
