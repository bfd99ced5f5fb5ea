"""Template context of every page."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject

from apps.core.http.ip_addresses import ip_address_of, is_within
from apps.core.operations.mail_folder import MailFolder
from apps.web.queries.header import header_of, viewer_of

THEMES = frozenset({"light", "dark"})
_FOLDER = f"{MailFolder.__module__}.{MailFolder.__name__}"
_LOOPBACK = ("127.0.0.0/8", "::1/128")


def site(request: HttpRequest) -> dict[str, object]:
    """Return the theme, the page's address and, lazily, data about the viewer."""
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in THEMES else "",
        # Where emails stay on this machine, no page says that one was sent.
        "sends_mail": settings.EMAIL_BACKEND != _FOLDER,
        "mail_folder": _mail_folder(request),
        "canonical_url": _canonical_url(request),
        "viewer": SimpleLazyObject(lambda: viewer_of(request)),
        "is_studio_member": SimpleLazyObject(lambda: header_of(request).is_studio_member),
        "read_mark": SimpleLazyObject(lambda: header_of(request).read_mark),
    }


def _mail_folder(request: HttpRequest) -> str:
    """Return where emails are, to who can look there: a visitor of a demo on their own machine; else nothing."""
    is_here = settings.SHOW_MAIL_FOLDER and is_within(ip_address_of(request), _LOOPBACK)
    return settings.MAIL_FOLDER if is_here else ""


def _canonical_url(request: HttpRequest) -> str:
    """Return a page's canonical URL, without foreign parameters; empty for error pages.

    A view whose query selects another page, as a board's does, sets its own.
    """
    return "" if request.resolver_match is None else f"{settings.PUBLIC_URL}{escape_uri_path(request.path)}"
