"""Methods of pages."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.views.decorators import csrf, http

# A view of a request and what varies in its path.
PageView = Callable[..., HttpResponseBase]


def require_safe(view: PageView) -> PageView:
    """Refuse other methods than GET and HEAD with 405, as Django's does, before a form's token is checked."""
    return csrf.csrf_exempt(http.require_safe(view))
