"""How allauth makes accounts here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from apps.notifications.guard import raise_doubt
from apps.players.models import Player


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts have no username."""

    def populate_username(self, request: Any, user: Any) -> None:
        return

    def logout(self, request: Any) -> None:
        """Log out, and have open connections of the session end at once rather than within seconds."""
        account_id = request.user.pk
        # Only now: Django's signal comes before the session is gone.
        super().logout(request)
        player_id = Player.objects.filter(account=account_id).values_list("pk", flat=True).first()
        if player_id is not None:
            raise_doubt(player_id)
