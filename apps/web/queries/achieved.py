"""Reads for a player's board history: medals, and the line of ranks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext

from apps.core.database.composed import composed
from apps.games.models import Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.boards.modes import Mode, game_of, mode_of
from apps.leaderboards.models import FinalPlace, Window
from apps.leaderboards.results.final_places import medal_of, places_of
from apps.leaderboards.standings.rank_history import ranks_of
from apps.players.models import Player

MEDALS_SHOWN = 6
# Gold, silver and bronze.
RANK_SHOWN_MAX = 3
WIDTH, HEIGHT = 240, 48


@dataclass(frozen=True, slots=True)
class MedalCard:
    """A rank among the first three of a window."""

    medal: str
    rank: int
    scope_name: str
    # Empty for the platform.
    game_slug: str
    window: str
    when: str
    points: int
    is_hardcore: bool


@dataclass(frozen=True, slots=True)
class RankLine:
    """The ranks of the last weeks as a line in a WIDTH by HEIGHT box, the best rank on top."""

    points: str
    first_rank: int
    last_rank: int
    best_rank: int
    days: int


@composed
def _places(player_id: UUID) -> QuerySet[FinalPlace]:
    rows = places_of(Player(pk=player_id)).filter(rank__lte=RANK_SHOWN_MAX)
    return rows.order_by("-opened_on", "rank", "scope_id", "window")[:200]


@composed
def _games(ids: list[UUID]) -> QuerySet[Game]:
    return Game.objects.filter(pk__among=ids)


def medals_of(player: Player) -> list[MedalCard]:
    """Return a player's latest medals, months first, then weeks, then days. Two queries."""
    found = sorted(_places.rows(player_id=player.id), key=_worth)[:MEDALS_SHOWN]
    ids = list({game_of(row.scope_id) for row in found})
    games = {game.id: game for game in _games.rows(ids=ids)} if ids else {}
    return [_card(row, games.get(game_of(row.scope_id))) for row in found]


def rank_line(player: Player) -> RankLine | None:
    """Return the line of a player's platform ranks; None for fewer than two days. One query."""
    ranks = ranks_of(player.id, PLATFORM_ID)
    if len(ranks) < 2:
        return None
    values = [item.rank for item in ranks]
    days = (ranks[-1].day - ranks[0].day).days or 1
    offsets = [(item.day - ranks[0].day).days / days for item in ranks]
    return RankLine(_points(offsets, values), values[0], values[-1], min(values), days)


def _worth(row: FinalPlace) -> tuple[int, int, int]:
    return list(reversed(Window)).index(Window(row.window)) * -1, row.rank, -row.opened_on.toordinal()


def _card(row: FinalPlace, game: Game | None) -> MedalCard:
    return MedalCard(
        medal=medal_of(row.rank),
        rank=row.rank,
        scope_name=gettext("All games") if game is None else game.name,
        game_slug="" if game is None else game.slug,
        window=row.window,
        when=_when(Window(row.window), row.opened_on),
        points=row.points,
        is_hardcore=mode_of(row.scope_id) == Mode.HARDCORE,
    )


def _when(window: Window, opened: date) -> str:
    if window == Window.MONTH:
        return format_date(opened, "F Y")
    if window == Window.WEEK:
        last = opened + timedelta(days=6)
        return gettext("Week of {first} to {last}").format(
            first=format_date(opened, "j F"), last=format_date(last, "j F")
        )
    return format_date(opened, "j F Y")


def _points(offsets: Sequence[float], ranks: Sequence[int]) -> str:
    best, worst = min(ranks), max(ranks)
    span = max(worst - best, 1)
    return " ".join(
        f"{2 + offset * (WIDTH - 4):.1f},{4 + (rank - best) / span * (HEIGHT - 8):.1f}"
        for offset, rank in zip(offsets, ranks, strict=True)
    )
