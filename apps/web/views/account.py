"""Account pages that allauth lacks or that differ from its own."""

from allauth.account.views import logout, signup
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.core.api.auth import throttles
from apps.core.api.auth.callers import Caller
from apps.core.http.ip_addresses import ip_address_of
from apps.core.http.pages import DomainForm, form_page, run_with_message
from apps.core.parsing.values import read_uuid
from apps.core.redis.sessions import is_unreadable, unreadable_error
from apps.games.actions import revoke_token
from apps.games.queries import has_token, living_tokens
from apps.notifications.connections.credential_revalidation import request_revalidation
from apps.players.actions import create_described_player, edit_player, link_player
from apps.players.actions.devices import revoke_device
from apps.players.former_handles import former_handles_of
from apps.players.models import Account, Player
from apps.web.forms import ProfileForm, RenameForm
from apps.web.queries.devices import devices_of
from apps.web.queries.header import viewer_of

# An account whose email could not be sent is rolled back: a second sign-up would learn that it exists.
sign_up = transaction.atomic(signup)


def log_out(request: HttpRequest) -> HttpResponseBase:
    """Log out as allauth does. Raises: SessionsUnavailableError, where the session would go on unseen."""
    if not request.user.is_authenticated and is_unreadable(request.session):
        raise unreadable_error()
    response: HttpResponseBase = logout(request)
    return response


class LinkForm(DomainForm):
    """The code shown by a game."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("Such as ABCD-2345. The game shows it in its menu; it is valid for ten minutes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def link(request: HttpRequest) -> HttpResponse:
    """Link a game's player by the code that the game shows."""
    form = LinkForm(request.POST if request.method == "POST" else None)
    player = _link(request, form) if form.is_valid() else None
    if player is None:
        return form_page(request, "web/link_page.html", form)
    messages.success(request, gettext("Linked. Achievements from the game will appear on your profile within seconds."))
    return redirect("web:player-detail", player.handle)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """List the games and devices that act for the player, each with a button to disconnect it."""
    assert isinstance(request.user, Account)
    if request.method != "POST":
        context = {"tokens": living_tokens(request.user.id), "devices": devices_of(viewer_of(request))}
        return render(request, "web/token_list_page.html", context)
    if "device" in request.POST:
        _revoke_device(request, request.user)
    else:
        _revoke(request, request.user)
    return redirect("web:tokens")


def _revoke(request: HttpRequest, account: Account) -> None:
    grant_id = read_uuid(request.POST.get("token"))
    if grant_id is None or not has_token(account_id=account.id, grant_id=grant_id):
        messages.info(request, gettext("This game was already disconnected."))
        return
    revoke_token(account_id=account.id, grant_id=grant_id)
    player_id = Player.objects.filter(account=account).values_list("pk", flat=True).first()
    if player_id is not None:
        # Close its open connections at once instead of within seconds.
        request_revalidation(player_id)
    messages.success(request, gettext("Disconnected. The game can no longer act for you."))


def _revoke_device(request: HttpRequest, account: Account) -> None:
    player_id = Player.objects.filter(account=account).values_list("pk", flat=True).first()
    device_id = read_uuid(request.POST.get("device"))
    if player_id is None or device_id is None:
        return
    run_with_message(
        request,
        lambda: revoke_device(player_id=player_id, device_id=device_id),
        done=gettext("Disconnected. The device can no longer act for you."),
    )
    request_revalidation(player_id)


def _link(request: HttpRequest, form: LinkForm) -> Player | None:
    """Return the account's player after linking, or None with the error at the field."""
    assert isinstance(request.user, Account)
    account_id = request.user.id

    def link_by_code() -> Player:
        # Counts towards the API's limit, so that guessing is as slow here.
        caller = Caller(kind="session", id=f"account:{account_id}")
        throttles.check(caller, ip_address_of(request), "secret")
        return link_player(account_id=account_id, code=form.cleaned_data["code"])

    return form.submit(link_by_code, at="code")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def profile_create(request: HttpRequest) -> HttpResponse:
    """Create an account's player: for operators, studios, or when the handle was taken before confirmation."""
    assert isinstance(request.user, Account)
    player = Player.objects.filter(account=request.user).first()
    form = ProfileForm(request.POST if request.method == "POST" else None)
    if player is None and form.is_valid():
        player = _create(request.user, form)
    if player is None:
        return form_page(request, "web/profile_create_page.html", form)
    return redirect("web:player-detail", player.handle)


def _create(account: Account, form: ProfileForm) -> Player | None:
    """Return the new player, or None with the error at the field."""
    return form.submit(lambda: create_described_player(account=account, **form.profile()), at="handle")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def rename(request: HttpRequest) -> HttpResponse:
    """Change the player's handle and display name."""
    player = viewer_of(request)
    if player is None:
        return redirect("web:profile-create")
    form = RenameForm(player, request.POST if request.method == "POST" else None)
    renamed = _rename(player, form) if form.is_valid() else None
    if renamed is None:
        return form_page(request, "web/rename_page.html", form, former_handles=former_handles_of(player))
    messages.success(request, gettext("Saved. Leaderboards show it within seconds."))
    return redirect("web:player-detail", renamed.handle)


def _rename(player: Player, form: RenameForm) -> Player | None:
    """Return the renamed player, or None with the error in the form."""
    return form.submit(lambda: edit_player(player_id=player.id, **form.names()))
