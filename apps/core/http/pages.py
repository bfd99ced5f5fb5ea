"""Turns every error of a page into an error page, a message or an error at a field; problems.py, those of the API."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from apps.core.errors import DomainError
from apps.core.http.methods import answering_options
from apps.core.redis.sessions import is_unreadable, unreadable_error

T = TypeVar("T")
# Of refusals that concern the page itself rather than what was sent.
_OF_THE_PAGE = frozenset({403, 404})
# Where a request notes that a limit refused it, and for how many seconds.
_THROTTLED = "laurel.throttled_seconds"
# Of pages that show a refused form again, or say that it was refused.
_SHOWN_AGAIN = frozenset({200, 422, 429})


class PageMiddleware:
    """Refuses queries with more parameters than Django parses, on every page, even one that reads none.

    Later it would fail again in the error page. What a page may not show, or doesn't find, ends in the error page for
    403 or 404. Nobody is sent to log in because their session can't be read: that is 503, whoever's the page is.
    Whichever form a limit refused, its page is a 429 with the time to come back. OPTIONS gets the page's methods.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Raises: TooManyFieldsSent, for which Django shows our 400 page.
        _ = request.GET
        response = self.get_response(request)
        if _sends_to_log_in(request, response) and is_unreadable(getattr(request, "session", None)):
            raise unreadable_error()
        if (seconds := throttled_seconds(request)) is not None and response.status_code in _SHOWN_AGAIN:
            response.status_code, response["Retry-After"] = 429, str(seconds)
        return answering_options(request, response)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        status = error.status if isinstance(error, DomainError) else None
        if status == 404:
            raise Http404 from error
        if status == 403:
            raise PermissionDenied(str(error)) from error


def _sends_to_log_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether it is a redirect that returns here afterwards, as those of login_required, allauth and the admin do."""
    query = urlsplit(response.get("Location", "")).query
    return bool(query) and parse_qs(query).get(REDIRECT_FIELD_NAME) == [request.get_full_path()]


def note_throttled(request: HttpRequest, seconds: int) -> None:
    """Note that a limit refused what the request wanted."""
    request.META[_THROTTLED] = max(seconds, request.META.get(_THROTTLED, 0))


def throttled_seconds(request: HttpRequest) -> int | None:
    """Return when to try again what a limit refused; None where none did."""
    seconds: int | None = request.META.get(_THROTTLED)
    return seconds


def run_with_message(request: HttpRequest, action: Callable[[], T], *, done: str) -> T | None:
    """Run a button's action, and report success or the refusal on the next page; None when refused."""
    try:
        result = action()
    except DomainError as error:
        if error.status in _OF_THE_PAGE:
            raise
        messages.error(request, error.detail)
        return None
    messages.success(request, done)
    return result


class DomainForm(forms.Form):
    """A form whose fields carry the domain's names, so that an error finds its field."""

    # When to send it again, where a limit refused it.
    retry_after_seconds: int | None = None

    def submit(self, action: Callable[[], T], *, at: str = "") -> T | None:
        """Run the action, and return its result, or None after adding its error to the field concerned.

        With `at`, that field takes every error, also one that says that something isn't found.
        """
        try:
            return action()
        except DomainError as error:
            if error.status in _OF_THE_PAGE and not at:
                raise
            self.retry_after_seconds = error.retry_after_seconds
            member = at or (error.pointer or "").removeprefix("/")
            self.add_error(member if member in self.fields else None, error.detail)
            return None


def form_page(request: HttpRequest, template: str, form: DomainForm, **context: Any) -> HttpResponse:
    """Render the page of a form: as it is before it was sent, and why it was refused afterwards."""
    if form.retry_after_seconds is not None:
        note_throttled(request, form.retry_after_seconds)
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)
