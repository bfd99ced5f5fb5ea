"""The player earned an achievement."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.files.storage import default_storage

from apps.games.models import Achievement
from apps.notifications.kinds.base import Note
from apps.unlocks.events import AchievementUnlocked


class OwnUnlock:
    """Payload: {achievement: {id, key, name, description, points, icon_url}, game: {id, slug, name}, unlocked_at}."""

    key: ClassVar[str] = "own_unlock"

    @staticmethod
    def title(payload: Mapping[str, Any]) -> str:
        return str(payload["achievement"]["name"])

    @staticmethod
    def body(payload: Mapping[str, Any]) -> str:
        points = payload["achievement"]["points"]
        return f"You earned {points} {'point' if points == 1 else 'points'} in {payload['game']['name']}."


def notes_of(events: Sequence[AchievementUnlocked]) -> list[Note]:
    """Return a note an event, with the achievements' present names and the points as earned. Cost: one query."""
    found = Achievement.objects.select_related("game").in_bulk({event.achievement_id for event in events})
    return [_note(event, found[event.achievement_id]) for event in events if event.achievement_id in found]


def _note(event: AchievementUnlocked, achievement: Achievement) -> Note:
    payload = {
        "achievement": {
            "id": str(achievement.id),
            "key": achievement.key,
            "name": achievement.name,
            "description": achievement.description,
            "points": event.points,
            "icon_url": default_storage.url(achievement.icon) if achievement.icon else None,
        },
        "game": {"id": str(event.game_id), "slug": achievement.game.slug, "name": achievement.game.name},
        "unlocked_at": event.unlocked_at,
    }
    return Note(event.player_id, OwnUnlock.key, event.unlocked_at, payload, event.game_id)
