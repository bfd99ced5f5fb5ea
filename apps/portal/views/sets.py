"""Pages for creating and editing a set, and the buttons in their table."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.http.pages import run_with_message
from apps.games.access import Ability, GameAccess, open_game, open_set
from apps.games.actions import create_set, delete_set, edit_set, move_set
from apps.games.definitions.sets import has_achievements
from apps.games.models import AchievementSet
from apps.portal.forms.sets import SetForm
from apps.portal.views.base import account_of, form_status, portal_page, sent


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def set_create(request: HttpRequest, slug: str) -> HttpResponse:
    access = _open(request, slug)
    form = SetForm(*sent(request), achievement_set=None)
    if form.is_valid() and (made := form.submit(lambda: _create(form, access))):
        messages.success(request, gettext("{title} was created. Put achievements into it.").format(title=made.title))
        return _back(slug)
    return _form_page(request, access, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def set_edit(request: HttpRequest, slug: str, set_id: UUID) -> HttpResponse:
    access = _open(request, slug)
    found = open_set(access.game, set_id)
    form = SetForm(*sent(request), achievement_set=found)
    if form.is_valid() and form.submit(lambda: _edit(form, found)) is not None:
        messages.success(request, gettext("Saved. Players keep what they have earned and completed."))
        return _back(slug)
    return _form_page(request, access, form, found)


@require_POST
@portal_page
def set_delete(request: HttpRequest, slug: str, set_id: UUID) -> HttpResponse:
    found = open_set(_open(request, slug).game, set_id)
    done = gettext("{title} is deleted.").format(title=found.title)
    run_with_message(request, lambda: delete_set(achievement_set=found), done=done)
    return _back(slug)


@require_POST
@portal_page
def set_move(request: HttpRequest, slug: str, set_id: UUID) -> HttpResponse:
    """Move a set in the list of sets."""
    found = open_set(_open(request, slug).game, set_id)
    if (direction := request.POST.get("direction", "")) in {"up", "down"}:
        move_set(achievement_set=found, direction=direction)  # type: ignore[arg-type] # one of the two
    return _back(slug)


def _open(request: HttpRequest, slug: str) -> GameAccess:
    return open_game(account_id=account_of(request).id, slug=slug, ability=Ability.EDIT)


def _create(form: SetForm, access: GameAccess) -> AchievementSet:
    return create_set(game=access.game, definition=form.definition(), icon=form.icon_name() or "")


def _edit(form: SetForm, found: AchievementSet) -> AchievementSet:
    return edit_set(achievement_set=found, definition=form.definition(), icon=form.icon_name())


def _back(slug: str) -> HttpResponse:
    return redirect(f"{reverse('portal:game-detail', args=[slug])}#sets")


def _form_page(
    request: HttpRequest, access: GameAccess, form: SetForm, achievement_set: AchievementSet | None
) -> HttpResponse:
    context = {"access": access, "game": access.game, "form": form, "achievement_set": achievement_set}
    context["has_achievements"] = achievement_set is not None and has_achievements(achievement_set)
    return render(request, "portal/set_form_page.html", context, status=form_status(form))
