"""What every page of the portal has in common: who may see it, and how a refusal is told."""

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
    """Make a view a page of the portal: for those logged in, kept by no cache, and missing to strangers."""

    @login_required
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
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
    """Return who is logged in; portal_page has made sure that someone is."""
    assert isinstance(request.user, Account)
    return request.user


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """Return what a form is bound to: the fields and files that were sent, or nothing for one to be filled in."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def form_status(form: Form) -> int:
    """Return 422 for a form that was sent and is shown again with its errors."""
    return 422 if form.is_bound and form.errors else 200


def attempt(request: HttpRequest, action: Callable[[], T], *, done: str) -> T | None:
    """Carry out what a button asks for, and say on the next page that it is done or why it is not."""
    try:
        result = action()
    except (NotFoundError, RoleTooLowError):
        raise
    except DomainError as error:
        messages.error(request, error.detail)
        return None
    messages.success(request, done)
    return result
