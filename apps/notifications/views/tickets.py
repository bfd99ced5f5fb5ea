"""Socket tickets over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, Scope, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.responses import SecretResponse
from apps.notifications.bodies import socket_ticket_body
from apps.notifications.connections import tickets
from apps.notifications.connections.tickets import TicketsUnavailableError
from apps.notifications.serializers import SocketTicketSerializer
from apps.notifications.views.caller_credentials import credentials_of
from apps.players.errors import AccountDeactivatedError, PlayerNotFoundError
from apps.players.visibility import represented_player


class SocketTicketView(ApiView):
    """POST /api/v1/players/{player_id}/socket-ticket"""

    access = {"POST": Access(key=Scope.READ, token=True, session=True)}
    tags = ("Notifications",)
    rate = "write"

    @operation(
        "Get a socket ticket",
        responses={201: SocketTicketSerializer},
        errors=(PlayerNotFoundError, AccountDeactivatedError, TicketsUnavailableError),
        description="Valid for one connection to /ws/notifications/ or to the stream, within 30 seconds. A key's or "
        "token's ticket delivers the player's events in its game, a log-in's delivers all of them. Keys get "
        "tickets for players whom their game knows by an external id; a test key's player receives no "
        "events, because nothing of theirs counts. Pages of this site don't need one: their cookie is enough. "
        "The connection ends with the key or log-in that its ticket came from.",
    )
    def post(self, request: Request, player_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        player = represented_player(caller, player_id)
        ticket = tickets.issue(credentials_of(request, caller, player.id))
        ws_url = request.build_absolute_uri(f"/ws/notifications/?ticket={ticket}").replace("http", "ws", 1)
        stream_url = request.build_absolute_uri(f"{reverse('api:notification-stream')}?ticket={ticket}")
        body = socket_ticket_body(ticket, ws_url=ws_url, stream_url=stream_url)
        return SecretResponse(body, status=201)
