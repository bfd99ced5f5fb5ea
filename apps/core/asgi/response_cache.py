"""The response cache: GETs of API and pages, answered on the event loop with what Django has finished before.

It makes nothing: a view leaves beside its response who may be sent it and which versions it depends on, and whoever
comes next gets it while those hold. Of requests that miss at once one goes to Django, and the others wait for it. What
is unusual, or can't be answered so, goes to Django too.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from time import monotonic
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django_http_compression.middleware import best_coding

from apps.core.asgi.known_versions import KnownVersions
from apps.core.asgi.recent_requests import RecentRequests
from apps.core.asgi.request_bodies import Scope
from apps.core.asgi.responses import Finished, Headers
from apps.core.asgi.stored_responses import StoredResponse, StoredResponses, without_body
from apps.core.asgi.usual_requests import usual_headers
from apps.core.etags import is_named
from apps.core.http.ip_addresses import is_secure
from apps.core.http.request_ids import choose_request_id
from apps.core.http.security import is_shared
from apps.core.http.shareable import IS_REPEATED, SHAREABLE, Shareable
from apps.core.realtime.per_loop import PerLoop

# Each request has its own.
_OWN = frozenset({b"x-request-id", b"ratelimit", b"ratelimit-policy", b"date"})
# What may be in a header of one visit's alone: pages have the same Content-Security-Policy but for that.
_NONCE = b"'nonce-"
# No request waits longer for another's response.
BUILD_SECONDS_MAX = 1.0
# How often a request looks: once, after a build, and after one of what changed meanwhile.
LOOKS_MAX = 3
# After a response that nobody else may have, requests like its own go straight to Django for so long.
UNSHARED_SECONDS = 5.0
UNSHARED_MAX = 10_000
# Responses about the caller or the moment; the URL's next may be another's.
_PASSING = frozenset({401, 403, 429, 503})


class URL(NamedTuple):
    """What responses differ by, apart from the caller. Links to further pages have the host and the scheme."""

    path: bytes
    query: bytes
    host: bytes
    is_secure: bool
    coding: str
    # What pages differ by: whether a part of them is requested, and in which language.
    variant: tuple[bytes, ...]


class Recipient(Protocol):
    """Who sent a request, and is to have its response."""

    @property
    def audiences(self) -> Sequence[Hashable]:
        """The audiences of responses that they belong to."""


class Callers(Protocol):
    """What the cache must know of callers, without a query."""

    def identify(self, scope: Scope, headers: dict[bytes, bytes]) -> Recipient | None:
        """Return the caller; None for one that Django must identify."""

    async def admit(self, caller: Any, shareable: Shareable) -> Headers | None:
        """Count a call and return its limit's headers; None for one that Django must admit or refuse."""


# Path, query, and whether there are credentials.
_Like = tuple[bytes, bytes, bool]


class _Request(NamedTuple):
    url: URL
    like: _Like
    caller: Recipient
    headers: dict[bytes, bytes]

    @property
    def if_none_match(self) -> bytes:
        return self.headers.get(b"if-none-match", b"")


class Build:
    """A request on its way to Django, for whose response others may wait."""

    def __init__(self, cache: "ResponseCache", request: _Request, *, is_again: bool) -> None:
        self._cache = cache
        self._request = request
        self._is_again = is_again
        self._left: list[Shareable] = []
        self._began_at = monotonic()
        # Whether the response may be had by others, once it is there.
        self.outcome: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    @property
    def sender(self) -> tuple[dict[bytes, bytes], Any]:
        """The request's headers and its caller."""
        return self._request.headers, self._request.caller

    @property
    def left(self) -> list[Shareable] | None:
        """Where to leave who else may be sent the response; None the first time, as few read theirs again."""
        return self._left if self._is_again else None

    def prepare(self, environ: dict[str, Any]) -> None:
        """Have the view leave what it knows of its response; which must have its body, to be stored."""
        environ[SHAREABLE], environ[IS_REPEATED] = self._left, self._is_again
        environ.pop("HTTP_IF_NONE_MATCH", None)

    def finish(self, finished: Finished) -> Finished:
        """Store Django's response if others may have it, and return what the request's own caller gets."""
        status, headers, _ = finished
        stored = _storable(finished, self._left)
        self._end(
            is_stored=stored is not None and self._cache.store(self._request.url, stored, self._began_at),
            # Of what belongs to one player nothing is left the first time.
            is_passing=status in _PASSING or (status == 200 and not self._is_again),
        )
        if status == 200 and _is_unmodified(self._request.if_none_match, _value(headers, b"etag")):
            return 304, without_body(headers), b""
        return finished

    def end(self, *, is_passing: bool = True) -> None:
        """Let the others go, also when there is no response, or one that was sent in parts."""
        if not self.outcome.done():
            self._end(is_stored=False, is_passing=is_passing)

    def _end(self, *, is_stored: bool, is_passing: bool) -> None:
        self.outcome.set_result(is_stored)
        self._cache.end(self._request, is_unshared=not (is_stored or is_passing))


class _OfLoop:
    """What belongs to one event loop."""

    def __init__(self) -> None:
        self.versions = KnownVersions()
        self.builds: dict[URL, Build] = {}


