"""Admits callers to streams of notifications; consumers/player_stream.py serves them."""

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from apps.core.api.auth.callers import PLAYERS, Caller, UnreadableSession, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.query_parameters import query
from apps.core.asgi.bridge import ADMITTED
from apps.core.errors import DomainError
from apps.core.realtime.event_stream import HEADERS
from apps.games.auth.authentication import CallerAuthentication
from apps.games.auth.credentials import Credentials
from apps.notifications.connections import tickets
from apps.notifications.connections.tickets import TicketRefusedError, TicketsUnavailableError
from apps.notifications.parsing import read_since
from apps.notifications.views.caller_credentials import credentials_of
from apps.players.errors import PlayerNotFoundError
from apps.players.visibility import own_player_id


class StreamsUnavailableError(DomainError):
    code = "streams_unavailable"
    status = 503
    detail = gettext_noop("This server can't stream. Connect to /ws/notifications/, or poll the list.")


class TicketAuthentication(CallerAuthentication):
    """As everywhere, or by ticket: an EventSource can't send headers."""

    def authenticate(self, request: Request) -> tuple[object, Caller | UnreadableSession] | None:
        secret = request.query_params.get("ticket")
        if secret is None:
            return super().authenticate(request)
        credentials = tickets.redeem_one(secret)
        return credentials, _caller(credentials)


def _caller(credentials: Credentials) -> Caller:
    is_session = credentials.account_id is not None and credentials.grant_id is None
    return Caller(
        kind="session" if is_session else "token",
        id=f"player:{credentials.player_id}",
        game_id=credentials.game_id,
        player_id=credentials.player_id,
        account_id=credentials.account_id if is_session else None,
        key_id=credentials.key_id,
    )


class NotificationStreamView(ApiView):
    """GET /api/v1/players/me/notifications/stream"""

    authentication_classes = [TicketAuthentication]
    access = {"GET": PLAYERS}
    stale_ok = False
    tags = ("Notifications",)

    @operation(
        "Stream my notifications",
        responses={(200, "text/event-stream"): OpenApiTypes.STR},
        parameters=[
            query("ticket", str, "A socket ticket, where neither a cookie nor a header can be sent."),
            query("since", {"type": "integer", "minimum": 0}, "Begin with what came after this number."),
            OpenApiParameter(
                "Last-Event-ID",
                int,
                OpenApiParameter.HEADER,
                description="Like since; browsers send it when they reconnect.",
            ),
        ],
        errors=(PlayerNotFoundError, TicketRefusedError, TicketsUnavailableError, StreamsUnavailableError),
        description="Server-sent events for clients that can't open a socket: the same frames, `hello` first, one per "
        "message, with the seq as its id. A comment comes at least every 15 seconds. Before the server ends a stream, "
        'it sends `{"type": "close", "code": ...}` with one of the socket\'s codes. A ticket is valid for one '
        "connection, so an EventSource opened with one can't reconnect by itself.",
    )
    def get(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        player_id, since = own_player_id(caller), read_since(request)
        credentials = credentials_of(request, caller, player_id)
        if request.method == "GET":
            self._admit(request, credentials, since)
        return HttpResponse(headers=HEADERS)

    @staticmethod
    def _admit(request: Request, credentials: Credentials, since: int | None) -> None:
        admitted = request.META.get(ADMITTED)
        if admitted is None:
            # Under WSGI a stream would hold a thread for its whole duration.
            raise StreamsUnavailableError
        admitted.append((credentials, since))
