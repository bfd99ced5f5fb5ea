"""The live view of a game's unlocks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core.http.methods import require_safe
from apps.games.access import open_game
from apps.portal.queries.live import tail_of
from apps.portal.views.base import account_of, portal_page


@require_safe
@portal_page
def live(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_game(account_id=account_of(request).id, slug=slug)
    return render(
        request, "portal/live_page.html", {"access": access, "game": access.game, "rows": tail_of(access.game)}
    )


@require_safe
@portal_page
def live_rows(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the rows only, for live updates of the page."""
    access = open_game(account_id=account_of(request).id, slug=slug)
    return render(request, "portal/_tail.html", {"rows": tail_of(access.game)})
