"""The time at which an entry of a journal counts, by the device's clock and by its arrival."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from apps.games.models import SetKind
from apps.unlocks.actions import BACKDATED_MAX
from apps.unlocks.imports.past_unlocks import Definition, definition_named, definitions_of
from apps.unlocks.journals.chain import Entry
from apps.unlocks.reports import AHEAD_MAX

_MOMENT = timedelta(microseconds=1)


def recorded_times(entries: Sequence[Entry], *, game_id: UUID, is_test: bool, moment: datetime) -> list[datetime]:
    """Return when each entry counts: at the device's time, or at its arrival where that is too old or can't be true.

    What belongs to an event is judged by both, see _time_in_event; test data is bound by no event. Entries have no
    flaws. Cost: a query where a device's time is too old or can't be true.
    """
    times = [entry.device_time or moment for entry in entries]
    doubted = [at for at, time in enumerate(times) if not moment - BACKDATED_MAX <= time <= moment + AHEAD_MAX]
    events = definitions_of(game_id, set_kind=SetKind.EVENT) if doubted and not is_test else {}
    for at in doubted:
        event = definition_named(events, entries[at].achievement_id or entries[at].achievement_key or "")
        times[at] = moment if event is None else _time_in_event(event, times[at], moment)
    return times


def _time_in_event(event: Definition, device_time: datetime, moment: datetime) -> datetime:
    """Return the device's time where that is outside of the event, so that it is refused; else that of the arrival.

    What arrives up to BACKDATED_MAX after the event counts at its last moment: no unlock of an event is outside of it.
    """
    if not event.was_open(device_time):
        return device_time
    if event.closes_at is not None and event.closes_at <= moment < event.closes_at + BACKDATED_MAX:
        return event.closes_at - _MOMENT
    return moment
