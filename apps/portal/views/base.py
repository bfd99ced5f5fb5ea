"""What the portal's pages share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse

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


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """Return the data and files to bind a form to; None twice for an unsent form."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def form_status(form: Form) -> int:
    """Return 422 for an invalid form that is shown again."""
    return 422 if form.is_bound and form.errors else 200
