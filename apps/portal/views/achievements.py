"""Pages for creating an achievement and editing its draft, and the buttons in their table."""

from copy import copy
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import NotFoundError
from apps.core.http.pages import run_with_message
from apps.games.access import Ability, GameAccess, open_achievement, open_game
from apps.games.actions import create_achievement, delete_achievement, edit_achievement, move_achievement
from apps.games.definitions.content import show_draft, was_published
from apps.games.models import Achievement
from apps.portal.forms.achievements import AchievementForm
from apps.portal.forms.schedules import ScheduleForm
from apps.portal.queries.drafts import draft_panel, managed_achievement
from apps.portal.queries.games import set_budget
from apps.portal.queries.previews import previews_of
from apps.portal.views.base import account_of, caller_id, expected_tags, form_status, portal_page, sent, zone_of_account

DIRECTIONS = {"up", "down", "top", "bottom"}


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def achievement_create(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_for_edit(request, slug)
    form = AchievementForm(*sent(request), achievement=None, game=access.game)
    if form.is_valid() and (made := form.submit(lambda: _create(request, form, access))):
        messages.success(
            request, gettext("{name} was saved as a draft. Publish it to let players earn it.").format(name=made.name)
        )
        return redirect("portal:game-detail", slug)
    return render(request, "portal/achievement_form_page.html", _context(access, form), status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def achievement_edit(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    access = open_for_edit(request, slug)
    achievement = find_managed(access, achievement_id)
    form = AchievementForm(*sent(request), achievement=achievement, game=access.game)
    if form.is_valid() and (form.submit(lambda: _edit(request, form, achievement)) is not None):
        messages.success(request, _saved(achievement))
        return redirect("portal:achievement-edit", slug, achievement_id)
    return editor_page(request, access, achievement, form=form)


@require_POST
@portal_page
def achievement_delete(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    achievement = open_achievement(open_for_edit(request, slug).game, achievement_id)
    run_with_message(
        request,
        lambda: delete_achievement(achievement=achievement),
        done=gettext("{name} is deleted.").format(name=achievement.name),
    )
    return redirect("portal:game-detail", slug)


@require_POST
@portal_page
def achievement_move(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    """Move an achievement in the list; the next page announces its new place."""
    achievement = open_achievement(open_for_edit(request, slug).game, achievement_id)
    direction = request.POST.get("direction", "")
    if direction in DIRECTIONS:
        move_achievement(achievement=achievement, direction=direction)  # type: ignore[arg-type] # one of DIRECTIONS
    return redirect(f"{reverse('portal:game-detail', args=[slug])}?moved={achievement.id}#a-{achievement.id}")


def open_for_edit(request: HttpRequest, slug: str) -> GameAccess:
    return open_game(account_id=account_of(request).id, slug=slug, ability=Ability.EDIT)


def find_managed(access: GameAccess, achievement_id: UUID) -> Achievement:
    """Return an achievement of an opened game with its draft. Raises: NotFoundError."""
    found = managed_achievement(access.game, achievement_id)
    if found is None:
        raise NotFoundError
    return found


def editor_page(
    request: HttpRequest,
    access: GameAccess,
    achievement: Achievement,
    *,
    form: AchievementForm | None = None,
    schedule: ScheduleForm | None = None,
) -> HttpResponse:
    """Return the editor, with whichever of its two forms was sent."""
    zone = zone_of_account(request)
    panel = draft_panel(achievement, zone)
    form = form or AchievementForm(achievement=achievement, game=access.game)
    schedule = schedule or ScheduleForm(zone=zone)
    context = {"achievement": achievement, "panel": panel, "schedule": schedule, **_context(access, form, achievement)}
    status = max(form_status(form), form_status(schedule))
    return render(request, "portal/achievement_form_page.html", context, status=status)


def _create(request: HttpRequest, form: AchievementForm, access: GameAccess) -> Achievement:
    return create_achievement(
        game=access.game, definition=form.definition(), by=caller_id(request), **form.icon_names()
    )


def _edit(request: HttpRequest, form: AchievementForm, achievement: Achievement) -> Achievement:
    return edit_achievement(
        achievement=achievement,
        definition=form.definition(),
        by=caller_id(request),
        expected=expected_tags(request),
        **form.icon_names(),
    )


def _saved(achievement: Achievement) -> str:
    if was_published(achievement):
        return gettext("Draft saved. Players see it once you publish it.")
    return gettext("Draft saved.")


def _context(access: GameAccess, form: AchievementForm, achievement: Achievement | None = None) -> dict[str, object]:
    """Return what the editor shows of any achievement; its cards are as drafted."""
    drafted = achievement and show_draft(copy(achievement))
    return {
        "access": access,
        "game": access.game,
        "form": form,
        "budget": set_budget(access.game, form["set"].value()),
        "previews": previews_of(drafted),
    }
