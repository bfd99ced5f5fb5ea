"""The query parameters of inboxes and streams."""

from collections.abc import Mapping

from rest_framework.request import Request

from apps.core.api.wire.inputs import number_in, read_number
from apps.core.errors import Flaw, InvalidError
from apps.core.parsing.sentences import one_of
from apps.core.parsing.values import COUNT_MAX
from apps.notifications.inbox.queries import ReadMark

ORDERS = ("newest", "oldest")
BOOLEANS = ("true", "false")


def read_order(params: Mapping[str, str]) -> str:
    """Return the order of notifications, newest or oldest first. Raises: InvalidError."""
    order = params.get("order", "newest")
    if order not in ORDERS:
        raise InvalidError.of(Flaw("order", *one_of(ORDERS)))
    return order


def read_lowest_seq(params: Mapping[str, str], mark: ReadMark) -> int:
    """Return the number after which the requested notifications begin. Raises: InvalidError."""
    since = read_number(params, "since", default=0, low=0, high=COUNT_MAX)
    unread = params.get("unread", "false")
    if unread not in BOOLEANS:
        raise InvalidError.of(Flaw("unread", *one_of(BOOLEANS)))
    return max(since, mark.read_seq if unread == "true" else 0)


def read_since(request: Request) -> int | None:
    """Return the number after which a stream begins, if given. Raises: InvalidError."""
    # A browser that reconnects sends the header, with the address that it began with.
    if (text := request.META.get("HTTP_LAST_EVENT_ID")) is not None:
        return number_in(text, "Last-Event-ID")
    text = request.query_params.get("since")
    return None if text is None else number_in(text, "since")
