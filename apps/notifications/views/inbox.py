"""Inboxes over HTTP."""

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PLAYERS, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import NO_STORE, ApiView
from apps.core.api.wire.conditional import etag_response
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.inputs import read
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import json_response
from apps.notifications.bodies import notification_body, read_mark_body
from apps.notifications.inbox.actions import mark_read
from apps.notifications.inbox.queries import ReadMark, read_mark_of
from apps.notifications.models import Notification
from apps.notifications.parsing import BOOLEANS, ORDERS, read_lowest_seq, read_order
from apps.notifications.serializers import NewReadMarkSerializer, NotificationPageSerializer, ReadMarkSerializer
from apps.players.errors import PlayerNotFoundError
from apps.players.visibility import own_player_id


class NotificationListView(ApiView):
    access = {"GET": PLAYERS}
    stale_ok = False
    tags = ("Notifications",)
    is_conditional = True

    @operation(
        "List my notifications",
        responses={200: NotificationPageSerializer},
        parameters=[
            query("unread", str, "`true`: unread ones only.", enum=BOOLEANS),
            query("since", {"type": "integer", "minimum": 0}, "Only those after this number."),
            query("order", str, "`oldest` first is for polling.", enum=ORDERS, default="newest"),
            *cursor_parameters,
        ],
        errors=(InvalidCursorError, PlayerNotFoundError),
        description="Newest first. A token's client gets those of its own game; the numbers count all of them. "
        "Without socket or stream, poll with `order=oldest` and `since`, and continue with the response's "
        "`next_since`: immediately while there is a `next`, else every 15 seconds. With the ETag, an "
        "unchanged list is a 304.",
    )
    def get(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        mark = read_mark_of(own_player_id(caller))
        lowest, order = read_lowest_seq(request.query_params, mark), read_order(request.query_params)
        version = f"{own_player_id(caller)} {caller.game_id} {mark.last_seq} {mark.read_seq}"

        def page() -> dict[str, object]:
            rows = Notification.objects.filter(player_id=own_player_id(caller), seq__gt=lowest)
            if caller.kind == "token":
                rows = rows.filter(payload__game__id=str(caller.game_id))
            return _page(request, rows, order, mark)

        return etag_response(request, version, page, cache_control=NO_STORE)


class NotificationReadView(ApiView):
    access = {"POST": PLAYERS}
    tags = ("Notifications",)
    rate = "write"

    @operation(
        "Mark notifications read",
        request=NewReadMarkSerializer,
        responses={200: ReadMarkSerializer},
        errors=(PlayerNotFoundError,),
    )
    def post(self, request: Request) -> HttpResponse:
        player_id = own_player_id(require_caller(request))
        mark_read(seq_by_player={player_id: read(NewReadMarkSerializer, request.data)["up_to_seq"]})
        return json_response(read_mark_body(read_mark_of(player_id)))


def _page(request: Request, rows: QuerySet[Notification], order: str, mark: ReadMark) -> dict[str, object]:
    column = "seq" if order == "oldest" else "-seq"
    page = page_of(
        request, rows, order=(column,), rows_body=lambda found: [notification_body(row, mark.read_seq) for row in found]
    )
    page |= {"last_seq": mark.last_seq, "unread_count": mark.unread_count, "next_since": None}
    if order == "oldest":
        last = page["results"][-1]["seq"] if page["results"] else 0
        # Skips other games' notifications, which this caller can't see; more may have arrived since the mark was read.
        page["next_since"] = last if page["next"] else max(last, mark.last_seq)
    return page
