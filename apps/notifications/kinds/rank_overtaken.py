"""A rival went past the player on a board that the player follows."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.boards.links import BoardLink
from apps.leaderboards.events import RankOvertaken as Event
from apps.notifications.kinds.base import ALL_OR_NONE, NOT_MAILED, Note, Priority, Road, Roads
from apps.notifications.kinds.shown import shown_games, shown_players

_PERIODS = {"all": "", "day": " today", "week": " this week", "month": " this month"}


class RankOvertakenKind:
    """Payload: {rival: {id, handle, display_name, avatar_url}, game: {id, slug, name} or null, window, rival_rank}."""

    key: ClassVar[str] = "rank_overtaken"
    label: ClassVar[str] = "Rivals who overtake you"
    audience: ClassVar[str] = "You, when somebody goes past you on a board you follow; once an hour for each rival."
    priority: ClassVar[Priority] = Priority.NOW
    told_again_after: ClassVar[timedelta | None] = timedelta(hours=1)
    roads: ClassVar[Roads] = {Road.INBOX: ALL_OR_NONE, Road.SOCKET: ALL_OR_NONE, Road.EMAIL: NOT_MAILED}

    @staticmethod
    def title(payload: Mapping[str, Any]) -> str:
        return f"{payload['rival']['display_name']} overtook you"

    @staticmethod
    def body(payload: Mapping[str, Any]) -> str:
        where = payload["game"]["name"] if payload["game"] else "all games"
        return f"They are number {payload['rival_rank']:,} in {where}{_PERIODS[payload['window']]}."

    @staticmethod
    def link(payload: Mapping[str, Any]) -> str:
        return BoardLink(payload["game"]["slug"] if payload["game"] else "global", payload["window"]).path


def notes_of(events: Sequence[Event]) -> list[Note]:
    """Return a note an event. Cost: two queries."""
    rivals = shown_players({event.rival_id for event in events})
    games = shown_games({event.scope_id for event in events} - {PLATFORM_ID})
    return [_note(event, rival, games.get(event.scope_id)) for event in events if (rival := rivals.get(event.rival_id))]


def _note(event: Event, rival: dict[str, Any], game: dict[str, Any] | None) -> Note:
    payload = {"rival": rival, "game": game, "window": event.window, "rival_rank": event.rival_rank}
    key = f"overtaken:{event.rival_id.hex}"
    return Note(event.player_id, RankOvertakenKind.key, event.overtaken_at, payload, game["id"] if game else None, key)
