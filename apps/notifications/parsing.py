"""The query parameters of inboxes and streams."""

from collections.abc import Mapping

from django.utils.translation import gettext
from rest_framework.request import Request

from apps.core.errors import InvalidError
from apps.core.parsing.values import read_count
from apps.notifications.inbox.queries import ReadMark


def read_order(params: Mapping[str, str]) -> str:
    """Return the order of notifications, newest or oldest first. Raises: InvalidError."""
    order = params.get("order", "newest")
    if order not in {"newest", "oldest"}:
        raise InvalidError(gettext("order must be newest or oldest."), pointer="order")
    return order


def read_lowest_seq(params: Mapping[str, str], mark: ReadMark) -> int:
    """Return the number after which the requested notifications begin. Raises: InvalidError."""
    since, unread = read_count(params.get("since", "0")), params.get("unread", "false")
    if since is None:
        raise InvalidError(gettext("since must be a whole number."), pointer="since")
    if unread not in {"true", "false"}:
        raise InvalidError(gettext("unread must be true or false."), pointer="unread")
    return max(since, mark.read_seq if unread == "true" else 0)


def read_since(request: Request) -> int | None:
    """Return the number after which a stream begins, if given. Raises: InvalidError."""
    text = request.META.get("HTTP_LAST_EVENT_ID") or request.query_params.get("since")
    if text is None:
        return None
    since = read_count(text)
    if since is None:
        raise InvalidError(gettext("since must be a whole number."), pointer="since")
    return since
