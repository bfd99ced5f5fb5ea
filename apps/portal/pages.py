"""What every page of the portal has in common: who may see it, and how a refusal is told."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from apps.core.errors import DomainError, NotFoundError
from apps.games.access import RoleTooLowError
from apps.players.models import Account

T = TypeVar("T")
View = Callable[..., HttpResponse]


class AccountRequest(HttpRequest):
    """A request of someone logged in."""

    user: Account


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
