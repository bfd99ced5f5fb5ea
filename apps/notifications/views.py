"""Tickets over HTTP."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.games.authentication import ApiKeyAuthentication
from apps.games.keys import KeyIdentity
from apps.notifications.actions import issue_ticket
from apps.notifications.tickets import TICKET_SECONDS


class SocketTicketView(APIView):
    """POST /api/v1/players/{player_id}/socket-ticket"""

    authentication_classes = (ApiKeyAuthentication,)

    def post(self, request: Request, player_id: UUID) -> Response:
        key: KeyIdentity = request.auth  # type: ignore[assignment]
        ticket = issue_ticket(player_id=player_id, game_id=key.game_id)
        scheme = "wss" if request.is_secure() else "ws"
        ws_url = f"{scheme}://{request.get_host()}/ws/notifications/?ticket={ticket}"
        return Response({"ticket": ticket, "expires_in": TICKET_SECONDS, "ws_url": ws_url}, status=201)
