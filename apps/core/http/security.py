"""Security headers of every response, and the handling of plain HTTP."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import convert_exception_to_response
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.utils.translation import gettext

from apps.core.http.ip_addresses import is_secure
from apps.core.http.problems import problem_http_response
from apps.core.parsing.values import read_port

Fields = list[tuple[bytes, bytes]]
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")


class LeanSecurityMiddleware(SecurityMiddleware):
    """Django's for the lean stack: no headers about pages, and no redirects for the API.

    A plain HTTP call has exposed its key already; a redirect would hide that, and turn a POST into a GET.

    Who brings no key or token has to call this server by one of its names (ALLOWED_HOSTS): a page whose own name leads
    here (DNS rebinding) would read what is meant for this network. No such page has a key, so reports are not checked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(_by_our_name(get_response))
        self.referrer_policy = self.cross_origin_opener_policy = None

    def process_request(self, request: HttpRequest) -> Any:
        if self.redirect and request.path.startswith("/api/") and not request.is_secure():
            detail = gettext("Call this server by https. What you sent came in the clear: replace the key it carried.")
            return problem_http_response(request, 403, "https_required", detail)
        return super().process_request(request)


class SharedResponsesMiddleware:
    """Makes sure that no response is both shared and sets a cookie.

    A session cookie with `public` would be cached by proxies and handed to the next visitor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.cookies:
            said = response.get("Cache-Control", "")
            if is_shared(said):
                response.cookies.clear()
            elif not said:
                response["Cache-Control"] = "private"
        return response


def _by_our_name(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse other servers' names; converted within the middleware, so that this response has its headers, too."""

    def responding(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/api/"):
            # Raises: DisallowedHost, a 400.
            _require_port(request.META.get("HTTP_HOST", ""))
            if "HTTP_AUTHORIZATION" not in request.META:
                request.get_host()
        return get_response(request)

    converted: Callable[[HttpRequest], HttpResponseBase] = convert_exception_to_response(responding)  # type: ignore[assignment]
    return converted


@lru_cache(maxsize=256)
def is_our_name(host: bytes) -> bool:
    """Return whether a Host is one of ALLOWED_HOSTS, as Django's get_host has it, and its port one that can be."""
    domain, port = split_domain_port(host.decode("latin-1"))
    return bool(domain) and _is_port(port) and validate_host(domain, settings.ALLOWED_HOSTS)


@lru_cache(maxsize=256)
def _require_port(host: str) -> None:
    """Refuse a Host whose port can't be, as it would stand in links. Raises: DisallowedHost."""
    _, port = split_domain_port(host)
    if not _is_port(port):
        raise DisallowedHost


def _is_port(text: str) -> bool:
    return not text or read_port(text) is not None


def is_shared(cache_control: str) -> bool:
    """Return whether a Cache-Control value lets shared caches store a response."""
    names = {part.strip().partition("=")[0].lower() for part in cache_control.split(",")}
    return not names & {"private", "no-store"} and bool(names & {"public", "s-maxage"})


def security_fields(scope: Mapping[str, object]) -> Fields:
    """Return the headers that LeanSecurityMiddleware adds, for responses outside of Django."""
    _, hsts_seconds = _rules()
    if hsts_seconds and is_secure(scope):
        return [_NO_SNIFFING, (b"strict-transport-security", b"max-age=%d" % hsts_seconds)]
    return [_NO_SNIFFING]


def is_refused_in_the_clear(scope: Mapping[str, Any]) -> bool:
    """Return whether a connection must be refused because it did not use TLS."""
    is_https_only, _ = _rules()
    return is_https_only and not is_secure(scope)


@cache
def _rules() -> tuple[bool, int]:
    """Whether TLS is required, and the HSTS age in seconds; called twice an unlock."""
    return bool(settings.SECURE_SSL_REDIRECT), settings.SECURE_HSTS_SECONDS


@receiver(setting_changed)
def _clear_rules(**_: object) -> None:
    _rules.cache_clear()
    is_our_name.cache_clear()
