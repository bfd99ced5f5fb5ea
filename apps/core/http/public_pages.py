"""Pages that all visitors without cookies get alike: they say so, and are left for the response cache."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from apps.core.etags import etag_of
from apps.core.http.methods import PageView
from apps.core.http.shareable import EVERYONE, REVALIDATED, SHAREABLE, Shareable
from apps.core.redis.versioned_cache import Validity, validity_from_now

# The attribute of a public page's view.
DEPENDENCY = "dependency"


class Dependency(NamedTuple):
    """What a page changes with: versions, and what these say nothing of, which may be so old.

    `until` is when the page's URL is another's.
    """

    version_keys: tuple[str, ...]
    seconds: int
    until: datetime | None = None


def public_page(dependency: Callable[..., Dependency | None]) -> Callable[[PageView], PageView]:
    """Declare that who comes without a cookie gets the page that others get.

    `dependency` is called as the view is, before it and only where the page may be stored; None for
    one that may not. A page with a Cache-Control of its own keeps it, and is stored only where that says `public`.
    """

    def declare(view: PageView) -> PageView:
        @wraps(view)
        def respond(request: HttpRequest, **chosen: Any) -> HttpResponseBase:
            if request.META.get("HTTP_COOKIE"):
                return view(request, **chosen)
            validity = _validity(dependency(request, **chosen)) if SHAREABLE in request.META else None
            response = view(request, **chosen)
            if response.status_code == 200 and isinstance(response, HttpResponse):
                _say_public(response)
                if validity is not None:
                    request.META[SHAREABLE].append(
                        Shareable(EVERYONE, validity, None, is_for_anonymous=True, rate=None)
                    )
            return response

        # For the table of all pages.
        setattr(respond, DEPENDENCY, dependency)
        return respond

    return declare


def _validity(found: Dependency | None) -> Validity | None:
    made_now = found and validity_from_now(found.version_keys, found.seconds)
    return made_now and made_now.until(found.until if found else None)


def _say_public(response: HttpResponse) -> None:
    response["ETag"] = etag_of(response.content)
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = REVALIDATED
        patch_vary_headers(response, ["Cookie"])
