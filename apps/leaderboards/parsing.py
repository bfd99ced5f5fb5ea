"""Parameters that select a board, a page or a window: their documentation, and parsing."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext

from apps.core.api.openapi.operations import RouteVariant
from apps.core.api.wire.inputs import read_number
from apps.core.api.wire.query_parameters import query
from apps.core.clock import now
from apps.core.errors import Flaw, InvalidError
from apps.core.parsing.sentences import one_of
from apps.games.queries import GameNotFoundError
from apps.leaderboards.boards.board import Board, current_board
from apps.leaderboards.boards.modes import Mode, scope_of
from apps.leaderboards.models import Window
from apps.leaderboards.sorted_sets.multi_region import HEAD_RANKS
from apps.players.models import Region
from apps.unlocks.errors import GameWithoutModesError

PAGE_SIZE_MAX = 100
AROUND_MAX = 25
# Far more than any board will have; a sorted set finds any page in O(log N).
PAGE_MAX = 1_000_000
# Looked up rather than listed: Django makes an enum's values anew each time, 12 % of a first page with them.
_WINDOWS, _MODES, _REGIONS = (frozenset(kind.values) for kind in (Window, Mode, Region))
CLOSING = [window.value for window in Window if window != Window.ALL]

window_parameter = query(
    "window", str, "The period that points count in.", enum=Window.values, default=Window.ALL.value
)
_region = "|".join(Region.values)
region_parameter = query(
    "region",
    str,
    f"One or several of {', '.join(Region.values)}, with commas: `EU,NA`.",
    pattern=f"^({_region})(,({_region}))*$",
    is_united=True,
)
page_parameters = [
    query("page", {"type": "integer", "minimum": 1, "maximum": PAGE_MAX}, "Counts from 1.", default=1),
    query(
        "page_size", {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX}, "Rows a page.", default=PAGE_SIZE_MAX
    ),
]
mode_parameter = query(
    "mode",
    str,
    "Of games with modes: how the unlocks that count were earned.",
    enum=Mode.values,
    default=Mode.CASUAL.value,
)
around_parameter = query(
    "around", {"type": "integer", "minimum": 0, "maximum": AROUND_MAX}, "Rows above and below.", default=5
)


def on_platform(summary: str, description: str, *, id_: str = "") -> RouteVariant:
    """Return the variant's description of an operation at /global, in place of a game."""
    return RouteVariant("game_id", summary, description, (GameNotFoundError, GameWithoutModesError), ("mode",), id_)


def read_board(params: Mapping[str, str], game_id: UUID) -> Board:
    """Return the board that ?window=, ?region= and ?mode= select. Raises: InvalidError."""
    window = read_window(params.get("window", Window.ALL.value))
    return current_board(read_scope(params, game_id), window, _read_regions(params.get("region")), now())


def read_scope(params: Mapping[str, str], game_id: UUID) -> UUID:
    """Return the scope of a game's boards in ?mode=. Raises: InvalidError."""
    mode = params.get("mode", Mode.CASUAL.value)
    if mode not in _MODES:
        raise InvalidError.of(Flaw("mode", *one_of(Mode.values)))
    return scope_of(game_id, Mode(mode))


def read_page(params: Mapping[str, str], board: Board) -> tuple[int, int]:
    """Return ?page= and ?page_size=. Raises: InvalidError."""
    page = read_number(params, "page", default=1, low=1, high=PAGE_MAX)
    size = read_number(params, "page_size", default=PAGE_SIZE_MAX, low=1, high=PAGE_SIZE_MAX)
    if board.is_union and page * size > HEAD_RANKS:
        raise InvalidError(
            gettext("Pages of several regions end at rank {last:,}.").format(last=HEAD_RANKS),
            pointer="page",
        )
    return page, size


def read_reach(params: Mapping[str, str]) -> int:
    """Return ?around=, the rows above and below a place. Raises: InvalidError."""
    return read_number(params, "around", default=5, low=0, high=AROUND_MAX)


def _read_regions(text: str | None) -> str | None:
    """Return the regions, sorted and unique, or None for everywhere. Raises: InvalidError."""
    regions = [] if text is None else sorted(set(text.split(",")))
    if not _REGIONS.issuperset(regions):
        detail = gettext("Send one or several of {regions}, with commas.").format(regions=", ".join(Region.values))
        raise InvalidError.of(Flaw("region", "invalid_choice", detail))
    return ",".join(regions) if 0 < len(regions) < len(_REGIONS) else None


def read_closing_window(text: str) -> Window:
    """Return a window that closes, so not all-time. Raises: InvalidError."""
    if text not in CLOSING:
        raise InvalidError.of(Flaw("window", *one_of(CLOSING)))
    return Window(text)


def read_window(text: str) -> Window:
    """Return any window. Raises: InvalidError."""
    if text not in _WINDOWS:
        raise InvalidError.of(Flaw("window", *one_of(Window.values)))
    return Window(text)
