"""Cursor pagination: bounded, stable while rows change, cheap at any depth."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.api.wire.inputs import AnySerializer, read_number
from apps.core.api.wire.query_parameters import query
from apps.core.errors import InvalidError

PAGE_SIZE = 50
PAGE_SIZE_MAX = 100

cursor_parameters = [
    query("cursor", str, "The position to continue from, as in `next` or `previous` of a page."),
    query("page_size", {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX}, "Rows a page.", default=PAGE_SIZE),
]


class InvalidCursorError(InvalidError):
    code = "invalid_cursor"
    detail = gettext_noop("This cursor is not from a page of this list. Start again without it.")


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A position between rows, and the direction to continue in."""

    direction: Literal["after", "before"]
    values: tuple[object, ...]


def page_of(
    request: Request,
    rows: QuerySet[Any],
    *,
    order: Sequence[str],
    rows_body: Callable[[list[Any]], list[Any]],
) -> dict[str, Any]:
    """Return {next, previous, results} of the rows in `order`, whose last column is unique.

    `rows_body` gets all rows of the page in one call. Cost: one query at any depth. Raises: InvalidError,
    InvalidCursorError.
    """
    size = read_page_size(request)
    cursor = _read(request, order)
    is_back = cursor is not None and cursor.direction == "before"
    columns = [_flip(column) for column in order] if is_back else list(order)
    if cursor is not None:
        rows = rows.filter(_beyond(columns, cursor.values))
    found = list(rows.order_by(*columns)[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_back:
        found.reverse()
    has_next, has_previous = (bool(found), has_more) if is_back else (has_more, cursor is not None and bool(found))
    return {
        "next": _link(request, "after", found[-1], order) if has_next else None,
        "previous": _link(request, "before", found[0], order) if has_previous else None,
        "results": rows_body(found),
    }


def read_page_size(request: Request) -> int:
    return read_number(request.query_params, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE_MAX)


def page_serializer(row: type[AnySerializer]) -> type[AnySerializer]:
    """Return the serializer class of a page of these rows."""
    name = row.__name__.removesuffix("Serializer")
    return type(
        f"{name}PageSerializer",
        (serializers.Serializer,),
        {
            "__doc__": f"A page of {name} rows.",
            "next": serializers.CharField(allow_null=True, help_text="URL of the next page."),
            "previous": serializers.CharField(allow_null=True, help_text="URL of the previous page."),
            "results": row(many=True),
        },
    )


def _flip(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _beyond(columns: Sequence[str], values: Sequence[object]) -> Q:
    """Return the condition of being after `values` in the order of `columns`."""
    condition = Q()
    for depth, column in enumerate(columns):
        name = column.lstrip("-")
        step = Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": values[depth]})
        for earlier, value in zip(columns[:depth], values, strict=False):
            step &= Q(**{earlier.lstrip("-"): value})
        condition |= step
    # Redundant, but lets an index on the first column be used.
    first = columns[0]
    bound = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": values[0]})
    return bound & condition


def _link(request: Request, direction: str, row: object, order: Sequence[str]) -> str:
    values = [_plain(getattr(row, column.lstrip("-"))) for column in order]
    payload = base64.urlsafe_b64encode(orjson.dumps([direction, *values])).rstrip(b"=").decode()
    parameters = request.query_params.copy()
    parameters["cursor"] = _signer(request, order).sign(payload)
    return request.build_absolute_uri(f"{request.path}?{urlencode(sorted(parameters.items()))}")


def _read(request: Request, order: Sequence[str]) -> _Cursor | None:
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        payload = _signer(request, order).unsign(text)
        direction, *values = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (BadSignature, ValueError):
        raise InvalidCursorError(pointer="cursor") from None
    return _Cursor("before" if direction == "before" else "after", tuple(values))


def _signer(request: Request, order: Sequence[str]) -> Signer:
    # A cursor is valid for one list in one order only.
    return Signer(salt=f"laurel.cursor:{request.path}:{','.join(order)}", sep="~")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
