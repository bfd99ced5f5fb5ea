"""The player earned an achievement."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.files.storage import default_storage

from apps.games.models import Achievement
from apps.notifications.kinds.base import Choice, Note, Road
from apps.unlocks.events import AchievementUnlocked


class OwnUnlock:
    """Payload: {achievement: {id, key, name, description, points, icon_url}, game: {id, slug, name}, unlocked_at}."""

    key: ClassVar[str] = "own_unlock"
    roads: ClassVar[Mapping[Road, tuple[Choice, ...]]] = {Road.INBOX: (Choice.ALL, Choice.NONE)}

    @staticmethod
    def title(payload: Mapping[str, Any]) -> str:
        return str(payload["achievement"]["name"])

    @staticmethod
    def body(payload: Mapping[str, Any]) -> str:
        points = payload["achievement"]["points"]
        return f"You earned {points} {'point' if points == 1 else 'points'} in {payload['game']['name']}."


# Plain rows: 500 model instances with their games took the relay's step three times as long.
_COLUMNS = ("id", "key", "name", "description", "icon", "game__id", "game__slug", "game__name")


def notes_of(events: Sequence[AchievementUnlocked]) -> list[Note]:
    """Return a note an event, with the achievements' present names and the points as earned. Cost: one query."""
    ids = {event.achievement_id for event in events}
    rows = {row[0]: row for row in Achievement.objects.filter(id__in=ids).values_list(*_COLUMNS)}
    return [_note(event, row) for event in events if (row := rows.get(event.achievement_id))]


def _note(event: AchievementUnlocked, row: tuple[Any, ...]) -> Note:
    achievement_id, key, name, description, icon, game_id, game_slug, game_name = row
    payload = {
        "achievement": {
            "id": achievement_id,
            "key": key,
            "name": name,
            "description": description,
            "points": event.points,
            "icon_url": default_storage.url(icon) if icon else None,
        },
        "game": {"id": game_id, "slug": game_slug, "name": game_name},
        "unlocked_at": event.unlocked_at,
    }
    return Note(event.player_id, OwnUnlock.key, event.unlocked_at, payload, game_id)
