"""Pages for creating and editing an achievement, and the buttons in their table."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.http.pages import run_with_message
from apps.games.access import Ability, GameAccess, open_achievement, open_game
from apps.games.actions import (
    archive_achievement,
    create_achievement,
    delete_achievement,
    edit_achievement,
    move_achievement,
    publish_achievement,
)
from apps.games.models import Achievement
from apps.portal.forms.achievements import AchievementForm
from apps.portal.queries.games import achievement_table
from apps.portal.queries.previews import previews_of
from apps.portal.views.base import account_of, form_status, portal_page, sent

DIRECTIONS = {"up", "down", "top", "bottom"}


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def achievement_create(request: HttpRequest, slug: str) -> HttpResponse:
    access = _open(request, slug)
    form = AchievementForm(*sent(request), achievement=None, game=access.game)
    if form.is_valid() and (made := form.submit(lambda: _create(form, access))):
        messages.success(
            request, gettext("{name} was saved as a draft. Publish it to let players earn it.").format(name=made.name)
        )
        return redirect("portal:game-detail", slug)
    return _form_page(request, access, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def achievement_edit(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    access = _open(request, slug)
    achievement = open_achievement(access.game, achievement_id)
    form = AchievementForm(*sent(request), achievement=achievement, game=access.game)
    if form.is_valid() and (form.submit(lambda: _edit(form, achievement)) is not None):
        messages.success(request, gettext("Saved. Players who have earned it keep the version they earned."))
        return redirect("portal:game-detail", slug)
    return _form_page(request, access, form, achievement)


@require_POST
@portal_page
def achievement_publish(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    achievement = open_achievement(_open(request, slug).game, achievement_id)
    run_with_message(
        request,
        lambda: publish_achievement(achievement=achievement),
        done=gettext("{name} is published.").format(name=achievement.name),
    )
    return redirect("portal:game-detail", slug)


@require_POST
@portal_page
def achievement_archive(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    achievement = open_achievement(_open(request, slug).game, achievement_id)
    done = ngettext(
        "{name} is archived. Players who earned it keep it; its {points} point returns to the budget.",
        "{name} is archived. Players who earned it keep it; its {points} points return to the budget.",
        achievement.points,
    ).format(name=achievement.name, points=achievement.points)
    run_with_message(request, lambda: archive_achievement(achievement=achievement), done=done)
    return redirect("portal:game-detail", slug)


@require_POST
@portal_page
def achievement_delete(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    achievement = open_achievement(_open(request, slug).game, achievement_id)
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
    achievement = open_achievement(_open(request, slug).game, achievement_id)
    direction = request.POST.get("direction", "")
    if direction in DIRECTIONS:
        move_achievement(achievement=achievement, direction=direction)  # type: ignore[arg-type] # one of DIRECTIONS
    return redirect(f"{reverse('portal:game-detail', args=[slug])}?moved={achievement.id}#a-{achievement.id}")


def _open(request: HttpRequest, slug: str) -> GameAccess:
    return open_game(account_id=account_of(request).id, slug=slug, ability=Ability.EDIT)


def _create(form: AchievementForm, access: GameAccess) -> Achievement:
    return create_achievement(game=access.game, definition=form.definition(), **form.icon_names())


def _edit(form: AchievementForm, achievement: Achievement) -> Achievement:
    return edit_achievement(achievement=achievement, definition=form.definition(), **form.icon_names())


def _form_page(
    request: HttpRequest, access: GameAccess, form: AchievementForm, achievement: Achievement | None
) -> HttpResponse:
    context = {
        "access": access,
        "game": access.game,
        "form": form,
        "achievement": achievement,
        "table": achievement_table(access.game),
        "previews": previews_of(achievement),
    }
    return render(request, "portal/achievement_form_page.html", context, status=form_status(form))
