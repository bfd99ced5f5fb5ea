"""What public pages change with, as they are for visitors without a session; one function a kind of page."""

from django.http import HttpRequest

from apps.core.clock import now
from apps.core.http.public_pages import Dependency
from apps.games.cache_versions import KEY as GAMES_KEY
from apps.leaderboards.boards.board import current_board
from apps.leaderboards.boards.page_versions import HEAD_RANKS, version_keys_of
from apps.leaderboards.events import CLOSED_KEY
from apps.leaderboards.models import Window
from apps.leaderboards.pages.board_pages import CACHED_SECONDS, UNION_SECONDS
from apps.players.cache_versions import PROFILES_KEY, key_of
from apps.players.models import Player
from apps.web.queries.boards import PAGE_SIZE, read_link, scope_of_page

# Of what is counted, and of the latest unlocks, on pages of everyone's.
COUNTED_SECONDS = 2
# A player's rank, and the rarity of what they have.
PROFILE_SECONDS = 10
# Docs change with the code.
DOCS_SECONDS = 300


def of_docs(request: HttpRequest) -> Dependency:
    return Dependency((), DOCS_SECONDS)


def of_games(request: HttpRequest, slug: str = "") -> Dependency:
    return Dependency((GAMES_KEY,), COUNTED_SECONDS)


def of_home(request: HttpRequest, slug: str = "") -> Dependency:
    """Return what changes a page that shows games, who leads in them and who has just earned something."""
    return Dependency((GAMES_KEY, PROFILES_KEY), COUNTED_SECONDS)


of_a_game = of_home


def of_a_player(request: HttpRequest, handle: str) -> Dependency | None:
    """Return what changes a profile: its player, the games shown on it, and windows that close. One query."""
    player_id = Player.objects.filter(handle__iexact=handle).values_list("pk", flat=True).first()
    return None if player_id is None else Dependency((key_of(player_id), GAMES_KEY, CLOSED_KEY), PROFILE_SECONDS)


def of_a_board(request: HttpRequest, slug: str = "global") -> Dependency | None:
    """Return what changes a page of a board: what does so in the API, and the games to choose from. One query."""
    link = read_link(slug, request.GET)
    scope, last_rank = scope_of_page(slug, None, link.mode), link.page * PAGE_SIZE
    if scope is None or last_rank > HEAD_RANKS:
        return None
    board = current_board(scope.id, Window(link.window), link.region or None, now())
    seconds = UNION_SECONDS if board.is_union else CACHED_SECONDS
    return Dependency((*version_keys_of(board, last_rank), GAMES_KEY), seconds, board.closes_at)
