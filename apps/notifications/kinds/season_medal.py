"""The player was among the first when a day, week or month closed."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from apps.core.clock import now
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.boards.links import BoardLink
from apps.leaderboards.boards.modes import Mode, game_of
from apps.leaderboards.boards.windows import closes_at
from apps.leaderboards.events import WindowClosed
from apps.leaderboards.models import Window
from apps.leaderboards.queries import open_scopes
from apps.leaderboards.results.final_places import final_rows, medal_of
from apps.notifications.kinds.base import ALL_OR_NONE, MAILED, Note, Payload, Road, Roads
from apps.notifications.payloads.subjects import in_mode, shown_board, shown_games

# Of the thousand places that are stored, those that are notified.
RANK_MAX = 10
# For so long after its end, a window is worth a notification.
NEWS_FOR = timedelta(days=3)
_TITLES = {
    "day": gettext_lazy("Number {rank} of the day in {where}"),
    "week": gettext_lazy("Number {rank} of the week in {where}"),
    "month": gettext_lazy("Number {rank} of the month in {where}"),
}


class SeasonMedal:
    """Payload: {game: {id, slug, name} or null for all games, window, opened_on, rank, medal, points}.

    Of a hardcore board, also mode.
    """

    key: ClassVar[str] = "season_medal"
    label: ClassVar[Promise] = gettext_lazy("Medals")
    audience: ClassVar[Promise] = gettext_lazy(
        "Sent when you are among the first ten of a leaderboard as its day, week or month closes."
    )
    # Older windows send nothing, so nothing is sent again.
    sent_again_after: ClassVar[timedelta | None] = timedelta(days=30)
    roads: ClassVar[Roads] = {Road.INBOX: ALL_OR_NONE, Road.SOCKET: ALL_OR_NONE, Road.EMAIL: MAILED}

    @staticmethod
    def title(payload: Payload) -> str:
        where = shown_board(payload)
        return str(_TITLES[payload["window"]]).format(rank=payload["rank"], where=where)

    @staticmethod
    def body(payload: Payload) -> str:
        opened = date.fromisoformat(str(payload["opened_on"]))
        points = payload["points"]
        if payload["window"] == "day":
            words = ngettext("On {day}, with {points:,} point.", "On {day}, with {points:,} points.", points)
        else:
            words = ngettext("From {day}, with {points:,} point.", "From {day}, with {points:,} points.", points)
        return words.format(day=format_date(opened, "j F Y"), points=points)

    @staticmethod
    def link(payload: Payload) -> str:
        slug = payload["game"]["slug"] if payload["game"] else "global"
        return BoardLink(slug, mode=payload.get("mode", Mode.CASUAL.value)).path


def notes_of(events: Sequence[WindowClosed]) -> list[Note]:
    """Return a note for each of the first RANK_MAX players of recently ended windows. One query, and one per window."""
    # Unpublished games send nothing, nor do those without modes of hardcore.
    scopes = open_scopes({event.scope_id for event in events})
    games = shown_games({game_of(scope_id) for scope_id in scopes} - {PLATFORM_ID})
    return [note for event in events if _is_news(event) and event.scope_id in scopes for note in _notes(event, games)]


def _is_news(event: WindowClosed) -> bool:
    """Whether a window ended lately; one that is closed late, after an outage, sends nothing."""
    ended_at = closes_at(Window(event.window), event.opened_on)
    return ended_at is not None and now() - ended_at < NEWS_FOR


def _notes(event: WindowClosed, games: Mapping[UUID, dict[str, Any]]) -> list[Note]:
    game = games.get(game_of(event.scope_id))
    key = f"medal:{event.scope_id.hex}:{event.window}:{event.opened_on}"
    return [
        Note(
            row.player_id, SeasonMedal.key, now(),
            {
                "game": game, "window": event.window, "opened_on": event.opened_on, "rank": row.rank,
                "medal": medal_of(row.rank), "points": row.points, **in_mode(event.scope_id),
            },
            game["id"] if game else None, key,
        )
        for row in final_rows(event.scope_id, event.window, event.opened_on, limit=RANK_MAX)
    ]  # fmt: skip
