"""Importing achievements: choose a file, preview the changes, apply them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.games.access import Ability, GameAccess, open_game
from apps.games.actions import import_achievements
from apps.games.formats import FORMATS, read_file
from apps.games.import_preview import plan_import
from apps.portal.forms.games import ImportForm
from apps.portal.views.base import account_of, attempt, form_status, portal_page, sent

SALT = "portal.import"
# An older preview must be made again.
PREVIEW_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Preview:
    """What the browser carries, signed, from the preview to its Apply button."""

    account_id: str
    game_id: str
    text: str
    publish: bool
    fingerprint: str = ""

    def signed(self) -> str:
        members = [self.account_id, self.game_id, self.text, self.publish, self.fingerprint]
        return signing.dumps(members, salt=SALT, compress=True)


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
    preview = _read(request.POST.get("preview", ""), account_of(request).id, access.game.id)
    if preview is None:
        messages.error(request, gettext("This preview has expired. Choose the file again."))
        return redirect("portal:import", slug)
    document = read_file(preview.text.encode())
    plan = attempt(
        request,
        lambda: import_achievements(
            game=access.game, document=document, publish=preview.publish, fingerprint=preview.fingerprint
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


def _read(signed: str, account_id: UUID, game_id: UUID) -> Preview | None:
    """Return a recent preview by this account for this game."""
    try:
        preview = Preview(*signing.loads(signed, salt=SALT, max_age=PREVIEW_SECONDS))
    except signing.BadSignature:
        return None
    is_ours = preview.account_id == str(account_id) and preview.game_id == str(game_id)
    return preview if is_ours else None
