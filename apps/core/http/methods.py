"""Methods of pages, and what OPTIONS lists of a path's."""

from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators import csrf, http

# A view of a request and what varies in its path.
PageView = Callable[..., HttpResponseBase]
# Of pages that refuse no method: those with a form.
_OF_FORMS = "GET, HEAD, POST"


def require_safe(view: PageView) -> PageView:
    """Refuse other methods than GET and HEAD with 405, as Django's does, before a form's token is checked."""
    return csrf.csrf_exempt(http.require_safe(view))


def options_response(methods: Iterable[str]) -> HttpResponse:
    """Return 204 with Allow."""
    response = HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
    del response.headers["Content-Type"]
    return response


def answering_options(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return a page's response, in place of which OPTIONS gets 204 with the methods that the page takes."""
    if request.method != "OPTIONS" or response.status_code not in {200, 405}:
        return response
    response.close()
    return options_response(dict.fromkeys([*response.get("Allow", _OF_FORMS).split(", "), "OPTIONS"]))
