"""Readers of the daily email, what they are sent, and the evening."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail.backends.locmem import EmailBackend
from django.test import override_settings

from apps.core.background.scheduled_jobs import find_job, run_due
from apps.core.background.work_queues import drain, find_work_queue
from apps.core.models import JobSlot
from apps.notifications import delivery
from apps.notifications.kinds.base import Note
from apps.notifications.mail import sending
from apps.players.models import Player
from tests.factories import make_account, make_player

# Noon in UTC, a Wednesday in winter.
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SIX = NOON.replace(hour=18)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

MakeReader = Callable[..., Player]
Move = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def breaker() -> Iterator[None]:
    sending.breaker.reset()
    yield
    sending.breaker.reset()


@pytest.fixture(autouse=True)
def noon(db: None, time_machine: Any) -> Move:
    """Begin at noon; move on with this."""

    def move(moment: datetime) -> None:
        time_machine.move_to(moment, tick=False)

    move(NOON)
    return move


def confirm(player: Player, email: str, **fields: Any) -> EmailAddress:
    """Give a player an account and an address."""
    if player.account is None:
        player.account = make_account(email=email)
        player.save()
    return EmailAddress.objects.create(
        user=player.account, email=email, **{"verified": True, "primary": True, **fields}
    )


def find_readers(moment: datetime = NOON) -> None:
    """Have the job look, however often it has this hour."""
    JobSlot.objects.all().delete()
    run_due(find_job("find_mail_readers"), moment=moment)


@pytest.fixture
def make_reader() -> MakeReader:
    """Make a player who gets the mail at mira@example.com or so, from now on."""

    def make(handle: str = "mira", time_zone: str = "UTC", **fields: Any) -> Player:
        player = make_player(handle=handle, time_zone=time_zone, **fields)
        confirm(player, f"{handle}@example.com")
        find_readers()
        return player

    return make


@pytest.fixture
def mira(make_reader: MakeReader) -> Player:
    return make_reader()


def follow(player: Player, name: str = "Jon") -> None:
    """Notify a player of a follower."""
    someone = {"id": "01a20ad2-0001-72cd-813a-f74946f8058f", "handle": "jon", "display_name": name, "avatar_url": None}
    delivery.deliver([Note(player.id, "new_follower", NOON, {"player": someone})])


def earn(player: Player, name: str = "First light") -> None:
    """Notify a player of an unlock of their own."""
    achievement = {"id": "a1", "key": "ACH_A", "name": name, "description": "", "points": 5, "icon_url": None}
    game = {"id": "01a20ad2-38e6-72cd-813a-f74946f8058f", "slug": "hollow-tide", "name": "Hollow Tide"}
    delivery.deliver([Note(player.id, "own_unlock", NOON, {"achievement": achievement, "game": game})])


def send_mail() -> None:
    """Do all that is due of the mail."""
    assert drain(find_work_queue(sending.NAME))


class TroubledBackend(EmailBackend):
    """A mail server as the test has it: what it raises for whom, and whether it answers at all."""

    is_down = False
    refusals: dict[str, Exception] = {}
    tried: list[str] = []
    during: Callable[[str], None]

    def open(self) -> None:
        if self.is_down:
            raise ConnectionRefusedError("down")

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            self.tried.append(message.to[0])
            type(self).during(message.to[0])
            if refusal := self.refusals.get(message.to[0]):
                raise refusal
        return super().send_messages(messages)


@pytest.fixture
def server() -> Iterator[type[TroubledBackend]]:
    TroubledBackend.is_down, TroubledBackend.refusals, TroubledBackend.tried = False, {}, []
    TroubledBackend.during = staticmethod(lambda address: None)
    with override_settings(EMAIL_BACKEND="tests.notifications.mail.conftest.TroubledBackend"):
        yield TroubledBackend
