"""WSGI inside ASGI: a complete request goes to a thread, a complete response comes back.

Replaces a2wsgi, which spends a task, a queue and four thread switches on each request. Requests/s of one uvicorn at 16
connections, with the client beside it: a trivial WSGI application 13,000 here and 3,300 there (a trivial ASGI one
44,000); Django's empty view 5,300 and 2,000.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext

from apps.core.asgi.environ import build_environ
from apps.core.asgi.request_bodies import (
    BodyOverLimitError,
    BodyTooSlowError,
    DisconnectedError,
    Receive,
    Scope,
    Send,
    read_body,
)
from apps.core.asgi.response_cache import Build, ResponseCache
from apps.core.asgi.responses import BufferedResponse, Finished, Headers, send_response
from apps.core.asgi.thread_lanes import Lane, UnavailableError
from apps.core.database.budgets import HAS_FALLBACK, REQUEST_SECONDS, SECONDS_LEFT, SHORT_SECONDS
from apps.core.http.shareable import Shareable
from apps.core.redis.rate_counters import VERDICT

T = TypeVar("T")
WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# Responds on the event loop, or returns None to pass the request to a thread.
FastPath = Callable[[Scope, bytes], Awaitable[Finished | None]]
# Likewise for a usual GET without a body, given its headers, its caller, and where to leave who else may be sent it.
CachedRead = Callable[[Scope, Mapping[bytes, bytes], Any, list[Shareable] | None], Awaitable[Finished | None]]
Refuse = Callable[[Scope, Send, int, str, str], Awaitable[None]]
# Continues a response on the loop for as long as it takes, given the view's admission and headers.
Stream = Callable[[Scope, Receive, Send, Any, Headers], Awaitable[None]]
# Where a view that admits a stream leaves its parameters; no other view responds there with 200.
ADMITTED = "laurel.admitted"

# A response leaves its thread in parts only when it is larger or slower than this.
BUFFERED_BYTES_MAX = 1024 * 1024
BUFFERED_SECONDS_MAX = 0.1

# Key in the scope for the build that its request is.
_BUILD = "laurel.build"


class WSGIBridge:
    """An ASGI application that runs a WSGI one in `threads` threads.

    `lanes` has the paths with threads of their own. Requests that `is_quick` selects are tried in `quick_threads`
    others first, where they may wait for the database only briefly; otherwise they continue as usual. `fast_paths` has
    the paths that are tried on the loop first, `fast_routes` the patterns of others, `streams` those whose GET, once
    admitted by a view, continues without a thread; other GETs may be answered by `responses`, and what is not there by
    `cached_reads`, which have the patterns of their paths. `bytes_max_of` returns a path's body limit; `refuse` answers
    (status, code, detail) to a request that is never passed on; `require` raises UnavailableError for one whose thread
    comes too late.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        threads: int,
        quick_threads: int = 8,
        is_quick: Callable[[Scope], bool] = lambda scope: False,
        lanes: Mapping[str, Lane] | None = None,
        bytes_max_of: Callable[[str], int],
        refuse: Refuse,
        require: Callable[[Scope], None] = lambda scope: None,
        fast_paths: Mapping[str, FastPath] | None = None,
        fast_routes: Mapping[re.Pattern[str], FastPath] | None = None,
        streams: Mapping[str, Stream] | None = None,
        responses: ResponseCache | None = None,
        cached_reads: Mapping[re.Pattern[str], CachedRead] | None = None,
    ) -> None:
        self._application = application
        self._fast_paths = fast_paths or {}
        self._fast_routes = fast_routes or {}
        self._streams = streams or {}
        self._responses = responses
        self._cached_reads = cached_reads or {}
        self._ordinary = Lane("web", threads)
        self._quick = Lane("quick", quick_threads)
        self._is_quick = is_quick
        self._lanes = lanes or {}
        self._bytes_max_of = bytes_max_of
        self._refuse = refuse
        self._require = require

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        bytes_max = self._bytes_max_of(scope["path"])
        try:
            body = await read_body(scope, receive, bytes_max)
        except DisconnectedError:
            return
        except BodyOverLimitError:
            detail = gettext("The body is over {maximum:,} bytes. Send less at once.").format(maximum=bytes_max)
            await self._refuse(scope, send, 413, "body_too_large", detail)
        except BodyTooSlowError:
            await self._refuse(scope, send, 408, "body_too_slow", gettext("The body took too long to arrive."))
        else:
            found = await self._found_on_loop(scope, body)
            if isinstance(found, tuple):
                await send_response(send, *found)
            else:
                await self._serve_and_share(found, scope, body, receive, send)

    async def _found_on_loop(self, scope: Scope, body: bytes) -> Finished | Build | None:
        """Return the response, if it takes no thread."""
        if (fast_path := self._fast_path_of(scope["path"])) is not None:
            return await fast_path(scope, body)
        if self._responses is None or body or not self._responses.is_of_use(scope) or scope["path"] in self._streams:
            return None
        began_at = time.monotonic()
        found = await self._responses.look_up(scope)
        if found is None:
            # It may have waited for another's response.
            scope[SECONDS_LEFT] = REQUEST_SECONDS - (time.monotonic() - began_at)
        if isinstance(found, Build) and (read := _of_path(self._cached_reads, scope["path"])):
            return await _read(read, found, scope)
        return found

    def _fast_path_of(self, path: str) -> FastPath | None:
        return self._fast_paths.get(path) or _of_path(self._fast_routes, path)

    async def _serve_and_share(
        self, build: Build | None, scope: Scope, body: bytes, receive: Receive, send: Send
    ) -> None:
        if build is None:
            await self._serve(scope, body, receive, send)
            return
        scope[_BUILD] = build
        try:
            await self._serve(scope, body, receive, send)
        finally:
            build.end()

    async def _serve(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        try:
            if not (self._is_quick(scope) and await self._served_quickly(scope, body, receive, send)):
                await self._serve_ordinarily(scope, body, receive, send)
        except UnavailableError as error:
            await self._refuse(scope, send, 503, error.code, error.detail)
        except DisconnectedError:
            return

    async def _served_quickly(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> bool:
        """Respond if that takes only a moment; return whether it did."""
        response, environ = BufferedResponse(send, asyncio.get_running_loop()), _environ(scope, body)
        environ[SECONDS_LEFT], environ[HAS_FALLBACK] = SHORT_SECONDS, True
        await self._quick.run(lambda: self._run(environ, response), receive)
        if response.status == 503:
            scope[VERDICT] = environ.get(VERDICT)
            return False
        await _finish(scope, response)
        return True

    async def _serve_ordinarily(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        response, environ = BufferedResponse(send, loop), _environ(scope, body)
        stream = self._streams.get(scope["path"])
        if stream is not None:
            environ[ADMITTED] = []
        deadline = time.monotonic() + scope.get(SECONDS_LEFT, REQUEST_SECONDS)

        def run() -> None:
            self._require(scope)
            # Time spent waiting, here and for its thread, is deducted from its database budget.
            environ[SECONDS_LEFT] = deadline - time.monotonic()
            self._run(environ, response)

        await self._lanes.get(scope["path"], self._ordinary).run(run, receive)
        if stream is not None and environ[ADMITTED]:
            await stream(scope, receive, send, environ[ADMITTED][0], response.headers)
        else:
            await _finish(scope, response)

    def _run(self, environ: dict[str, Any], response: BufferedResponse) -> None:
        chunks = self._application(environ, response.start)
        try:
            buffering_since = time.monotonic()
            for chunk in chunks:
                response.add(chunk)
                if response.size > BUFFERED_BYTES_MAX or time.monotonic() - buffering_since > BUFFERED_SECONDS_MAX:
                    response.flush()
                    buffering_since = time.monotonic()
        finally:
            if hasattr(chunks, "close"):
                chunks.close()


def _of_path(routes: Mapping[re.Pattern[str], T], path: str) -> T | None:
    return next((found for route, found in routes.items() if route.fullmatch(path)), None)


async def _read(read: CachedRead, build: Build, scope: Scope) -> Finished | Build:
    """Return the response that a build's request finds on the loop, or the build that it still is."""
    try:
        finished = await read(scope, *build.sender, build.left)
    except BaseException:
        build.end()
        raise
    return build if finished is None else build.finish(finished)


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    environ = build_environ(scope, body)
    environ[VERDICT] = scope.get(VERDICT)
    if (build := scope.get(_BUILD)) is not None:
        build.prepare(environ)
    return environ


async def _finish(scope: Scope, response: BufferedResponse) -> None:
    """Send the rest of a response; stored first, as others may wait for it and a client may be slow."""
    build: Build | None = scope.get(_BUILD)
    if build is not None:
        if (finished := response.finished) is None:
            build.end(is_passing=False)
        else:
            response.replace(build.finish(finished))
    await response.finish()
