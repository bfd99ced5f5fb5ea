"""What players and studios are told of events."""

from collections.abc import Sequence
from functools import partial

from apps.core.relay import Step, subscribe
from apps.notifications import preferences
from apps.notifications.delivery import inbox, websocket
from apps.notifications.kinds import own_unlock
from apps.notifications.kinds.base import Road
from apps.unlocks.events import AchievementUnlocked, SandboxAchievementUnlocked


@subscribe(AchievementUnlocked)
def tell_player(events: Sequence[AchievementUnlocked], step: Step) -> None:
    """Keep the player's own unlock in their inbox, and push it once it is committed."""
    stored = inbox.store(preferences.wanted(own_unlock.notes_of(events), Road.INBOX))
    step.messages.append(partial(websocket.pushes, stored))


@subscribe(AchievementUnlocked)
@subscribe(SandboxAchievementUnlocked)
def tell_portal(events: Sequence[AchievementUnlocked | SandboxAchievementUnlocked], step: Step) -> None:
    """Have the live tails of the games look again, once a step."""
    step.messages.append(partial(websocket.tail_hints, {event.game_id for event in events}))