class ResponseCache:
    """The cache of a process, for paths that `serves` finds it of use for; `bytes_max` is all of its memory."""

    def __init__(self, callers: Callers, *, serves: Callable[[str], object], bytes_max: int) -> None:
        self._callers = callers
        self._serves = serves
        self.stored = StoredResponses(bytes_max)
        self._recent = RecentRequests()
        self._unshared_until: dict[_Like, float] = {}
        self._of_loop = PerLoop(_OfLoop)

    def is_of_use(self, scope: Scope) -> bool:
        """Return whether looking up may help: not for a request whose like was lately of no use to others."""
        if scope["method"] != "GET" or not self._serves(scope["path"]):
            return False
        return self._unshared_until.get(_like(scope), 0.0) <= monotonic()

    async def look_up(self, scope: Scope) -> Finished | Build | None:
        """Return the response, or the build that its request is, or None for one that Django answers by itself."""
        request = self._read(scope)
        if request is None:
            return None
        of_loop = self._of_loop()
        for _ in range(LOOKS_MAX):
            if (found := self._find(request)) is not None:
                is_current = await of_loop.versions.hold(found.shareable.validity)
                if is_current is None:
                    return None
                if is_current:
                    return self._renewal(of_loop, request, found) or await self._respond(request, found)
            build = of_loop.builds.get(request.url)
            if build is None:
                return self._start(of_loop, request, is_again=found is not None)
            if not await _is_stored(build):
                return None
        return None

    def store(self, url: URL, response: StoredResponse, began_at: float) -> bool:
        """Store a response whose request began then; return whether others may have it."""
        self._of_loop().versions.note(response.shareable.validity, began_at)
        key_bytes = len(url.path) + len(url.query) + len(url.host)
        return self.stored.put((url, response.shareable.audience), key_bytes, response)

    def end(self, request: _Request, *, is_unshared: bool) -> None:
        """Note that a build has ended, and whether its response was for its caller alone."""
        self._of_loop().builds.pop(request.url, None)
        if is_unshared:
            if len(self._unshared_until) >= UNSHARED_MAX:
                self._unshared_until.clear()
            self._unshared_until[request.like] = monotonic() + UNSHARED_SECONDS

    def clear(self) -> None:
        self.stored.clear()
        self._recent.clear()
        self._unshared_until.clear()

    def _read(self, scope: Scope) -> _Request | None:
        """Return what the request is about; None for an unusual one."""
        if (headers := usual_headers(scope)) is None:
            return None
        if (caller := self._callers.identify(scope, headers)) is None:
            return None
        coding = best_coding(headers.get(b"accept-encoding", b"").decode("latin-1"))
        url = URL(
            scope["raw_path"], scope["query_string"], headers[b"host"], is_secure(scope), coding, _variant(headers)
        )
        return _Request(url, _like(scope), caller, headers)

    def _find(self, request: _Request) -> StoredResponse | None:
        for audience in request.caller.audiences:
            if (found := self.stored.get((request.url, audience))) is not None:
                return found
        return None

    def _start(self, of_loop: _OfLoop, request: _Request, *, is_again: bool) -> Build:
        """Return the build that this request is now."""
        self.stored.misses += 1
        is_again = self._recent.note((request.url, request.caller.audiences[-1])) or is_again
        build = of_loop.builds[request.url] = Build(self, request, is_again=is_again)
        return build

    def _renewal(self, of_loop: _OfLoop, request: _Request, found: StoredResponse) -> Build | None:
        """Return the build by which this request renews a response, where it is due and none does yet."""
        if not found.is_due_for_renewal or request.url in of_loop.builds:
            return None
        found.use_count = 0
        self.stored.renewals += 1
        return self._start(of_loop, request, is_again=True)

    async def _respond(self, request: _Request, found: StoredResponse) -> Finished | None:
        limit_fields = await self._callers.admit(request.caller, found.shareable)
        if limit_fields is None:
            return None
        found.use_count += 1
        self.stored.hits += 1
        request_id = choose_request_id(request.headers.get(b"x-request-id", b"").decode("latin-1"))
        own = [(b"x-request-id", request_id.encode()), *limit_fields]
        if _is_unmodified(request.if_none_match, found.etag):
            return 304, found.headers_unmodified + own, b""
        return 200, found.headers + own, found.body


def _like(scope: Scope) -> _Like:
    return scope["raw_path"], scope["query_string"], any(name == b"authorization" for name, _ in scope["headers"])


def _variant(headers: dict[bytes, bytes]) -> tuple[bytes, ...]:
    part = headers.get(b"hx-request", b"")
    return (part, headers.get(b"accept-language", b"")) if settings.USE_I18N else (part,)


async def _is_stored(build: Build) -> bool:
    """Wait for another's build; return whether it is in time, and has stored its response."""
    done, _ = await asyncio.wait([build.outcome], timeout=BUILD_SECONDS_MAX)
    return bool(done) and build.outcome.result()


def _storable(finished: Finished, left: Sequence[Shareable]) -> StoredResponse | None:
    """Return a response as it may be stored: public, by its own word, or for a game; with nothing of its caller's."""
    status, headers, body = finished
    if status != 200 or not left or any(_is_personal(name, value) for name, value in headers):
        return None
    if left[-1].is_public and not is_shared(_value(headers, b"cache-control").decode("latin-1")):
        return None
    common = [item for item in headers if item[0] not in _OWN]
    if not _value(common, b"content-length"):
        common.append((b"content-length", str(len(body)).encode()))
    return StoredResponse(left[-1], common, body, _value(headers, b"etag"))


def _is_personal(name: bytes, value: bytes) -> bool:
    return name == b"set-cookie" or _NONCE in value


def _is_unmodified(if_none_match: bytes, etag: bytes) -> bool:
    """Whether the caller has what this ETag names."""
    if not if_none_match or not etag:
        return False
    return if_none_match == etag or is_named(etag.decode("latin-1"), if_none_match.decode("latin-1"))


def _value(headers: Headers, name: bytes) -> bytes:
    return next((value for key, value in headers if key == name), b"")
