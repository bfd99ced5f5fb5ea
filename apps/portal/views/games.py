"""Pages of games: the list, creating, editing and publishing one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.http.methods import require_safe
from apps.core.http.pages import run_with_message
from apps.core.parsing.values import read_uuid
from apps.games.access import Ability, open_game, open_studio
from apps.games.actions import create_game, create_studio_with_game, edit_game, publish_game, unpublish_game
from apps.games.models import Game
from apps.players.models import Account
from apps.portal.forms.games import EditGameForm, NewGameForm
from apps.portal.queries.games import achievement_table, position_in_words, shelves_of
from apps.portal.queries.trust import trust_panel
from apps.portal.views.base import account_of, form_status, portal_page, sent


@require_safe
@portal_page
def game_list(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/game_list_page.html", {"shelves": shelves_of(account_of(request))})


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def game_create(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    studios = [(str(shelf.id), shelf.name) for shelf in shelves_of(account) if shelf.may_edit]
    form = NewGameForm(*sent(request), studios=studios)
    if form.is_valid() and (game := form.submit(lambda: _create(form, account))):
        messages.success(
            request,
            gettext("{name} was created. Only your studio sees it until you publish it.").format(name=game.name),
        )
        return redirect("portal:game-detail", game.slug)
    return render(request, "portal/game_create_page.html", {"form": form}, status=form_status(form))


@require_safe
@portal_page
def game_detail(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_game(account_id=account_of(request).id, slug=slug)
    table = achievement_table(access.game)
    context = {
        "access": access,
        "game": access.game,
        "table": table,
        "trust": trust_panel(access.game),
        "moved": position_in_words(table, _moved(request)),
    }
    return render(request, "portal/game_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def game_edit(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_game(account_id=account_of(request).id, slug=slug, ability=Ability.EDIT)
    form = EditGameForm(*sent(request), game=access.game)
    if form.is_valid() and (game := form.submit(lambda: _edit(form, access.game))):
        messages.success(request, gettext("Saved."))
        return redirect("portal:game-detail", game.slug)
    context = {"form": form, "game": access.game, "access": access}
    return render(request, "portal/game_edit_page.html", context, status=form_status(form))


@require_POST
@portal_page
def game_publish(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_game(account_id=account_of(request).id, slug=slug, ability=Ability.EDIT)
    run_with_message(
        request,
        lambda: publish_game(game=access.game),
        done=gettext("{name} is published. Everyone can see it now.").format(name=access.game.name),
    )
    return redirect("portal:game-detail", slug)


@require_POST
@portal_page
def game_unpublish(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_game(account_id=account_of(request).id, slug=slug, ability=Ability.EDIT)
    run_with_message(
        request,
        lambda: unpublish_game(game=access.game),
        done=gettext("{name} is unpublished. Only your studio sees it now.").format(name=access.game.name),
    )
    return redirect("portal:game-detail", slug)


def _create(form: NewGameForm, account: Account) -> Game:
    fields, definition = form.cleaned_data, form.definition()
    cover = form.cover_name() or ""
    if form.is_new_studio:
        return create_studio_with_game(
            studio_name=fields["studio_name"], owner=account, definition=definition, cover=cover
        )
    studio = open_studio(account_id=account.id, studio_id=UUID(fields["studio"]), ability=Ability.EDIT)
    return create_game(studio=studio, definition=definition, cover=cover)


def _edit(form: EditGameForm, game: Game) -> Game:
    return edit_game(game=game, definition=form.definition(), cover=form.cover_name())


def _moved(request: HttpRequest) -> UUID | None:
    return read_uuid(request.GET.get("moved"))
