"""Batched reads: GETs that are answered on the event loop, without Django, together with others of the moment.

They handle nearly all requests: who is anonymous or brings a live key, and wants what has an ordinary answer. For
anything else they return None, and the request goes through Django, whose view reads it by the same functions.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from time import monotonic
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict

from apps.core.api.auth.callers import Caller, audience_of
from apps.core.api.auth.throttles import header_fields_of
from apps.core.api.views import ApiView
from apps.core.api.wire.compression import compress
from apps.core.api.wire.conditional import audience_headers
from apps.core.api.wire.cursors import PageAddress
from apps.core.api.wire.preflights import vary_by_origin
from apps.core.api.wire.query_parameters import flaws_in
from apps.core.api.wire.responses import bytes_response
from apps.core.asgi.micro_batching import MicroBatcher
from apps.core.asgi.responses import Finished, Headers, own_fields
from apps.core.asgi.usual_requests import usual_headers
from apps.core.database.budgets import REQUEST_SECONDS, SECONDS_LEFT
from apps.core.errors import DomainError
from apps.core.etags import etag_of
from apps.core.http.ip_addresses import is_secure
from apps.core.http.request_ids import choose_request_id
from apps.core.http.shareable import Shareable
from apps.core.ids import NIL
from apps.core.redis.rate_counters import VERDICT
from apps.core.redis.versioned_cache import Validity, validities_from_now
from apps.games.auth.usual_callers import UsualCaller, UsualCallers

T = TypeVar("T")

# How long a batch may wait for the database; then each request is tried alone.
GROUP_SECONDS = 2.0


class Query(NamedTuple):
    """What a request is about: the ids in its path, its parameters, who calls, and where further pages are."""

    ids: Mapping[str, UUID]
    caller: Caller | None
    address: PageAddress


class _Wanted(NamedTuple, Generic[T]):
    """What is to be read, and how it is sent."""

    item: T
    caller: Caller | None
    accept_encoding: str
    # Whether others are to be sent it as well.
    is_to_share: bool


class _Answered(NamedTuple):
    """A body, the headers about it, and for how long it is good, if that is known."""

    body: bytes
    headers: Headers
    validity: Validity | None


class BatchedRead(Generic[T]):
    """The GET of a view, for paths of `route`, whose groups are ids; "global" is none.

    `read` returns what a request wants, or None for one that is Django's; it may raise DomainErrors. `answer` returns
    the JSON of each that was wanted, or None where Django must answer. `versions` returns the keys of the versions that
    one depends on, as its view says, which also says for how many seconds; without it, none is sent to others.
    """

    def __init__(
        self,
        route: str,
        view: type[ApiView],
        *,
        read: Callable[[Query], T | None],
        answer: Callable[[Sequence[T]], Sequence[bytes | None]],
        versions: Callable[[T], tuple[str, ...]] | None = None,
        cached_seconds: int = 0,
    ) -> None:
        self.route = re.compile(route)
        self._view = view
        self._read_wanted = read
        self._answer = answer
        self._versions = versions
        self._cached_seconds = cached_seconds
        # One batch at a time: two took 335 us of CPU a place where one takes 240, as the batches are smaller.
        self._together: MicroBatcher[_Wanted[T], _Answered | None] = MicroBatcher(
            self._answers, batches_max=1, size_max=100, database_seconds=GROUP_SECONDS
        )

    async def __call__(self, scope: dict[str, Any], body: bytes) -> Finished | None:
        """Return the finished response, or None for a request that Django must handle."""
        headers = usual_headers(scope) if scope["method"] == "GET" and not body else None
        caller = None if headers is None else _callers.identify(scope, headers)
        return None if headers is None or caller is None else await self.respond(scope, headers, caller)

    async def respond(
        self,
        scope: dict[str, Any],
        headers: Mapping[bytes, bytes],
        caller: UsualCaller,
        left: list[Shareable] | None = None,
    ) -> Finished | None:
        """Return it for a usual GET without a body, and its caller; leave in `left` who else may be sent it."""
        wanted = self._read(scope, headers, caller, is_to_share=left is not None)
        is_admitted, verdict = (False, None) if wanted is None else await _callers.count(caller, self._view.rate)
        if wanted is None or not is_admitted:
            return None
        # Django must not count it again.
        scope[VERDICT] = verdict
        began_at = monotonic()
        try:
            answer = await self._together.call(wanted)
        except Exception:  # noqa: BLE001 - Django meets it again, logs it and answers
            answer = None
        if answer is None:
            scope[SECONDS_LEFT] = REQUEST_SECONDS - (monotonic() - began_at)
            return None
        response, fields, validity = answer
        if left is not None and validity is not None:
            left.append(self._shareable(wanted.caller, validity))
        request_id = choose_request_id(headers.get(b"x-request-id", b"").decode("latin-1"))
        own = own_fields(scope, request_id, "application/json", response)
        # The view's word on caches goes before ours.
        fields = [*(dict(own) | dict(fields)).items()]
        return 200, fields if verdict is None else [*fields, *header_fields_of(verdict)], response

    def _shareable(self, caller: Caller | None, validity: Validity) -> Shareable:
        access = self._view.access["GET"]
        return Shareable(audience_of(caller), validity, access.key, access.anonymous, self._view.rate)

    def _read(
        self, scope: dict[str, Any], headers: Mapping[bytes, bytes], caller: UsualCaller, *, is_to_share: bool
    ) -> _Wanted[T] | None:
        """Return what a request is about; None for one that Django must read or refuse."""
        access = self._view.access["GET"]
        route = self.route.fullmatch(scope["path"])
        if route is None or not caller.may_call(access.key, is_for_anonymous=access.anonymous):
            return None
        # As in the routes, one of which has no game.
        ids = {name: UUID(text) for name, text in route.groupdict().items() if text != "global"}
        params = self._parameters(scope["query_string"], ids)
        if params is None or NIL in ids.values():
            return None
        address = PageAddress(scope["path"], params, lambda location: _origin(scope, headers) + location)
        as_in_views = caller.as_in_views
        try:
            item = self._read_wanted(Query(ids, as_in_views, address))
        except DomainError:
            return None
        accept_encoding = headers.get(b"accept-encoding", b"").decode("latin-1")
        return None if item is None else _Wanted(item, as_in_views, accept_encoding, is_to_share)

    def _parameters(self, query_string: bytes, ids: Mapping[str, UUID]) -> Mapping[str, str] | None:
        """Return the query; None for one that is not well-formed, or has a parameter twice."""
        if not query_string:
            return {}
        try:
            params = QueryDict(query_string)
        except SuspiciousOperation:
            return None
        known = self._view.get.operation.query_at(ids)  # type: ignore[attr-defined]
        is_plain = all(len(values) == 1 for _, values in params.lists())
        return params if is_plain and next(flaws_in(params, known), None) is None else None

    def _answers(self, wanted: Sequence[_Wanted[T]]) -> list[_Answered | None]:
        """Return the answer to each; None for those that Django must make."""
        # Read first: what changes from now on is no longer what these say.
        validities = self._validities(wanted)
        bodies = self._answer([each.item for each in wanted])
        return [
            None if body is None else _Answered(*self._finished(body, each), validity)
            for body, each, validity in zip(bodies, wanted, validities, strict=True)
        ]

    def _validities(self, wanted: Sequence[_Wanted[T]]) -> list[Validity | None]:
        """Return how long each is good that is to be shared. One round trip, if there are such."""
        of = self._versions
        keys = [of(each.item) for each in wanted if each.is_to_share] if of else []
        found = iter(validities_from_now(keys, self._cached_seconds) if keys else ())
        return [next(found) if of and each.is_to_share else None for each in wanted]

    def _finished(self, body: bytes, wanted: _Wanted[T]) -> tuple[bytes, Headers]:
        etag = etag_of(body) if self._view.is_conditional else None
        is_anonymous = wanted.caller is None
        if wanted.accept_encoding:
            return _finished(body, etag, is_anonymous, wanted.accept_encoding)
        fields = _fields_of_plain(etag is not None, is_anonymous)
        return body, fields if etag is None else [*fields, (b"etag", etag.encode())]


@cache
def _fields_of_plain(has_etag: bool, is_anonymous: bool) -> Headers:
    """Return the headers of what is not compressed, without its ETag: to make them took 50 us of each list."""
    _, fields = _finished(b"{}", '""' if has_etag else None, is_anonymous, "")
    return [field for field in fields if field[0] != b"etag"]


def _finished(body: bytes, etag: str | None, is_anonymous: bool, accept_encoding: str) -> tuple[bytes, Headers]:
    """Return a body and its headers as the middlewares of the API make them of a view's response."""
    response = bytes_response(body)
    headers = {} if etag is None else {"ETag": etag, **audience_headers(is_anonymous=is_anonymous)}
    for name, value in headers.items():
        response.headers[name] = value
    compress(response, accept_encoding)
    vary_by_origin(response)
    return response.content, [(name.lower().encode(), value.encode()) for name, value in response.items()]


def _origin(scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> str:
    return f"{'https' if is_secure(scope) else 'http'}://{headers[b'host'].decode('latin-1')}"


_callers = UsualCallers()
