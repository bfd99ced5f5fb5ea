"""Inboxes and tickets over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.api.answers import json_answer
from apps.core.api.callers import Access, Caller, Scope, require_caller
from apps.core.api.cursors import InvalidCursorError, cursor_parameters, page_of, page_serializer
from apps.core.api.inputs import read
from apps.core.api.openapi import operation, query
from apps.core.api.views import ApiView
from apps.core.errors import InvalidError, NotFoundError
from apps.notifications import preferences
from apps.notifications.actions import PlayerNotFoundError, TicketsAwayError, issue_ticket, mark_read
from apps.notifications.kinds import KINDS, NAMES
from apps.notifications.kinds.base import Choice, Road
from apps.notifications.models import Notification
from apps.notifications.queries import ReadMark, read_mark_of
from apps.notifications.tickets import TICKET_SECONDS

MINE = Access(token=True, session=True, test_keys=False)


class NotificationSerializer(serializers.Serializer[Any]):
    """One thing a player was told; the same as on the socket."""

    seq = serializers.IntegerField(help_text="Counts 1, 2, 3 ... for each player.")
    kind = serializers.ChoiceField(choices=NAMES)
    at = serializers.DateTimeField()
    title = serializers.CharField()
    body = serializers.CharField()
    read = serializers.BooleanField()
    # Named as on the socket.
    data = serializers.DictField(  # type: ignore[assignment]
        help_text="What it is about; its members depend on the kind."
    )


class NotificationPageSerializer(page_serializer(NotificationSerializer)):  # type: ignore[misc]
    """A page of an inbox, newest first."""

    last_seq = serializers.IntegerField(help_text="Of the latest notification, 0 for none.")
    unread_count = serializers.IntegerField()


class NewReadMarkSerializer(serializers.Serializer[Any]):
    """How far the player has read."""

    up_to_seq = serializers.IntegerField(min_value=0, max_value=2**63 - 1)


class ReadMarkSerializer(serializers.Serializer[Any]):
    """How far the player has read now; a mark never goes back."""

    read_seq = serializers.IntegerField()
    unread_count = serializers.IntegerField()


class NotificationListView(ApiView):
    access = {"GET": MINE}
    tags = ("Notifications",)

    @operation(
        "List my notifications",
        answers={200: NotificationPageSerializer},
        parameters=[
            query("unread", str, "`true`: only what is not read yet.", enum=("true", "false")),
            query("since", {"type": "integer", "minimum": 0}, "Only what came after this number."),
            *cursor_parameters,
        ],
        errors=(InvalidCursorError, PlayerNotFoundError),
        description="Newest first. A token's client gets those of its own game; the numbers count all of them.",
    )
    def get(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        mark = read_mark_of(own_player_id(caller))
        rows = Notification.objects.filter(player_id=own_player_id(caller), seq__gt=_lowest(request, mark))
        if caller.kind == "token":
            rows = rows.filter(payload__game__id=str(caller.game_id))
        page = page_of(
            request, rows, order=("-seq",), rows_body=lambda found: [_body(row, mark.read_seq) for row in found]
        )
        return json_answer(page | {"last_seq": mark.last_seq, "unread_count": mark.unread_count})


class NotificationReadView(ApiView):
    access = {"POST": MINE}
    tags = ("Notifications",)
    rate = "write"

    @operation(
        "Mark notifications read",
        request=NewReadMarkSerializer,
        answers={200: ReadMarkSerializer},
        errors=(PlayerNotFoundError,),
    )
    def post(self, request: Request) -> HttpResponse:
        player_id = own_player_id(require_caller(request))
        mark_read(seq_by_player={player_id: read(NewReadMarkSerializer, request.data)["up_to_seq"]})
        mark = read_mark_of(player_id)
        return json_answer({"read_seq": mark.read_seq, "unread_count": mark.unread_count})


class PreferenceSerializer(serializers.Serializer[Any]):
    """How much of a kind comes on a road."""

    kind = serializers.ChoiceField(choices=NAMES)
    road = serializers.ChoiceField(choices=list(Road))
    choice = serializers.ChoiceField(choices=list(Choice))


class PreferencesSerializer(serializers.Serializer[Any]):
    """One's choices; those left out of a PUT stay."""

    preferences = PreferenceSerializer(many=True)


class PreferencesView(ApiView):
    """GET, PUT /api/v1/players/me/preferences."""

    access = {"GET": Access(session=True), "PUT": Access(session=True)}
    tags = ("Notifications",)
    rate = "write"

    @operation(
        "Get my notification preferences",
        answers={200: PreferencesSerializer},
        errors=(PlayerNotFoundError,),
        description="Every kind and road there is.",
    )
    def get(self, request: Request) -> HttpResponse:
        return _preferences_answer(own_player_id(require_caller(request)))

    @operation(
        "Set my notification preferences",
        request=PreferencesSerializer,
        answers={200: PreferencesSerializer},
        errors=(PlayerNotFoundError,),
        description="What is left out stays. With `none` a kind is neither kept nor pushed.",
    )
    def put(self, request: Request) -> HttpResponse:
        player_id = own_player_id(require_caller(request))
        preferences.choose(player_id=player_id, choices=read(PreferencesSerializer, request.data)["preferences"])
        return _preferences_answer(player_id)


def _preferences_answer(player_id: UUID) -> HttpResponse:
    chosen = preferences.preferences_of(player_id)
    rows = [{"kind": kind, "road": road, "choice": choice} for (kind, road), choice in chosen.items()]
    return json_answer({"preferences": rows})


def own_player_id(caller: Caller) -> UUID:
    """Return the caller's player. Raises: PlayerNotFoundError for an account that has none."""
    if caller.player_id is None:
        raise PlayerNotFoundError
    return caller.player_id


def _lowest(request: Request, mark: ReadMark) -> int:
    """Return the number after which the asked-for notifications begin. Raises: InvalidError."""
    since, unread = request.query_params.get("since", "0"), request.query_params.get("unread", "false")
    if not (since.isascii() and since.isdigit() and len(since) <= 18):
        raise InvalidError("since must be a whole number.", pointer="since")
    if unread not in {"true", "false"}:
        raise InvalidError("unread must be true or false.", pointer="unread")
    return max(int(since), mark.read_seq if unread == "true" else 0)


def _body(row: Notification, read_seq: int) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "kind": row.kind,
        "at": row.created_at,
        "title": KINDS[row.kind].title(row.payload),
        "body": KINDS[row.kind].body(row.payload),
        "read": row.seq <= read_seq,
        "data": row.payload,
    }


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
