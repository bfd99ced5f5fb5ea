"""One port for everything: HTTP through Django's WSGI, sockets through Channels, side by side in uvicorn.

Under ASGI, Django takes 6 to 16 times as long per request as under WSGI, so whole requests are passed to threads.
"""

import asyncio
import gc
import re

# First, as it sets Django up.
from achievements_site.wsgi import application as wsgi  # isort: skip
from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.urls import get_resolver, reverse

from apps.analytics.batched_dashboards import dashboard
from apps.core.asgi.bridge import WSGIBridge
from apps.core.asgi.error_responses import refusal
from apps.core.asgi.gc_pauses import log_pauses
from apps.core.asgi.process_figures import ProcessFigures
from apps.core.asgi.request_bodies import Receive, Scope, Send
from apps.core.asgi.response_cache import ResponseCache
from apps.core.asgi.responses import send_response
from apps.core.asgi.shutdown import on_shutdown
from apps.core.asgi.thread_lanes import Lane, UnavailableError
from apps.core.database.availability import failure_detector
from apps.core.http.problems import is_for_programs, reason_of
from apps.core.operations.metrics import ResponseCacheUse, registry
from apps.core.realtime.watch import watch
from apps.games.auth.known_tokens import known_tokens
from apps.games.auth.usual_callers import UsualCallers
from apps.leaderboards import fast_path as places_fast_path
from apps.leaderboards.pages.stale_if_error import stale_copies
from apps.notifications.consumers import NotificationStreamConsumer
from apps.notifications.routing import websockets
from apps.unlocks import batched_lists, fast_path
from apps.web.views.errors import unavailable_page

# Pages upload icons and covers; the API's bodies are JSON.
PAGE_BODY_BYTES_MAX = 10 * 1024 * 1024
API_BODY_BYTES_MAX: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
# Where views may leave responses for others; tests/web/test_cached_pages.py visits every page that does.
_has_shared_responses = re.compile(r"/(?:$|api/v1/|games/|players/|leaderboards/|docs/)")


def _bytes_max_of(path: str) -> int:
    return API_BODY_BYTES_MAX if path.startswith("/api/") else PAGE_BODY_BYTES_MAX


async def _refuse(scope: Scope, send: Send, status: int, code: str, detail: str) -> None:
    """Answer a request that never reaches Django."""
    status, headers, body = refusal(scope, status, code, detail)
    if status != 503:
        # The rest of a body must not be taken for the next request.
        headers.append((b"connection", b"close"))
    elif not is_for_programs(scope["path"]):
        body = unavailable_page(code, detail)
        sizes = {b"content-type": b"text/html; charset=utf-8", b"content-length": str(len(body)).encode()}
        headers = [*(dict(headers) | sizes).items()]
    await send_response(send, status, headers, body)


def _has_stale_copy(scope: Scope) -> bool:
    return scope["method"] == "GET" and stale_copies.has((scope["path"], scope["query_string"].decode("latin-1")))


def _require_database(scope: Scope) -> None:
    """Raises: UnavailableError for a write that waited for its thread until the database was known to be down.

    Hundreds do when it freezes; in Django they delayed pages that still work by two seconds.
    """
    is_write = scope["method"] not in {"GET", "HEAD", "OPTIONS"} and scope["path"].startswith("/api/")
    if failure_detector.is_down and is_write:
        raise UnavailableError(*reason_of())


responses = ResponseCache(
    UsualCallers(), serves=_has_shared_responses.match, bytes_max=int(settings.RESPONSE_CACHE_MB * 1024 * 1024)
)
figures = ProcessFigures(responses.stored.figures)
registry.register(ResponseCacheUse(figures))
http = WSGIBridge(
    wsgi,
    threads=settings.WEB_THREADS,
    is_quick=_has_stale_copy,
    # Health probes must get through however many requests are waiting.
    lanes=dict.fromkeys((reverse("livez"), reverse("readyz"), reverse("health")), Lane("probes", 2)),
    bytes_max_of=_bytes_max_of,
    refuse=_refuse,
    require=_require_database,
    fast_paths={fast_path.PATH: fast_path.unlock},
    fast_routes={places_fast_path.place.route: places_fast_path.place},
    streams={reverse("api:notification-stream"): NotificationStreamConsumer.go_on},
    responses=responses,
    cached_reads={read.route: read.respond for read in (*batched_lists.LISTS, dashboard)},
)


async def lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Handle the server's startup and shutdown."""
    await receive()
    try:
        _settle_memory()
        on_shutdown(watch().farewell)
        known_tokens.start_rounds()
        figures.start_publishing()
    except Exception as error:
        # Otherwise the server would assume that we don't support lifespan, and serve errors.
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        raise
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


def _settle_memory() -> None:
    """Exempt long-lived objects from garbage collection, and keep its pauses short.

    With 4,000 idle sockets pauses were 300 to 800 ms; with this, p99 fell from 444 ms to 5.
    """
    # Loads every view, so that it is frozen too.
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    # The young generation is collected at 10,000 objects, the middle one at 60,000: 4 and 21 ms while 10,000 sockets
    # arrive, where 50,000 and a million took 28 and 430. The old one never is, so a closed socket must leave no cycle
    # behind.
    gc.set_threshold(10_000, 5, 100_000)
    if settings.LOG_GC_PAUSES:
        log_pauses(asyncio.get_running_loop())


application = ProtocolTypeRouter({"http": http, "websocket": websockets, "lifespan": lifespan})
