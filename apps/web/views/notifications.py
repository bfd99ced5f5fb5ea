"""Pages for notifications and their settings, and the page that turns all emails off."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import InvalidError
from apps.core.http.methods import require_safe
from apps.core.http.pages import run_with_message
from apps.core.parsing.values import read_count
from apps.notifications import preferences
from apps.notifications.inbox.actions import mark_read
from apps.notifications.kinds import KINDS
from apps.notifications.mail.unsubscribe import player_of
from apps.notifications.models import Notification
from apps.players.models import Account, Player
from apps.web.queries.header import header_of
from apps.web.queries.notifications import choices_page, grouped_page, inbox_page
from apps.web.time_zones import ZoneForm


@require_safe
@login_required
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """List notifications, a page at a time."""
    header, below = header_of(request), read_count(request.GET.get("below", ""))
    page = None if header.viewer is None else inbox_page(header.viewer, header.read_mark, below=below)
    return render(request, "web/notification_list_page.html", {"inbox": page})


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark read what the page showed, and nothing newer."""
    player, seq = _player(request), read_count(request.POST.get("up_to_seq", ""))
    if player is not None and seq is not None:
        mark_read(seq_by_player={player.id: seq})
    return redirect("web:notifications")


@require_safe
@login_required
@never_cache
def notification(request: HttpRequest, seq: int) -> HttpResponse:
    """Show a grouped notification's items; any other redirects to its subject."""
    player = _player(request)
    row = None if player is None else Notification.objects.filter(player=player, seq=seq, kind__in=KINDS).first()
    if player is None or row is None:
        raise Http404
    if row.items is None:
        return redirect(KINDS[row.kind].link(row.payload))
    page = grouped_page(player, seq, page=read_count(request.GET.get("page", "")) or 1)
    return render(request, "web/notification_page.html", {"grouped": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def choices(request: HttpRequest) -> HttpResponse:
    """Show and save the notification settings, by kind and channel, and the time zone."""
    player, status = _player(request), 200
    zone = None if player is None else ZoneForm(player, request.POST if "time_zone" in request.POST else None)
    if request.method == "POST" and player is not None and zone is not None:
        done = gettext("Saved. It applies to new notifications.")
        if run_with_message(request, lambda: _save(player, request.POST, zone), done=done):
            return redirect("web:notification-choices")
        status = 422
    page = None if player is None else choices_page(player)
    return render(request, "web/notification_choices_page.html", {"choices": page, "zone": zone}, status=status)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mail_off(request: HttpRequest, token: str) -> HttpResponse:
    """Turn all emails off for the link's player, without a log-in.

    By POST only, as RFC 8058 requires: link scanners open every link in an email.
    """
    player_id: UUID | None = player_of(token)
    if player_id is None:
        raise Http404
    if request.method == "POST":
        preferences.turn_mail_off(player_id=player_id)
    return render(request, "web/mail_off_page.html", {"is_off": request.method == "POST"})


def _player(request: HttpRequest) -> Player | None:
    assert isinstance(request.user, Account)
    return getattr(request.user, "player", None)


def _save(player: Player, form: Mapping[str, str], zone: ZoneForm) -> bool:
    """Save all settings, and return True. Raises: InvalidError, with nothing saved."""
    if zone.is_bound and not zone.is_valid():
        raise InvalidError(gettext("Unknown time zone. Nothing was changed."))
    preferences.choose(player_id=player.id, choices=_changes(player, form))
    zone.save()
    return True


def _changes(player: Player, form: Mapping[str, str]) -> list[dict[str, str]]:
    """Return only the settings that differ: each costs statements of its own."""
    chosen = preferences.preferences_of(player.id)
    return [
        {"kind": kind, "road": road.value, "choice": form[name]}
        for (kind, road), choice in chosen.items()
        if (name := f"{kind}.{road}") in form and form[name] != choice
    ]
