"""Probes, the health page, and the smallest answer there is."""

from dataclasses import asdict

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.health import Report, examine

JSON = "application/json"


@require_safe
def ping(request: HttpRequest) -> HttpResponse:
    """Answer nothing much: what a request costs before anything is done for it."""
    return HttpResponse(b'{"ok":true}', content_type=JSON)


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Say that this process answers, whatever has become of the others."""
    return HttpResponse(b'{"status":"up"}', content_type=JSON)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether to send requests here: the database must be there and migrated; without Redis we go on, degraded."""
    return _json(examine(("database", "migrations", "redis")))


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Show every check: to browsers as a page, to others as JSON."""
    report = examine()
    if "text/html" not in request.headers.get("Accept", ""):
        return _json(report)
    # The page's head greets the visitor by name, which a database that is down would make fail.
    greeted = None if report.status == "down" else request
    return render(greeted, "web/health_page.html", {"report": report}, status=_status(report))


def _status(report: Report) -> int:
    return 503 if report.status == "down" else 200


def _json(report: Report) -> HttpResponse:
    response = HttpResponse(orjson.dumps(asdict(report)), status=_status(report), content_type=JSON)
    response["Cache-Control"] = "no-store"
    return response
