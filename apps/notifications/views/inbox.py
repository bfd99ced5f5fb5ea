"""Inboxes over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.api.auth.callers import require_caller
from apps.core.api.openapi.operations import operation, query
from apps.core.api.views import NO_STORE, ApiView
from apps.core.api.wire.conditional import etag_answer
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of, page_serializer
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import json_answer
from apps.core.errors import InvalidError
from apps.core.parsing.values import read_count
from apps.notifications.inbox.actions import mark_read
from apps.notifications.inbox.queries import ReadMark, read_mark_of
from apps.notifications.kinds import KINDS, NAMES
from apps.notifications.models import Notification
from apps.notifications.views.callers import MINE, own_player_id
from apps.players.errors import PlayerNotFoundError


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
    """A page of an inbox."""

    last_seq = serializers.IntegerField(help_text="Of the latest notification, 0 for none.")
    unread_count = serializers.IntegerField()
    next_since = serializers.IntegerField(
        allow_null=True, help_text="What to send as since the next time; null where newer ones come first."
    )


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
    is_conditional = True

    @operation(
        "List my notifications",
        answers={200: NotificationPageSerializer},
        parameters=[
            query("unread", str, "`true`: only what is not read yet.", enum=("true", "false")),
            query("since", {"type": "integer", "minimum": 0}, "Only what came after this number."),
            query("order", str, "`oldest` first suits who polls.", enum=("newest", "oldest"), default="newest"),
            *cursor_parameters,
        ],
        errors=(InvalidCursorError, PlayerNotFoundError),
        description="Newest first. A token's client gets those of its own game; the numbers count all of them. Without "
        "socket or stream, ask with `order=oldest` and `since`, then with the answer's `next_since`: at once while "
        "there is a `next`, else every 15 seconds; with the ETag, an answer without news is a 304 of one short query.",
    )
    def get(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        mark = read_mark_of(own_player_id(caller))
        lowest, order = _lowest(request, mark), _order(request)
        version = f"{own_player_id(caller)} {caller.game_id} {mark.last_seq} {mark.read_seq}"

        def page() -> dict[str, Any]:
            rows = Notification.objects.filter(player_id=own_player_id(caller), seq__gt=lowest)
            if caller.kind == "token":
                rows = rows.filter(payload__game__id=str(caller.game_id))
            return _page(request, rows, order, mark)

        return etag_answer(request, version, page, cache_control=NO_STORE)


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


def _page(request: Request, rows: QuerySet[Notification], order: str, mark: ReadMark) -> dict[str, Any]:
    column = "seq" if order == "oldest" else "-seq"
    page = page_of(request, rows, order=(column,), rows_body=lambda found: [_body(row, mark.read_seq) for row in found])
    page |= {"last_seq": mark.last_seq, "unread_count": mark.unread_count, "next_since": None}
    if order == "oldest":
        last = page["results"][-1]["seq"] if page["results"] else 0
        # Past those of other games, which this caller will not see; some may have come since the mark was read.
        page["next_since"] = last if page["next"] else max(last, mark.last_seq)
    return page


def _order(request: Request) -> str:
    order = request.query_params.get("order", "newest")
    if order not in {"newest", "oldest"}:
        raise InvalidError("order must be newest or oldest.", pointer="order")
    return str(order)


def _lowest(request: Request, mark: ReadMark) -> int:
    """Return the number after which the asked-for notifications begin. Raises: InvalidError."""
    since, unread = read_count(request.query_params.get("since", "0")), request.query_params.get("unread", "false")
    if since is None:
        raise InvalidError("since must be a whole number.", pointer="since")
    if unread not in {"true", "false"}:
        raise InvalidError("unread must be true or false.", pointer="unread")
    return max(since, mark.read_seq if unread == "true" else 0)


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
