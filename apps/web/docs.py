"""The pages for programmers: a quick start, the API to try, and what its error codes mean."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from apps.web.queries.error_codes import ERROR_CODES

CALLS = (
    "game", "player", "link", "unlock", "progress", "batch", "achievements", "board", "token", "ticket", "definitions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Language:
    """A language that there is a sample in; `extension` names its file too."""

    extension: str
    name: str


LANGUAGES = (
    Language("sh", "curl"),
    Language("py", "Python"),
    Language("cs", "C#"),
    Language("gd", "GDScript"),
    Language("cpp", "C++"),
)


@require_safe
def quick_start(request: HttpRequest) -> HttpResponse:
    api = request.build_absolute_uri("/api/v1")
    context = {
        "api": api,
        "socket": request.build_absolute_uri("/ws/notifications/").replace("http", "ws", 1),
        "calls": {name: code(f"calls/{name}.sh", api) for name in CALLS},
        "samples": [(language, code(f"samples/sample.{language.extension}", api)) for language in LANGUAGES],
    }
    return render(request, "web/docs/quick_start_page.html", context)


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "web/docs/reference_page.html")


@require_safe
def error_codes(request: HttpRequest) -> HttpResponse:
    return render(request, "web/docs/error_codes_page.html", {"errors": ERROR_CODES})


def code(name: str, api: str) -> str:
    """Return a piece of code with the API's address in it; `api` is a host that Django has checked."""
    return render_to_string(f"web/docs/{name}", {"api": api}).strip()
