"""A rival passed the player on a board that the player follows."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.boards.links import BoardLink
from apps.leaderboards.boards.modes import Mode, game_of
from apps.leaderboards.events import RankOvertaken as Event
from apps.notifications.kinds.base import ALL_OR_NONE, NOT_MAILED, Note, Payload, Road, Roads
from apps.notifications.payloads.subjects import in_mode, shown_board, shown_games, shown_players

_BODIES = {
    "all": gettext_lazy("They are number {rank:,} in {where}."),
    "day": gettext_lazy("They are number {rank:,} in {where} today."),
    "week": gettext_lazy("They are number {rank:,} in {where} this week."),
    "month": gettext_lazy("They are number {rank:,} in {where} this month."),
}


class RankOvertakenKind:
    """Payload: {rival: {id, handle, display_name, avatar_url}, game: {id, slug, name} or null, window, rival_rank}.

    Of a hardcore board, also mode.
    """

    key: ClassVar[str] = "rank_overtaken"
    label: ClassVar[Promise] = gettext_lazy("Rivals who overtake you")
    audience: ClassVar[Promise] = gettext_lazy(
        "Sent when someone passes you on a leaderboard you follow; once an hour per rival."
    )
    sent_again_after: ClassVar[timedelta | None] = timedelta(hours=1)
    roads: ClassVar[Roads] = {Road.INBOX: ALL_OR_NONE, Road.SOCKET: ALL_OR_NONE, Road.EMAIL: NOT_MAILED}

    @staticmethod
    def title(payload: Payload) -> str:
        return gettext("{rival} overtook you").format(rival=payload["rival"]["display_name"])

    @staticmethod
    def body(payload: Payload) -> str:
        where = shown_board(payload)
        return str(_BODIES[payload["window"]]).format(rank=payload["rival_rank"], where=where)

    @staticmethod
    def link(payload: Payload) -> str:
        slug = payload["game"]["slug"] if payload["game"] else "global"
        return BoardLink(slug, payload["window"], mode=payload.get("mode", Mode.CASUAL.value)).path


def notes_of(events: Sequence[Event]) -> list[Note]:
    """Return a note for each event. Cost: two queries."""
    rivals = shown_players({event.rival_id for event in events})
    games = shown_games({game_of(event.scope_id) for event in events} - {PLATFORM_ID})
    return [
        _note(event, rival, games.get(game_of(event.scope_id)))
        for event in events
        if (rival := rivals.get(event.rival_id))
    ]


def _note(event: Event, rival: dict[str, Any], game: dict[str, Any] | None) -> Note:
    payload = {"rival": rival, "game": game, "window": event.window, "rival_rank": event.rival_rank}
    payload |= in_mode(event.scope_id)
    key = f"overtaken:{event.rival_id.hex}"
    return Note(event.player_id, RankOvertakenKind.key, event.overtaken_at, payload, game["id"] if game else None, key)
