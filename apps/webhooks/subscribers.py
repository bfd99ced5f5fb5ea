"""What studios' endpoints are told of events. What a test key reports is not among it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from apps.core.background import dispatcher
from apps.core.background.relay import Step, subscribe
from apps.leaderboards.events import GameCompleted
from apps.unlocks.events import AchievementUnlocked, UnlockRestored, UnlockRevoked
from apps.webhooks import messages, payloads
from apps.webhooks.event_types import EventType
from apps.webhooks.sending import BACKLOG

E = TypeVar("E", AchievementUnlocked, UnlockRevoked, UnlockRestored, GameCompleted)


@subscribe(AchievementUnlocked)
def tell_of_unlocks(events: Sequence[AchievementUnlocked], step: Step) -> None:
    _tell(EventType.UNLOCKED, events, step, partial(payloads.unlock_messages, EventType.UNLOCKED))


@subscribe(UnlockRevoked)
def tell_of_revocations(events: Sequence[UnlockRevoked], step: Step) -> None:
    _tell(EventType.REVOKED, events, step, partial(payloads.unlock_messages, EventType.REVOKED))


@subscribe(UnlockRestored)
def tell_of_restored(events: Sequence[UnlockRestored], step: Step) -> None:
    _tell(EventType.RESTORED, events, step, partial(payloads.unlock_messages, EventType.RESTORED))


@subscribe(GameCompleted)
def tell_of_completions(events: Sequence[GameCompleted], step: Step) -> None:
    _tell(EventType.COMPLETED, events, step, payloads.completion_messages)


def _tell(
    event_type: EventType, events: Sequence[E], step: Step, messages_of: Callable[[list[E]], list[payloads.Message]]
) -> None:
    """Keep what the games' endpoints are to be told. One query where no endpoint wants to know."""
    wanting = messages.endpoints_wanting(event_type, {event.game_id for event in events})
    if not wanting:
        return
    messages.store(messages_of([event for event in events if event.game_id in wanting]), wanting)
    step.after_commit.append(partial(dispatcher.ask, BACKLOG))
