"""The players' pages."""

import re
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.core.http.methods import require_safe
from apps.core.http.public_pages import public_page
from apps.games.models import Game
from apps.players.former_handles import player_formerly
from apps.players.models import Player
from apps.players.queries import followed_player, may_see
from apps.web.queries import page_dependencies
from apps.web.queries.boards import board_page, read_link
from apps.web.queries.games import game_page, list_games
from apps.web.queries.games import home as home_content
from apps.web.queries.header import viewer_of
from apps.web.queries.players import player_page

_colour = re.compile(r"#[0-9a-fA-F]{6}\Z")


@public_page(page_dependencies.of_home)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    content = home_content(viewer_of(request))
    context = {
        "stats": content.stats,
        "latest_unlocks": content.latest_unlocks,
        "leaders": content.leaders,
        "games": content.games,
    }
    return render(request, "web/home_page.html", context)


@public_page(page_dependencies.of_games)
@require_safe
def game_list(request: HttpRequest) -> HttpResponse:
    return render(request, "web/game_list_page.html", {"games": list_games(viewer_of(request))})


@public_page(page_dependencies.of_a_game)
@require_safe
def game_detail(request: HttpRequest, slug: str) -> HttpResponse:
    page = game_page(slug, viewer_of(request), request.user.pk)
    if page is None:
        raise Http404
    context = {
        "game": page.game,
        "is_published": page.is_published,
        "has_modes": page.has_modes,
        "trust": page.trust,
        "description": page.description,
        "sections": page.sections,
        "rarest": page.rarest,
        "leaders": page.leaders,
        "latest_unlocks": page.latest_unlocks,
        "viewer_progress": page.viewer_progress,
        "completed_at": page.completed_at,
        "announcement": page.announcement,
    }
    return render(request, "web/game_page.html", context)


@public_page(page_dependencies.of_games)
@require_safe
def game_palette(request: HttpRequest, slug: str) -> HttpResponse:
    """Return a game's colours as custom properties; a stylesheet, as the CSP allows no inline style."""
    game = Game.objects.filter(slug=slug).only("palette", "is_published", "studio_id").first()
    if game is None or not (game.is_published or _is_of_the_studio(request, game)):
        raise Http404
    response = HttpResponse(_palette_css(slug, game.palette), content_type="text/css")
    response["Cache-Control"] = "public, max-age=300" if game.is_published else "private, no-store"
    return response


def _palette_css(slug: str, palette: dict[str, object]) -> str:
    colours = {name: value for name, value in palette.items() if isinstance(value, str) and _colour.match(value)}
    light = colours.get("accent", "#2f6b4f")
    dark = colours.get("accent_dark", light)
    return f'[data-game="{slug}"] {{ --game-accent-light: {light}; --game-accent-dark: {dark}; }}\n'


def _is_of_the_studio(request: HttpRequest, game: Game) -> bool:
    # Only for unpublished games: reading the user makes a response vary by cookie.
    user = request.user
    return user.is_authenticated and user.memberships.filter(studio=game.studio_id).exists()


@public_page(page_dependencies.of_a_player)
@require_safe
def player_detail(request: HttpRequest, handle: str) -> HttpResponse:
    page = player_page(handle, viewer_of(request))
    if page is None:
        return _to_player(request, player_formerly(handle))
    if page.profile.handle != handle:
        return redirect("web:player-detail", page.profile.handle, permanent=True)
    context: dict[str, object] = {
        "profile": page.profile,
        "rarest": page.rarest,
        "recent": page.recent,
        "games": page.games,
        "calendar": page.calendar,
        "medals": page.medals,
        "ranks": page.ranks,
        "boards_followed": page.boards_followed,
    }
    return render(request, "web/player_page.html", context)


@require_safe
def player_by_id(request: HttpRequest, player_id: UUID) -> HttpResponse:
    return _to_player(request, followed_player(player_id))


def _to_player(request: HttpRequest, player: Player | None) -> HttpResponse:
    """Redirect to a player's page, for now: what led there may lead elsewhere later."""
    viewer = viewer_of(request)
    if player is None or not may_see(None if viewer is None else viewer.id, player):
        raise Http404
    return redirect("web:player-detail", player.handle)


@public_page(page_dependencies.of_a_board)
@require_safe
def board(request: HttpRequest, slug: str = "global") -> HttpResponse:
    """Show a board; with HX-Request only its rows, for live updates of the page."""
    page = board_page(read_link(slug, request.GET), viewer_of(request), request.user.pk)
    if page is None:
        raise Http404
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "web/_board_rows.html" if is_fragment else "web/board_page.html"
    context = {name: getattr(page, name) for name in page.__slots__}
    context["canonical_url"] = f"{settings.PUBLIC_URL}{page.url}"
    response = render(request, template, context)
    response["Vary"] = "HX-Request, Cookie"
    if page.is_degraded:
        response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def leaderboards(request: HttpRequest) -> HttpResponse:
    return redirect(reverse("web:board", args=["global"]))
