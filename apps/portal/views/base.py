"""What the portal's pages share: access, and display of refusals."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse

from apps.core.errors import DomainError, NotFoundError
from apps.games.access import RoleTooLowError
from apps.players.models import Account

T = TypeVar("T")
View = Callable[..., HttpResponse]


def portal_page(view: View) -> View:
    """Make a view a portal page: for logged-in people, never cached, 404 for strangers."""

    @login_required
    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except NotFoundError as error:
            raise Http404 from error
        except RoleTooLowError as error:
            raise PermissionDenied(error.detail) from error
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


def attempt(request: HttpRequest, action: Callable[[], T], *, done: str) -> T | None:
    """Run a button's action, and report success or the refusal on the next page."""
    try:
        result = action()
    except (NotFoundError, RoleTooLowError):
        raise
    except DomainError as error:
        messages.error(request, error.detail)
        return None
    messages.success(request, done)
    return result
