"""Declares the query parameters of operations, and checks requests against them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from apps.core.errors import Flaw, InvalidError
from apps.core.parsing.sentences import repeated_parameter, unknown_parameter

# Django's replacement for bytes that are not UTF-8.
_BROKEN = "\ufffd"


class QueryParameter(OpenApiParameter):
    """A query parameter; one that `is_united` may be repeated, equivalent to commas."""

    is_united = False


def query(
    name: str,
    type_: Any = str,
    description: str = "",
    *,
    required: bool = False,
    enum: Iterable[Any] | None = None,
    default: Any = None,
    pattern: str | None = None,
    is_united: bool = False,
) -> QueryParameter:
    """Return a query parameter; `type_` is a Python type, an OpenApiTypes member or a JSON schema."""
    parameter = QueryParameter(
        name,
        type_,
        OpenApiParameter.QUERY,
        required=required,
        description=description,
        enum=list(enum) if enum is not None else None,
        default=default,
        pattern=pattern,
    )
    parameter.is_united = is_united
    return parameter


def check_query(request: Request, known: Mapping[str, QueryParameter]) -> None:
    """Refuse unknown and duplicate parameters; join repeatable ones.

    Ignoring them would answer another question: ?wnidow=week all time, ?page=2 the first page for ever.
    Raises: InvalidError, pointing at each parameter.
    """
    if not request.META.get("QUERY_STRING"):
        return
    if flaws := list(flaws_in(request.query_params, known)):
        raise InvalidError.of(*flaws)
    _unite(request, known)


def flaws_in(params: QueryDict, known: Mapping[str, QueryParameter]) -> Iterator[Flaw]:
    """Yield what is wrong with a query, apart from its values."""
    for name, values in params.lists():
        if name not in known:
            yield Flaw(name, "unknown", unknown_parameter(name, known))
        elif len(values) > 1 and not known[name].is_united:
            yield Flaw(name, "repeated", repeated_parameter(name, len(values)))
        elif any(_BROKEN in value for value in values):
            yield Flaw(
                name, "not_utf8", gettext("{name} is not UTF-8. Encode it so, then escape it with %.").format(name=name)
            )


def _unite(request: Request, known: Mapping[str, QueryParameter]) -> None:
    several = {name: values for name, values in request.query_params.lists() if len(values) > 1}
    if several:
        united = request.query_params.copy()
        for name, values in several.items():
            united[name] = ",".join(values)
        # Views, and links to further pages, read it from Django's request.
        request._request.GET = united  # type: ignore[assignment] # noqa: SLF001
