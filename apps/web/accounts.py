"""How allauth makes accounts here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from apps.core.addresses import address_of
from apps.notifications.guard import raise_doubt
from apps.players.models import Player


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts have no username."""

    def populate_username(self, request: Any, user: Any) -> None:
        return

    def get_client_ip(self, request: Any) -> str:
        """Return whom throttles count: the one address that everything else goes by."""
        return address_of(request)

    def set_password(self, user: Any, password: str) -> None:
        # The session it is changed in is begun anew afterwards.
        self.request.session.require_writable()
        super().set_password(user, password)

    def logout(self, request: Any) -> None:
        """Log out, and have open connections of the session end at once rather than within seconds."""
        account_id = request.user.pk
        # Only now: Django's signal comes before the session is gone.
        super().logout(request)
        player_id = Player.objects.filter(account=account_id).values_list("pk", flat=True).first()
        if player_id is not None:
            raise_doubt(player_id)
