"""The base class of every endpoint: it declares who may call, and gets the API's conventions."""

from collections.abc import Callable, Hashable, Mapping
from functools import wraps
from typing import ClassVar, Literal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.core.api.auth import throttles
from apps.core.api.auth.callers import (
    Access,
    NotAuthenticatedError,
    UnreadableSession,
    audience_of,
    caller_of,
    is_person,
)
from apps.core.api.openapi.deprecation import Deprecation
from apps.core.api.wire.conditional import REVALIDATED, audience_headers, conditional
from apps.core.api.wire.idempotency import respond_once
from apps.core.api.wire.query_parameters import check_query
from apps.core.api.wire.responses import bytes_response
from apps.core.http.ip_addresses import ip_address_of
from apps.core.http.methods import options_response
from apps.core.http.shareable import EVERYONE, IS_REPEATED, SHAREABLE, Shareable
from apps.core.redis.rate_counters import Verdict
from apps.core.redis.sessions import unreadable_error
from apps.core.redis.versioned_cache import Validity, validity_from_now

NO_STORE = "no-store"


class ApiView(APIView):
    """A view that declares `access` for each of its methods; methods without it don't exist.

    Responses are `no-store` unless they say otherwise.
    """

    access: ClassVar[Mapping[str, Access]] = {}
    # Whether its GET may be answered with what was true some seconds ago, as a replica that lags does. Each view with a
    # GET says so. Not where callers look for what they wrote, nor where the answer is stored: it would pass for newer.
    stale_ok: ClassVar[bool]
    tags: ClassVar[tuple[str, ...]] = ()
    # The rate limit that its calls count against.
    rate: ClassVar[Literal["read", "write", "secret"]] = "read"
    # Whether its GET supports If-None-Match.
    is_conditional: ClassVar[bool] = False
    # Whether its GET's responses may be sent to others from memory, as `share` leaves them.
    is_response_cached: ClassVar[bool] = False
    # Whether its POST supports Idempotency-Key.
    is_idempotent: ClassVar[bool] = False
    # Set for an endpoint that will be removed.
    deprecation: ClassVar[Deprecation | None] = None
    metadata_class = None
    verdict: Verdict | None = None

    def __init_subclass__(cls) -> None:
        """Make the POST of an idempotent view safe to retry."""
        super().__init_subclass__()
        if cls.is_idempotent and "post" in vars(cls):
            cls.post = _responding_once(cls.post)  # type: ignore[attr-defined]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        if request.method == "OPTIONS":
            # It reveals only what the API's documentation says: it needs no authentication and counts against no limit.
            return
        access = self._access
        if access is None:
            self.http_method_not_allowed(request)
            return
        caller = caller_of(request)
        access.require(caller)
        self.verdict = throttles.check_once(request.META, caller, ip_address_of(request), self.rate)
        handler = getattr(self, _described_method(request).lower(), None)
        if (described := getattr(handler, "operation", None)) is not None:
            check_query(request, described.query_at(kwargs))

    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override]
        """Respond to an exception; a session that can't be read is 503 where a log-in is needed."""
        is_unknown = isinstance(exc, NotAuthenticatedError) and isinstance(self.request.auth, UnreadableSession)
        if is_unknown and self._access is not None and self._access.session:
            exc = unreadable_error()
        response: HttpResponseBase = super().handle_exception(exc)
        return response

    @property
    def _access(self) -> Access | None:
        """Who may call the requested method; None if there is no such method."""
        return self.access.get(_described_method(self.request))

    def _conventions(self, response: HttpResponseBase) -> dict[str, str]:
        verdict = getattr(response, "verdict", None) or self.verdict
        left = {} if verdict is None else throttles.headers_of(verdict)
        if response.status_code == 405:
            left["Allow"] = ", ".join(self.allowed_methods)
        return left if self.deprecation is None else left | self.deprecation.headers()

    def options(self, request: object, *args: object, **kwargs: object) -> HttpResponse:  # type: ignore[override]
        """List the methods of this path."""
        return options_response(self.allowed_methods)

    def head(self, request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        """Respond as to GET; the server drops the body."""
        handler = getattr(self, "get", self.http_method_not_allowed)
        response: HttpResponseBase = handler(request, *args, **kwargs)
        return response

    def finalize_response(  # type: ignore[override]
        self, request: Request, response: HttpResponseBase, *args: object, **kwargs: object
    ) -> HttpResponseBase:
        finished: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        finished.headers.setdefault("Cache-Control", NO_STORE)
        for name, value in self._conventions(finished).items():
            finished.headers[name] = value
        return finished

    def validity_from_now(
        self, request: Request, *version_keys: str, seconds: int, is_seldom: bool = False
    ) -> Validity | None:
        """Return what a response made from now on depends on, for `share`; None where nobody would store it.

        One that is requested seldom, as it shows what somebody has, is stored at its second request. One round trip for
        one that may be stored.
        """
        is_wanted = SHAREABLE in request.META and (request.META[IS_REPEATED] or not is_seldom)
        return validity_from_now(version_keys, seconds) if is_wanted else None

    def share(self, request: Request, validity: Validity | None, audience: Hashable | None = EVERYONE) -> None:
        """Leave for the response cache who may have this GET's response, and for how long; nothing if unknown."""
        left: list[Shareable] | None = request.META.get(SHAREABLE)
        access = self._access if audience is not None and validity is not None else None
        if left is not None and validity is not None and access is not None and self.is_response_cached:
            left.append(Shareable(audience, validity, access.key, access.anonymous, self.rate))

    def respond_to_all(
        self, request: Request, body: bytes, validity: Validity | None, audience: Hashable = EVERYONE
    ) -> HttpResponse:
        """Return JSON that all who come without a player get alike, with an ETag, and leave it for the response cache.

        Who comes with one sees more, and gets a response of their own.
        """
        if is_person(caller_of(request)):
            return bytes_response(body)
        self.share(request, validity, audience)
        response = conditional(request, body, cache_control=REVALIDATED)
        response.headers["Vary"] = "Authorization, Cookie"
        return response

    def respond_to_audience(self, request: Request, body: bytes, validity: Validity | None) -> HttpResponse:
        """Return JSON that callers of each game, strangers and persons get differently, with an ETag; as above."""
        caller = caller_of(request)
        self.share(request, validity, audience_of(caller))
        headers = audience_headers(is_anonymous=caller is None)
        response = conditional(request, body, cache_control=headers["Cache-Control"])
        response.headers["Vary"] = headers["Vary"]
        return response

    @property
    def allowed_methods(self) -> list[str]:
        return [*self.access, *(["HEAD"] if "GET" in self.access else []), "OPTIONS"]

    @property
    def default_response_headers(self) -> dict[str, str]:
        # DRF would send Allow and Vary with every response.
        return {}


def _described_method(request: HttpRequest | Request) -> str:
    return "GET" if request.method == "HEAD" else request.method or ""


def _responding_once(post: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(post)
    def responding_once(self: ApiView, request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        return respond_once(request, lambda: post(self, request, *args, **kwargs))

    return responding_once
