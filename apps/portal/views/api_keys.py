"""The page of a game's API keys."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.http.pages import run_with_message
from apps.games.access import Ability, GameAccess, open_api_key, open_game
from apps.games.actions import create_api_key, revoke_api_key
from apps.games.actions.api_keys import IssuedKey
from apps.portal.forms.api_keys import PERMISSIONS, ApiKeyForm
from apps.portal.queries.api_keys import curl_line, keys_of
from apps.portal.views.base import account_of, form_status, portal_page, sent


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def key_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List keys; a new key's secret is shown only in the response to its form, so it is never stored."""
    is_post = request.method == "POST"
    access = _open(request, slug, Ability.MANAGE_KEYS if is_post else Ability.VIEW)
    form = ApiKeyForm(*sent(request))
    issued = form.submit(lambda: _create(request, form, access)) if form.is_valid() else None
    status = 201 if issued else form_status(form)
    context = {"access": access, "game": access.game, "issued": issued, "keys": keys_of(access.game)}
    context |= {"form": ApiKeyForm() if issued else form, "permissions": PERMISSIONS.items()}
    if issued is not None and not issued.key.text:
        context["curl"] = _curl(request, access, issued)
    return render(request, "portal/key_list_page.html", context, status=status)


@require_POST
@portal_page
def key_revoke(request: HttpRequest, slug: str, key_id: UUID) -> HttpResponse:
    key = open_api_key(_open(request, slug, Ability.MANAGE_KEYS).game, key_id)
    run_with_message(
        request,
        lambda: revoke_api_key(key=key),
        done=gettext("{name} is revoked. Whoever uses it is refused now.").format(name=key.name),
    )
    return redirect("portal:key-list", slug)


def _open(request: HttpRequest, slug: str, ability: Ability) -> GameAccess:
    return open_game(account_id=account_of(request).id, slug=slug, ability=ability)


def _create(request: HttpRequest, form: ApiKeyForm, access: GameAccess) -> IssuedKey:
    return create_api_key(game=access.game, created_by=account_of(request), **form.key_fields)


def _curl(request: HttpRequest, access: GameAccess, issued: IssuedKey) -> str:
    return curl_line(
        access.game,
        account_of(request),
        unlock_url=request.build_absolute_uri("/api/v1/achievements/unlock"),
        token=issued.token,
        is_test=issued.key.environment == "test",
    )
