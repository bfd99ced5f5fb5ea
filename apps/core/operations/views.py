"""Probes, the health page, and the smallest response."""

from dataclasses import asdict

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from prometheus_client import CONTENT_TYPE_LATEST

from apps.core.api.wire.methods import read_only, reading
from apps.core.http.ip_addresses import ip_address_of, is_within
from apps.core.http.problems import RETRY_SECONDS, log_unavailable
from apps.core.operations.health import HealthReport, examine
from apps.core.operations.metrics import exposition

JSON = "application/json"


@read_only
def ping(request: HttpRequest) -> HttpResponse:
    """Respond with next to nothing: the base cost of a request."""
    return HttpResponse(b'{"ok":true}', content_type=JSON)


@reading
def livez(request: HttpRequest) -> HttpResponse:
    """Report that this process responds, regardless of its dependencies."""
    return HttpResponse(b'{"status":"up"}', content_type=JSON)


@reading
def readyz(request: HttpRequest) -> HttpResponse:
    """Report whether to route requests here: needs a migrated database; without Redis we continue, degraded."""
    return _json(request, examine(("database", "migrations", "redis")))


@reading
def health(request: HttpRequest) -> HttpResponse:
    """Show every check: a page for browsers, JSON for others."""
    report = examine()
    if "text/html" not in request.headers.get("Accept", ""):
        return _json(request, report)
    # The page's header shows the visitor's name, which fails without a database.
    greeted = None if report.status == "down" else request
    page = render(greeted, "web/health_page.html", {"report": report}, status=_status(report))
    return _with_retry_after(request, report, page)


@reading
def metrics(request: HttpRequest) -> HttpResponse:
    """Return Prometheus metrics, to METRICS_NETWORKS only; 404 for others."""
    if not is_within(ip_address_of(request), settings.METRICS_NETWORKS):
        raise Http404
    response = HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response


def _status(report: HealthReport) -> int:
    return 503 if report.status == "down" else 200


def _json(request: HttpRequest, report: HealthReport) -> HttpResponse:
    response = HttpResponse(orjson.dumps(asdict(report)), status=_status(report), content_type=JSON)
    response["Cache-Control"] = "no-store"
    return _with_retry_after(request, report, response)


def _with_retry_after(request: HttpRequest, report: HealthReport, response: HttpResponse) -> HttpResponse:
    """Add Retry-After when the server is down, and log which checks say so, as for every 503."""
    if _status(report) == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
        down = ", ".join(check.name for check in report.checks if check.status == "down")
        log_unavailable(request, response, f"down: {down}")
    return response
