"""Socket tickets over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.api.answers import json_answer
from apps.core.api.callers import Access, Scope, require_caller
from apps.core.api.openapi import operation
from apps.core.api.views import ApiView
from apps.core.errors import NotFoundError
from apps.notifications.actions import PlayerNotFoundError, TicketsAwayError, issue_ticket
from apps.notifications.tickets import TICKET_SECONDS


class SocketTicketSerializer(serializers.Serializer[Any]):
    """Lets a game client open its player's socket, once."""

    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    ws_url = serializers.CharField(help_text="Connect here.")


class SocketTicketView(ApiView):
    """POST /api/v1/players/{player_id}/socket-ticket"""

    access = {"POST": Access(key=Scope.READ, token=True)}
    tags = ("Notifications",)
    rate = "write"

    @operation(
        "Get a socket ticket",
        answers={201: SocketTicketSerializer},
        errors=(PlayerNotFoundError, TicketsAwayError),
        description="For one connection to /ws/notifications/ within 30 seconds, with the player's events of the "
        "caller's game. A browser connects with its session instead.",
    )
    def post(self, request: Request, player_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        if caller.player_id not in {None, player_id}:
            raise PlayerNotFoundError
        if caller.game_id is None:
            raise NotFoundError
        ticket = issue_ticket(player_id=player_id, game_id=caller.game_id)
        scheme = "wss" if request.is_secure() else "ws"
        ws_url = f"{scheme}://{request.get_host()}/ws/notifications/?ticket={ticket}"
        answer = json_answer({"ticket": ticket, "expires_in": TICKET_SECONDS, "ws_url": ws_url}, status=201)
        answer.is_secret = True  # type: ignore[attr-defined]
        return answer
