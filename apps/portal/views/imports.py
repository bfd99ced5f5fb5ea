"""Importing achievements: choose a file, preview the changes, apply them."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.http.pages import run_with_message
from apps.games.access import Ability, GameAccess, open_game
from apps.games.actions import import_achievements
from apps.games.formats import FORMATS, read_file
from apps.games.import_preview import plan_import
from apps.portal.forms.games import ImportForm
from apps.portal.forms.previews import Preview
from apps.portal.views.base import account_of, caller_id, form_status, portal_page, sent


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def import_page(request: HttpRequest, slug: str) -> HttpResponse:
    access = _open(request, slug)
    form = ImportForm(*sent(request))
    if not form.is_valid():
        return _page(request, access, {"form": form}, status=form_status(form))
    data = form.document_bytes()
    return _preview_page(request, access, data, publish=form.cleaned_data["publish"])


@require_POST
@portal_page
def import_apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Apply a preview; when the game has changed since, show a new preview instead."""
    access = _open(request, slug)
    preview = Preview.of(request.POST.get("preview", ""), account_of(request).id, access.game.id)
    if preview is None:
        messages.error(request, gettext("This preview has expired. Choose the file again."))
        return redirect("portal:import", slug)
    document = read_file(preview.text.encode())
    plan = run_with_message(
        request,
        lambda: import_achievements(
            game=access.game,
            document=document,
            publish=preview.publish,
            fingerprint=preview.fingerprint,
            by=caller_id(request),
        ),
        done=gettext("Imported."),
    )
    if plan is None:
        return _preview_page(request, access, preview.text.encode(), publish=preview.publish)
    return redirect("portal:game-detail", slug)


def _open(request: HttpRequest, slug: str) -> GameAccess:
    return open_game(account_id=account_of(request).id, slug=slug, ability=Ability.EDIT)


def _preview_page(request: HttpRequest, access: GameAccess, data: bytes, *, publish: bool) -> HttpResponse:
    plan = plan_import(access.game, read_file(data), publish=publish)
    context: dict[str, object] = {"plan": plan, "form": ImportForm(initial={"publish": publish})}
    if plan.is_applicable:
        account_id, game_id = str(account_of(request).id), str(access.game.id)
        context["preview"] = Preview(account_id, game_id, data.decode(), publish, plan.fingerprint).signed()
    return _page(request, access, context, status=422 if plan.problems else 200)


def _page(request: HttpRequest, access: GameAccess, context: Mapping[str, object], *, status: int) -> HttpResponse:
    shown = {"access": access, "game": access.game, "formats": FORMATS.values(), **context}
    return render(request, "portal/import_page.html", shown, status=status)
