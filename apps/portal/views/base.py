"""What the portal's pages share."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse

from apps.core.clock import zone_of
from apps.players.models import Account

View = Callable[..., HttpResponse]


def portal_page(view: View) -> View:
    """Make a view a portal page: for logged-in people, and never cached. Strangers get 404 by the domain's errors."""

    @login_required
    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return page


def account_of(request: HttpRequest) -> Account:
    """Return the logged-in account; portal_page guarantees one."""
    assert isinstance(request.user, Account)
    return request.user


def zone_of_account(request: HttpRequest) -> ZoneInfo:
    """Return the time zone of the account's player, UTC without one."""
    player = getattr(account_of(request), "player", None)
    return zone_of("UTC" if player is None else player.time_zone)


def caller_id(request: HttpRequest) -> str:
    """Return the account as histories name it, which is its caller's id in the API."""
    return f"account:{account_of(request).id}"


def expected_tags(request: HttpRequest) -> list[str] | None:
    """Return the edit tags of what the sent page showed; None where it named none."""
    return request.POST.getlist("expected") or None


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """Return the data and files to bind a form to; None twice for an unsent form."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def form_status(form: Form) -> int:
    """Return 422 for an invalid form that is shown again."""
    return 422 if form.is_bound and form.errors else 200
