"""One port for everything: HTTP to Django under WSGI, sockets to Channels' router, beside each other in uvicorn.

Django under ASGI takes 6 to 16 times as long a request as under WSGI, so HTTP crosses into threads whole.
"""

import asyncio
import gc
from typing import Any

# First: it sets Django up.
from achievements_site.wsgi import application as wsgi  # isort: skip
from django.conf import settings
from django.urls import get_resolver, reverse

from apps.core.asgi.bridge import WSGIBridge
from apps.core.asgi.error_responses import refusal
from apps.core.asgi.gc_pauses import log_pauses
from apps.core.asgi.request_bodies import Receive, Scope, Send
from apps.core.asgi.responses import send_answer
from apps.core.asgi.shutdown import on_shutdown
from apps.core.asgi.thread_lanes import Lane, UnavailableError
from apps.core.database.availability import failure_detector
from apps.core.http.problems import reason_of
from apps.core.realtime.watch import watch
from apps.games.auth.known_tokens import known_tokens
from apps.leaderboards.pages.stale_if_error import stale_copies
from apps.notifications.consumers import NotificationStream
from apps.notifications.routing import websockets
from apps.unlocks import fast_path
from apps.web.views.errors import unavailable_page

# An icon or a cover comes through a page; the API's bodies are JSON.
PAGE_BODY_BYTES_MAX = 10 * 1024 * 1024
API_BODY_BYTES_MAX: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _bytes_max_of(path: str) -> int:
    return API_BODY_BYTES_MAX if path.startswith("/api/") else PAGE_BODY_BYTES_MAX


async def _refuse(scope: Scope, send: Send, status: int, code: str, detail: str) -> None:
    """Answer a request that Django never sees."""
    status, headers, body = refusal(scope, status, code, detail)
    if status != 503:
        # What is left of a body must not be taken for the next request.
        headers.append((b"connection", b"close"))
    elif not scope["path"].startswith("/api/"):
        body = unavailable_page(detail)
        sizes = {b"content-type": b"text/html; charset=utf-8", b"content-length": str(len(body)).encode()}
        headers = [*(dict(headers) | sizes).items()]
    await send_answer(send, status, headers, body)


def _has_stale_copy(scope: Scope) -> bool:
    return scope["method"] == "GET" and stale_copies.has((scope["path"], scope["query_string"].decode("latin-1")))


def _require_database(scope: Scope) -> None:
    """Raises: UnavailableError for a write that waited for its thread until the database was known to be away.

    Hundreds do when it freezes; through Django they held up the pages that go on, for two seconds.
    """
    is_write = scope["method"] not in {"GET", "HEAD", "OPTIONS"} and scope["path"].startswith("/api/")
    if failure_detector.is_away and is_write:
        raise UnavailableError(*reason_of())


http = WSGIBridge(
    wsgi,
    threads=settings.WEB_THREADS,
    is_quick=_has_stale_copy,
    # Who asks whether we are well must hear it, however many others wait.
    lanes=dict.fromkeys((reverse("livez"), reverse("readyz"), reverse("health")), Lane("probes", 2)),
    bytes_max_of=_bytes_max_of,
    refuse=_refuse,
    require=_require_database,
    express={fast_path.PATH: fast_path.unlock},
    streams={reverse("api:notification-stream"): NotificationStream.go_on},
)


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await http(scope, receive, send)
    elif scope["type"] == "websocket":
        await websockets(scope, receive, send)
    else:
        await _live(receive, send)


async def _live(receive: Receive, send: Send) -> None:
    """The server's own start and end."""
    await receive()
    try:
        _settle_memory()
        on_shutdown(watch().farewell)
        known_tokens.start_rounds()
    except Exception as error:
        # Said aloud, or the server would take us for one that knows no lifespan and serve errors.
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        raise
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


def _settle_memory() -> None:
    """Keep the garbage collector off what lives as long as the process, and its pauses short.

    With 4,000 idle sockets its pauses were 300 to 800 ms; so, p99 fell from 444 ms to 5.
    """
    # Loads every view, so that it is frozen too.
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    # The young are looked through by 10,000, those that stay by 60,000: 4 and 21 ms while 10,000 sockets come, where
    # 50,000 and a million took 28 and 430. The old never are, so that a closed socket must leave no cycle behind.
    gc.set_threshold(10_000, 5, 100_000)
    if settings.LOG_GC_PAUSES:
        log_pauses(asyncio.get_running_loop())
