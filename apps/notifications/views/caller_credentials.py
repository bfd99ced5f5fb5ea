"""The credentials behind an API caller."""

from dataclasses import replace
from uuid import UUID

from django.conf import settings
from rest_framework.request import Request

from apps.core.api.auth.callers import Caller
from apps.games.auth.credentials import Credentials, of_session
from apps.players.models import Account


def credentials_of(request: Request, caller: Caller, player_id: UUID) -> Credentials:
    """Return the credentials by which the caller may listen to the player."""
    if isinstance(request.user, Credentials):
        # From a token or a ticket; its player may have been merged since.
        return replace(request.user, player_id=player_id)
    if caller.account_id is None:
        return Credentials(player_id, caller.game_id, caller.key_id)
    account = Account.objects.only("password", "session_salt").get(pk=caller.account_id)
    return of_session(account, request.COOKIES[settings.SESSION_COOKIE_NAME], player_id=player_id)
