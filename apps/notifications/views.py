"""Tickets over HTTP."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.callers import Access, Scope, require_caller
from apps.core.api.views import ApiView
from apps.notifications.actions import issue_ticket
from apps.notifications.tickets import TICKET_SECONDS


class SocketTicketView(ApiView):
    """POST /api/v1/players/{player_id}/socket-ticket"""

    access = {"POST": Access(key=Scope.READ)}

    def post(self, request: Request, player_id: UUID) -> Response:
        key = require_caller(request)
        ticket = issue_ticket(player_id=player_id, game_id=key.game_id)
        scheme = "wss" if request.is_secure() else "ws"
        ws_url = f"{scheme}://{request.get_host()}/ws/notifications/?ticket={ticket}"
        return Response({"ticket": ticket, "expires_in": TICKET_SECONDS, "ws_url": ws_url}, status=201)
