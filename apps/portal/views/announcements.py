"""The page of a game's announcements."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.clock import now
from apps.core.http.pages import run_with_message
from apps.games.access import Ability, GameAccess, open_game
from apps.notifications.announcements.actions import send_announcement, withdraw_announcement
from apps.notifications.announcements.queries import ShownAnnouncement
from apps.notifications.models import Announcement
from apps.portal.forms.announcements import AnnouncementForm
from apps.portal.queries.announcements import announcements_of, audience_of
from apps.portal.views.base import account_of, caller_id, form_status, portal_page, sent


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def announcement_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List announcements; the form shows a preview before it sends."""
    access = _open(request, slug, Ability.EDIT if request.method == "POST" else Ability.VIEW)
    form = AnnouncementForm(*sent(request))
    is_sending = request.POST.get("step") == "send"
    made = form.submit(lambda: _send(request, form, access)) if is_sending and form.is_valid() else None
    if made is not None:
        messages.success(
            request,
            ngettext("Sending to {count:,} player.", "Sending to {count:,} players.", made.audience_count).format(
                count=made.audience_count
            ),
        )
        return redirect("portal:announcement-list", slug)
    return render(
        request, "portal/announcement_list_page.html", _context(request, form, access), status=form_status(form)
    )


@require_POST
@portal_page
def announcement_withdraw(request: HttpRequest, slug: str, announcement_id: UUID) -> HttpResponse:
    game = _open(request, slug, Ability.EDIT).game
    run_with_message(
        request,
        lambda: withdraw_announcement(game=game, announcement_id=announcement_id, withdrawn_by=caller_id(request)),
        done=gettext("Withdrawn. No one else will be notified; players already notified keep it."),
    )
    return redirect("portal:announcement-list", slug)


def _open(request: HttpRequest, slug: str, ability: Ability) -> GameAccess:
    return open_game(account_id=account_of(request).id, slug=slug, ability=ability)


def _send(request: HttpRequest, form: AnnouncementForm, access: GameAccess) -> Announcement:
    return send_announcement(game=access.game, created_by=caller_id(request), **form.cleaned_data)


def _context(request: HttpRequest, form: AnnouncementForm, access: GameAccess) -> dict[str, object]:
    return {
        "access": access,
        "game": access.game,
        "rows": announcements_of(access.game),
        "audience_count": audience_of(access.game),
        "form": form,
        "preview": _preview(form) if request.POST.get("step") == "preview" and form.is_valid() else None,
    }


def _preview(form: AnnouncementForm) -> ShownAnnouncement:
    words = form.cleaned_data
    return ShownAnnouncement(words["title"], words["text"], words["link"], now())
