"""The player earned an achievement."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from apps.notifications.kinds.base import ALL_OR_NONE, NOT_MAILED, Note, Payload, Road, Roads
from apps.notifications.kinds.shown import ShownAchievement, shown_achievements
from apps.unlocks.events import AchievementUnlocked


class OwnUnlock:
    """Payload: {achievement: {id, key, name, description, points, icon_url}, game: {id, slug, name}, unlocked_at}."""

    key: ClassVar[str] = "own_unlock"
    label: ClassVar[Promise] = gettext_lazy("Achievements you earn")
    audience: ClassVar[Promise] = gettext_lazy("Sent the moment a game reports it.")
    sent_again_after: ClassVar[timedelta | None] = None
    roads: ClassVar[Roads] = {Road.INBOX: ALL_OR_NONE, Road.SOCKET: ALL_OR_NONE, Road.EMAIL: NOT_MAILED}

    @staticmethod
    def title(payload: Payload) -> str:
        return str(payload["achievement"]["name"])

    @staticmethod
    def body(payload: Payload) -> str:
        points = payload["achievement"]["points"]
        words = ngettext("You earned {points:,} point in {game}.", "You earned {points:,} points in {game}.", points)
        return words.format(points=points, game=payload["game"]["name"])

    @staticmethod
    def link(payload: Payload) -> str:
        return f"/games/{payload['game']['slug']}/#{payload['achievement']['id']}"


def notes_of(events: Sequence[AchievementUnlocked]) -> list[Note]:
    """Return a note an event, with the achievements' current names and the points as earned. Cost: one query."""
    shown = shown_achievements({event.achievement_id for event in events})
    return [_note(event, found) for event in events if (found := shown.get(event.achievement_id))]


def _note(event: AchievementUnlocked, shown: ShownAchievement) -> Note:
    payload = {
        "achievement": {
            "id": shown.id,
            "key": shown.key,
            "name": shown.name,
            "description": shown.description,
            "points": event.points,
            "icon_url": shown.icon_url,
        },
        "game": shown.game,
        "unlocked_at": event.unlocked_at,
    }
    return Note(event.player_id, OwnUnlock.key, event.unlocked_at, payload, event.game_id)
