"""The player has earned every achievement of a game's base set."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from apps.leaderboards.events import GameCompleted as Event
from apps.notifications.kinds.base import ALL_OR_NONE, MAILED, Note, Payload, Road, Roads
from apps.notifications.payloads.subjects import shown_games


class GameCompletedKind:
    """Payload: {game: {id, slug, name}, achievement_count, completed_at}. Sent once a game."""

    key: ClassVar[str] = "game_completed"
    label: ClassVar[Promise] = gettext_lazy("Games you complete")
    audience: ClassVar[Promise] = gettext_lazy("Sent when you have earned every achievement of a game's base set.")
    sent_again_after: ClassVar[timedelta | None] = None
    roads: ClassVar[Roads] = {Road.INBOX: ALL_OR_NONE, Road.SOCKET: ALL_OR_NONE, Road.EMAIL: MAILED}

    @staticmethod
    def title(payload: Payload) -> str:
        return f"{payload['game']['name']} completed"

    @staticmethod
    def body(payload: Payload) -> str:
        count = payload["achievement_count"]
        words = ngettext("You earned all {count:,} achievement.", "You earned all {count:,} achievements.", count)
        return words.format(count=count)

    @staticmethod
    def link(payload: Payload) -> str:
        return f"/games/{payload['game']['slug']}/"


def notes_of(events: Sequence[Event]) -> list[Note]:
    """Return a note for each event. Cost: one query."""
    games = shown_games({event.game_id for event in events})
    return [_note(event, game) for event in events if (game := games.get(event.game_id))]


def _note(event: Event, game: dict[str, object]) -> Note:
    payload = {"game": game, "achievement_count": event.achievement_count, "completed_at": event.completed_at}
    key = f"completed:{event.game_id.hex}"
    return Note(event.player_id, GameCompletedKind.key, event.completed_at, payload, event.game_id, key)
