"""An announcement of a studio to the players of a game."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from apps.notifications.kinds.base import ALL_OR_NONE, MAILED, Note, Payload, Road, Roads


class StudioAnnouncement:
    """Payload: {announcement_id, title, text, link or null, game: {id, slug, name}, studio, announced_at}."""

    key: ClassVar[str] = "studio_announcement"
    label: ClassVar[Promise] = gettext_lazy("Announcements from studios")
    audience: ClassVar[Promise] = gettext_lazy("From studios of games you play, at most three times a day.")
    # Long after the last player has it.
    sent_again_after: ClassVar[timedelta | None] = timedelta(days=30)
    roads: ClassVar[Roads] = {Road.INBOX: ALL_OR_NONE, Road.SOCKET: ALL_OR_NONE, Road.EMAIL: MAILED}

    @staticmethod
    def title(payload: Payload) -> str:
        return f"{payload['game']['name']}: {payload['title']}"

    @staticmethod
    def body(payload: Mapping[str, object]) -> str:
        return str(payload["text"])

    @staticmethod
    def link(payload: Payload) -> str:
        # The game's page, which shows the studio's link: a notification never links out of Laurel by itself.
        return f"/games/{payload['game']['slug']}/"


def payload_of(
    *,
    announcement_id: UUID,
    title: str,
    text: str,
    link: str,
    game: dict[str, object],
    studio: str,
    announced_at: datetime,
) -> dict[str, Any]:
    """Return the payload, the same for every player; `game` is {id, slug, name}."""
    return {
        "announcement_id": announcement_id,
        "title": title,
        "text": text,
        "link": link or None,
        "game": game,
        "studio": studio,
        "announced_at": announced_at,
    }


def note_of(player_id: UUID, payload: dict[str, Any], moment: datetime) -> Note:
    """Return a player's note."""
    key = f"announcement:{payload['announcement_id'].hex}"
    return Note(player_id, StudioAnnouncement.key, moment, payload, payload["game"]["id"], key)
