"""The player earned an achievement."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from apps.notifications.kinds.base import ALL_OR_NONE, NOT_MAILED, Note, Payload, Road, Roads
from apps.notifications.payloads.subjects import ShownAchievement, shown_achievements
from apps.unlocks.events import AchievementUnlocked, HardcoreEarned, LedgerEvent


class OwnUnlock:
    """Payload: {achievement: {id, key, name, description, points, icon_url}, game: {id, slug, name}, unlocked_at}.

    In a game with modes also hardcore_at, null for a casual unlock; and hardcore_only, true, where the player had
    earned the achievement already and has now earned it in hardcore.
    """

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
        if payload.get("hardcore_only"):
            return gettext("You earned it in hardcore in {game}.").format(game=payload["game"]["name"])
        if payload.get("hardcore_at"):
            words = ngettext(
                "You earned {points:,} point in {game}, in hardcore.",
                "You earned {points:,} points in {game}, in hardcore.",
                points,
            )
            return words.format(points=points, game=payload["game"]["name"])
        words = ngettext("You earned {points:,} point in {game}.", "You earned {points:,} points in {game}.", points)
        return words.format(points=points, game=payload["game"]["name"])

    @staticmethod
    def link(payload: Payload) -> str:
        return f"/games/{payload['game']['slug']}/#{payload['achievement']['id']}"


def notes_of(events: Sequence[AchievementUnlocked]) -> list[Note]:
    """Return a note an event, with the achievements' current names, and points and mode as earned. Cost: one query."""
    shown = shown_achievements({event.achievement_id for event in events})
    return [
        _note(event, found, {"hardcore_at": event.hardcore_at} if found.has_modes else {})
        for event in events
        if (found := shown.get(event.achievement_id))
    ]


def hardcore_notes_of(events: Sequence[HardcoreEarned]) -> list[Note]:
    """Return a note for each mode that came without its unlock. Cost: one query, none without such events."""
    alone = [event for event in events if not event.is_with_unlock]
    shown = shown_achievements({event.achievement_id for event in alone}) if alone else {}
    return [
        _note(event, found, {"hardcore_at": event.unlocked_at, "hardcore_only": True})
        for event in alone
        if (found := shown.get(event.achievement_id)) and found.has_modes
    ]


def _note(event: LedgerEvent, shown: ShownAchievement, in_modes: Mapping[str, object]) -> Note:
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
        **in_modes,
    }
    return Note(event.player_id, OwnUnlock.key, event.unlocked_at, payload, event.game_id)
