"""The follow button of a board's page."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from apps.core.http.pages import run_with_message
from apps.leaderboards.boards.links import BoardLink
from apps.leaderboards.models import Window
from apps.leaderboards.rivalry.board_follows import follow_board, unfollow_board
from apps.players.models import Player
from apps.web.queries.boards import read_mode, read_regions, scope_of_page


@require_POST
@login_required
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow or unfollow the board of a window, and return to it."""
    player: Player | None = getattr(request.user, "player", None)
    mode, window = read_mode(request.POST.get("mode", "")), request.POST.get("window", "")
    scope = scope_of_page(slug, None, mode)
    if player is None or scope is None or window not in Window.values:
        raise Http404
    if request.POST.get("follow") == "no":
        unfollow_board(player_id=player.id, scope_id=scope.id, window=Window(window))
        messages.success(
            request, gettext("You will no longer be notified when someone overtakes you on this leaderboard.")
        )
    else:
        _follow(request, player, scope.id, Window(window))
    return redirect(BoardLink(slug, window, read_regions(request.POST.getlist("region")), mode=mode).path)


def _follow(request: HttpRequest, player: Player, scope_id: UUID, window: Window) -> None:
    run_with_message(
        request,
        lambda: follow_board(player_id=player.id, scope_id=scope_id, window=window),
        done=gettext("You will be notified when someone near you overtakes you on this leaderboard."),
    )
