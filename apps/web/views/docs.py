"""Pages for developers: quick start, live events, API reference and error codes."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from apps.core.api.openapi.error_codes import ERROR_CODES, FLAW_CODES
from apps.core.http.methods import require_safe
from apps.core.http.public_pages import public_page
from apps.notifications.connections.close_code_meanings import ENDINGS
from apps.notifications.connections.connection_limit import CONNECTIONS_MAX
from apps.notifications.connections.tickets import TICKET_SECONDS
from apps.web.queries import page_dependencies
from apps.webhooks.deliveries import AT_ONCE_PER_ENDPOINT
from apps.webhooks.event_types import CHOICES
from apps.webhooks.retries import DELAYS
from apps.webhooks.url_policy import rule_in_words

CALLS = (
    "game", "player", "link", "unlock", "progress", "batch", "achievements", "board", "token", "ticket", "definitions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Language:
    """A language with a code sample; `extension` is its file's."""

    extension: str
    name: str


LANGUAGES = (
    Language("sh", "curl"),
    Language("py", "Python"),
    Language("cs", "C#"),
    Language("gd", "GDScript"),
    Language("cpp", "C++"),
)


GUEST_SAMPLES = {"page": "game.htm", "script": "game.py"}
LIVE_SAMPLES = {
    "page": "page.js",
    "csharp": "game.cs",
    "gdscript": "game.gd",
    "stream": "stream.sh",
    "poll": "poll.sh",
}


@public_page(page_dependencies.of_docs)
@require_safe
def quick_start(request: HttpRequest) -> HttpResponse:
    api = _api(request)
    context = {
        "api": api,
        "socket": _socket(request),
        "calls": {name: code(f"calls/{name}.sh", api) for name in CALLS},
        "samples": [(language, code(f"samples/sample.{language.extension}", api)) for language in LANGUAGES],
    }
    return render(request, "web/docs/quick_start_page.html", context)


@public_page(page_dependencies.of_docs)
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    samples = {"request": "request.txt", "library": "library.py", "by_hand": "by_hand.py"}
    context = {
        "samples": {name: code(f"webhooks/{file}", "") for name, file in samples.items()},
        "rule": rule_in_words(),
        "events": CHOICES.items(),
        "delays": [in_words(delay) for delay in DELAYS],
        "at_once": AT_ONCE_PER_ENDPOINT,
    }
    return render(request, "web/docs/webhooks_page.html", context)


@public_page(page_dependencies.of_docs)
@require_safe
def guests(request: HttpRequest) -> HttpResponse:
    context = {
        "samples": {name: code(f"guests/{file}", _api(request)) for name, file in GUEST_SAMPLES.items()},
        "vector": code("guests/vector.txt", ""),
        "limits": settings.GUEST_LIMITS,
    }
    return render(request, "web/docs/guests_page.html", context)


@public_page(page_dependencies.of_docs)
@require_safe
def live_events(request: HttpRequest) -> HttpResponse:
    context = {
        "samples": {name: code(f"live/{file}", _api(request), _socket(request)) for name, file in LIVE_SAMPLES.items()},
        "endings": ENDINGS,
        "ticket_seconds": TICKET_SECONDS,
        "places": CONNECTIONS_MAX,
    }
    return render(request, "web/docs/live_events_page.html", context)


@public_page(page_dependencies.of_docs)
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "web/docs/reference_page.html")


@public_page(page_dependencies.of_docs)
@require_safe
def error_codes(request: HttpRequest) -> HttpResponse:
    return render(request, "web/docs/error_codes_page.html", {"errors": ERROR_CODES, "flaws": FLAW_CODES})


def in_words(delay: timedelta) -> str:
    """Return a duration in its largest whole unit."""
    seconds = int(delay.total_seconds())
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{seconds // size} {unit}{'s' * (seconds // size > 1)}"
    return f"{seconds} seconds"


def code(name: str, api: str, socket: str = "") -> str:
    """Return a code sample with the URLs of API and socket filled in; Django has validated the host."""
    return render_to_string(f"web/docs/{name}", {"api": api, "socket": socket}).strip()


def _api(request: HttpRequest) -> str:
    return request.build_absolute_uri("/api/v1")


def _socket(request: HttpRequest) -> str:
    return request.build_absolute_uri("/ws/notifications/").replace("http", "ws", 1)
