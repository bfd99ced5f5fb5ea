"""Pages and buttons that publish drafts, now or at a time to come, and the history of both."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.http.methods import require_safe
from apps.core.http.pages import run_with_message
from apps.core.parsing.values import read_uuid
from apps.games.access import Ability, GameAccess, open_achievement, open_game
from apps.games.actions import (
    archive_achievement,
    cancel_publication,
    discard_draft,
    publish_achievement,
    publish_changes,
    restore_version,
    schedule_publication,
)
from apps.games.models import Achievement, Game, ScheduledPublication
from apps.portal.forms.schedules import ScheduleForm
from apps.portal.queries.drafts import history_of, pending_changes_of, time_in_words
from apps.portal.views.achievements import editor_page, find_managed, open_for_edit
from apps.portal.views.base import account_of, caller_id, expected_tags, form_status, portal_page, zone_of_account


@require_POST
@portal_page
def achievement_publish(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    achievement = open_achievement(open_for_edit(request, slug).game, achievement_id)
    run_with_message(
        request,
        lambda: publish_achievement(achievement=achievement, by=caller_id(request), expected=expected_tags(request)),
        done=gettext("{name} is published.").format(name=achievement.name),
    )
    return _back(request, slug, achievement)


@require_POST
@portal_page
def achievement_schedule(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    access = open_for_edit(request, slug)
    achievement = find_managed(access, achievement_id)
    schedule = ScheduleForm(request.POST, zone=zone_of_account(request))
    if (
        schedule.is_valid()
        and schedule.submit(lambda: _schedule(request, schedule, access.game, achievement)) is not None
    ):
        messages.success(request, _scheduled(request, schedule))
        return redirect("portal:achievement-edit", slug, achievement_id)
    return editor_page(request, access, achievement, schedule=schedule)


@require_POST
@portal_page
def achievement_archive(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    achievement = open_achievement(open_for_edit(request, slug).game, achievement_id)
    done = ngettext(
        "{name} is archived. Players who earned it keep it; its {points} point returns to the budget.",
        "{name} is archived. Players who earned it keep it; its {points} points return to the budget.",
        achievement.points,
    ).format(name=achievement.name, points=achievement.points)
    run_with_message(request, lambda: archive_achievement(achievement=achievement, by=caller_id(request)), done=done)
    return redirect("portal:game-detail", slug)


@require_POST
@portal_page
def draft_discard(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    achievement = open_achievement(open_for_edit(request, slug).game, achievement_id)
    run_with_message(
        request,
        lambda: discard_draft(achievement=achievement, by=caller_id(request), expected=expected_tags(request)),
        done=gettext("The draft of {name} was discarded. Players see no change.").format(name=achievement.name),
    )
    return _back(request, slug, achievement)


@require_safe
@portal_page
def achievement_history(request: HttpRequest, slug: str, achievement_id: UUID) -> HttpResponse:
    access = open_game(account_id=account_of(request).id, slug=slug)
    achievement = open_achievement(access.game, achievement_id)
    return _history_page(request, access, achievement)


@require_safe
@portal_page
def game_history(request: HttpRequest, slug: str) -> HttpResponse:
    return _history_page(request, open_game(account_id=account_of(request).id, slug=slug), None)


@require_POST
@portal_page
def version_restore(request: HttpRequest, slug: str, achievement_id: UUID, entry_id: UUID) -> HttpResponse:
    achievement = open_achievement(open_for_edit(request, slug).game, achievement_id)
    run_with_message(
        request,
        lambda: restore_version(achievement=achievement, entry_id=entry_id, by=caller_id(request)),
        done=gettext("The earlier version is the draft now. Publish it to show it to players."),
    )
    return redirect("portal:achievement-edit", slug, achievement_id)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all that there is to publish; sent, publish just what was shown."""
    if request.method != "POST":
        return _changes_page(request, open_game(account_id=account_of(request).id, slug=slug))
    game = open_for_edit(request, slug).game
    run_with_message(
        request,
        lambda: publish_changes(game=game, by=caller_id(request), expected=expected_tags(request)),
        done=gettext("All changes are published."),
    )
    return redirect("portal:changes", slug)


@require_POST
@portal_page
def changes_schedule(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_for_edit(request, slug)
    schedule = ScheduleForm(request.POST, zone=zone_of_account(request))
    if schedule.is_valid() and schedule.submit(lambda: _schedule(request, schedule, access.game, None)) is not None:
        messages.success(request, _scheduled(request, schedule))
        return redirect("portal:changes", slug)
    return _changes_page(request, access, schedule=schedule)


@require_POST
@portal_page
def publication_cancel(request: HttpRequest, slug: str, publication_id: UUID) -> HttpResponse:
    game = open_game(account_id=account_of(request).id, slug=slug, ability=Ability.EDIT).game
    run_with_message(
        request,
        lambda: cancel_publication(game=game, publication_id=publication_id, by=caller_id(request)),
        done=gettext("Nothing will be published at that time. The draft stays."),
    )
    return redirect(_next(request) or reverse("portal:changes", args=[slug]))


def _schedule(
    request: HttpRequest, schedule: ScheduleForm, game: Game, achievement: Achievement | None
) -> ScheduledPublication:
    return schedule_publication(
        game=game,
        achievement=achievement,
        publish_at=schedule.cleaned_data["publish_at"],
        by=caller_id(request),
        expected=expected_tags(request),
    )


def _scheduled(request: HttpRequest, schedule: ScheduleForm) -> str:
    time = time_in_words(schedule.cleaned_data["publish_at"], zone_of_account(request))
    return gettext("To be published on {time}. What you save until then is published with it.").format(time=time)


def _changes_page(request: HttpRequest, access: GameAccess, *, schedule: ScheduleForm | None = None) -> HttpResponse:
    zone = zone_of_account(request)
    schedule = schedule or ScheduleForm(zone=zone)
    context = {
        "access": access,
        "game": access.game,
        "pending": pending_changes_of(access.game, zone),
        "schedule": schedule,
    }
    return render(request, "portal/changes_page.html", context, status=form_status(schedule))


def _history_page(request: HttpRequest, access: GameAccess, achievement: Achievement | None) -> HttpResponse:
    before = read_uuid(request.GET.get("before"))
    context = {
        "access": access,
        "game": access.game,
        "achievement": achievement,
        "history": history_of(access.game, achievement, zone_of_account(request), before=before),
    }
    return render(request, "portal/history_page.html", context)


def _back(request: HttpRequest, slug: str, achievement: Achievement) -> HttpResponse:
    """Return to the page whose button it was: the editor's, or the list's."""
    if "expected" in request.POST:
        return redirect("portal:achievement-edit", slug, achievement.id)
    return redirect("portal:game-detail", slug)


def _next(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""
