"""Journals and events: what is earned is judged by the time of the device, and by that of its arrival."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.games.models import Game
from apps.players.models import Player
from apps.unlocks.models import JournalEntry, Unlock
from tests.factories import make_achievement, make_set
from tests.unlocks.journal_devices import JournalDevice

pytestmark = pytest.mark.django_db

DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)
OPENS, CLOSES = datetime(2027, 12, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC)
SENTENCE = "This achievement belongs to an event, and was earned outside of its times or sent over 14 days after them."


@pytest.fixture
def device(alice: Player, game: Game, at: Any) -> JournalDevice:
    at(OPENS)
    event = make_set(game, "event", opens_at=OPENS, closes_at=CLOSES)
    make_achievement(game, key="ACH_LANTERN", setter="client", achievement_set=event)
    make_achievement(game, key="ACH_LAMP", setter="client")
    return JournalDevice(alice, game)


def send_at(device: JournalDevice, at: Any, arrived_at: datetime, *entries: Any) -> list[Any]:
    at(arrived_at)
    # Its token is an hour's.
    device.renew()
    response = device.send(*[device.write(key, time) for key, time in entries])
    assert response.status_code == 200, response.content
    return list(response.json()["results"])


@pytest.mark.parametrize(
    ("device_time", "arrived_at", "unlocked_at"),
    [
        # Late, while it is open: at the arrival.
        (OPENS, OPENS + 15 * DAY, OPENS + 15 * DAY),
        # After it closed: at its last moment.
        (CLOSES - 15 * DAY, CLOSES, CLOSES - MOMENT),
        (OPENS, CLOSES + 14 * DAY - MOMENT, CLOSES - MOMENT),
        # A clock ahead.
        (OPENS + 3 * DAY, OPENS + 2 * DAY, OPENS + 2 * DAY),
    ],
)
def test_an_event_takes_a_late_entry_earned_in_it_that_arrives_within_fourteen_days(
    device: JournalDevice, at: Any, device_time: datetime, arrived_at: datetime, unlocked_at: datetime
) -> None:
    (result,) = send_at(device, at, arrived_at, ("ach_lantern", device_time))

    assert (result["status"], result["unlocked"]) == (201, True)
    assert Unlock.objects.get().unlocked_at == unlocked_at
    assert JournalEntry.objects.get().device_time == device_time


@pytest.mark.parametrize(
    ("device_time", "arrived_at"),
    [
        # Earned before it opened, and arrived in it.
        (OPENS - MOMENT, OPENS + 15 * DAY),
        # Earned in it, and arrived too late.
        (CLOSES - DAY, CLOSES + 14 * DAY),
        # A clock that is ahead in the event, or of it.
        (OPENS + DAY, OPENS - DAY),
        (CLOSES + DAY, OPENS + DAY),
    ],
)
def test_an_event_refuses_an_entry_of_which_either_time_is_outside_of_what_it_takes(
    device: JournalDevice, at: Any, device_time: datetime, arrived_at: datetime
) -> None:
    results = send_at(device, at, arrived_at, ("ACH_LANTERN", device_time), ("ACH_LAMP", device_time))

    assert (results[0]["status"], results[0]["error"]["code"]) == (409, "event_not_open")
    assert results[0]["error"]["detail"] == SENTENCE
    assert results[1]["status"] == 201
    assert Unlock.objects.get().unlocked_at == arrived_at


def test_who_has_an_events_achievement_keeps_it_however_late_they_earn_it_again(device: JournalDevice, at: Any) -> None:
    send_at(device, at, OPENS, ("ACH_LANTERN", OPENS))

    (result,) = send_at(device, at, CLOSES + 20 * DAY, ("ACH_LANTERN", OPENS - DAY))

    assert (result["status"], result["unlocked_at"]) == (200, "2027-12-01T00:00:00Z")
