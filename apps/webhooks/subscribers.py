"""Webhooks of events. Reports of test keys send none."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from apps.core.background import dispatcher
from apps.core.background.relay import Step, subscribe
from apps.leaderboards.events import GameCompleted
from apps.unlocks.events import (
    AchievementUnlocked,
    HardcoreEarned,
    HardcoreEvent,
    HardcoreRestored,
    HardcoreRevoked,
    UnlockRestored,
    UnlockRevoked,
)
from apps.webhooks import messages, payloads
from apps.webhooks.event_types import EventType
from apps.webhooks.sending import WORK_QUEUE

E = TypeVar("E", AchievementUnlocked, UnlockRevoked, UnlockRestored, HardcoreEvent, GameCompleted)


@subscribe(AchievementUnlocked)
def send_unlocks(events: Sequence[AchievementUnlocked], step: Step) -> None:
    _store(EventType.UNLOCKED, events, step, payloads.unlock_messages)


@subscribe(UnlockRevoked)
def send_revocations(events: Sequence[UnlockRevoked], step: Step) -> None:
    _store(EventType.REVOKED, events, step, payloads.unlock_messages)


@subscribe(UnlockRestored)
def send_restorations(events: Sequence[UnlockRestored], step: Step) -> None:
    _store(EventType.RESTORED, events, step, payloads.unlock_messages)


@subscribe(HardcoreEarned)
def send_hardcore(events: Sequence[HardcoreEarned], step: Step) -> None:
    _store_alone(EventType.HARDCORE, events, step)


@subscribe(HardcoreRevoked)
def send_hardcore_revocations(events: Sequence[HardcoreRevoked], step: Step) -> None:
    _store_alone(EventType.HARDCORE_REVOKED, events, step)


@subscribe(HardcoreRestored)
def send_hardcore_restorations(events: Sequence[HardcoreRestored], step: Step) -> None:
    _store_alone(EventType.HARDCORE_RESTORED, events, step)


@subscribe(GameCompleted)
def send_completions(events: Sequence[GameCompleted], step: Step) -> None:
    _store(EventType.COMPLETED, events, step, payloads.completion_messages)


def _store_alone(event_type: EventType, events: Sequence[HardcoreEvent], step: Step) -> None:
    """Store messages of modes that came or went alone: with an unlock, that unlock's message says all."""
    if alone := [event for event in events if not event.is_with_unlock]:
        _store(event_type, alone, step, payloads.hardcore_messages)


def _store(
    event_type: EventType,
    events: Sequence[E],
    step: Step,
    messages_of: Callable[[EventType, list[E], payloads.HappenedAt], list[payloads.Message]],
) -> None:
    """Store messages for the games' endpoints. One query where no endpoint wants the type."""
    wanting = messages.endpoints_wanting(event_type, {event.game_id for event in events})
    if not wanting:
        return
    found = messages_of(event_type, [event for event in events if event.game_id in wanting], step.recorded_at)
    messages.store(found, wanting)
    step.after_commit.append(partial(dispatcher.dispatch, WORK_QUEUE))
