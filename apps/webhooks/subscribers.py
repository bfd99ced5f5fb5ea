"""Webhooks of events. Reports of test keys send none."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from apps.core.background import dispatcher
from apps.core.background.relay import Step, subscribe
from apps.leaderboards.events import GameCompleted
from apps.unlocks.events import AchievementUnlocked, UnlockRestored, UnlockRevoked
from apps.webhooks import messages, payloads
from apps.webhooks.event_types import EventType
from apps.webhooks.sending import WORK_QUEUE

E = TypeVar("E", AchievementUnlocked, UnlockRevoked, UnlockRestored, GameCompleted)


@subscribe(AchievementUnlocked)
def send_unlocks(events: Sequence[AchievementUnlocked], step: Step) -> None:
    _store(EventType.UNLOCKED, events, step, partial(payloads.unlock_messages, EventType.UNLOCKED))


@subscribe(UnlockRevoked)
def send_revocations(events: Sequence[UnlockRevoked], step: Step) -> None:
    _store(EventType.REVOKED, events, step, partial(payloads.unlock_messages, EventType.REVOKED))


@subscribe(UnlockRestored)
def send_restorations(events: Sequence[UnlockRestored], step: Step) -> None:
    _store(EventType.RESTORED, events, step, partial(payloads.unlock_messages, EventType.RESTORED))


@subscribe(GameCompleted)
def send_completions(events: Sequence[GameCompleted], step: Step) -> None:
    _store(EventType.COMPLETED, events, step, payloads.completion_messages)


def _store(
    event_type: EventType, events: Sequence[E], step: Step, messages_of: Callable[[list[E]], list[payloads.Message]]
) -> None:
    """Store messages for the games' endpoints. One query where no endpoint wants the type."""
    wanting = messages.endpoints_wanting(event_type, {event.game_id for event in events})
    if not wanting:
        return
    messages.store(messages_of([event for event in events if event.game_id in wanting]), wanting)
    step.after_commit.append(partial(dispatcher.dispatch, WORK_QUEUE))
