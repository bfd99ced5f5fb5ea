"""The daily mail: to whom, when, of what, and each once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.notifications import preferences
from apps.notifications.inbox import actions
from apps.notifications.mail.due_times import next_moment
from apps.notifications.models import EmailDigest
from apps.players.models import Player
from tests.factories import make_player
from tests.notifications.mail.conftest import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    SIX,
    MakeReader,
    Move,
    confirm,
    earn,
    find_readers,
    follow,
    send_mail,
)

pytestmark = pytest.mark.django_db


def choose(player: Player, kind: str, road: str, choice: str) -> None:
    preferences.choose(player_id=player.id, choices=[{"kind": kind, "road": road, "choice": choice}])


def sent_emails() -> list[tuple[str, str]]:
    """Return (address, subject) of all that was sent."""
    return [(message.to[0], message.subject) for message in mail.outbox]


@pytest.mark.parametrize(
    ("time_zone", "after", "moment"),
    [
        ("UTC", "2026-11-25T12:00", "2026-11-25T18:00"),
        ("UTC", "2026-11-25T18:00", "2026-11-26T18:00"),
        ("Asia/Tokyo", "2026-11-25T12:00", "2026-11-26T09:00"),
        ("Pacific/Kiritimati", "2026-11-25T12:00", "2026-11-26T04:00"),
        ("Pacific/Pago_Pago", "2026-11-25T12:00", "2026-11-26T05:00"),
        # The clocks go forward on the 29th and back on the 25th: 18:00 is an hour earlier, and later.
        ("Europe/Berlin", "2026-03-28T12:00", "2026-03-28T17:00"),
        ("Europe/Berlin", "2026-03-28T17:00", "2026-03-29T16:00"),
        ("Europe/Berlin", "2026-10-24T16:00", "2026-10-25T17:00"),
        ("Mars/Olympus", "2026-11-25T12:00", "2026-11-25T18:00"),
        ("../../etc/passwd", "2026-11-25T12:00", "2026-11-25T18:00"),
        ("Europe", "2026-11-25T12:00", "2026-11-25T18:00"),
        ("", "2026-11-25T12:00", "2026-11-25T18:00"),
    ],
)
def test_the_mail_is_due_at_six_where_a_player_lives(time_zone: str, after: str, moment: str) -> None:
    found = next_moment(time_zone, datetime.fromisoformat(after).replace(tzinfo=UTC))

    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_a_mail_comes_at_six_and_once(mira: Player, noon: Move) -> None:
    follow(mira)

    for moment in (SIX - MINUTE, SIX, SIX, SIX + HOUR, SIX + DAY):
        noon(moment)
        send_mail()

    assert sent_emails() == [("mira@example.com", "Jon follows you")]


def test_each_mail_goes_on_where_the_last_one_ended(mira: Player, noon: Move) -> None:
    for number in range(3):
        follow(mira, f"Friend {number}")
        noon(SIX + number * DAY)
        send_mail()

    assert [subject for _, subject in sent_emails()] == [f"Friend {number} follows you" for number in range(3)]


def test_mails_keep_to_the_clock_when_it_changes(make_reader: MakeReader, noon: Move) -> None:
    noon(datetime(2026, 10, 24, 15, 0, tzinfo=UTC))
    berlin = make_player(handle="lena", time_zone="Europe/Berlin")
    confirm(berlin, "lena@example.com")
    find_readers(datetime(2026, 10, 24, 15, 0, tzinfo=UTC))
    sent = []

    for hour in range(60):
        noon(datetime(2026, 10, 24, 15, 0, tzinfo=UTC) + hour * HOUR)
        follow(berlin)
        before = len(mail.outbox)
        send_mail()
        sent += [hour + 15] * (len(mail.outbox) - before)

    # 18:00 in summer is 16:00 in UTC, in winter 17:00; counted from midnight of the 24th.
    assert sent == [16, 24 + 17, 48 + 17]


def test_who_has_moved_gets_the_mail_at_six_of_where_they_are_now(mira: Player, noon: Move) -> None:
    follow(mira)
    Player.objects.filter(pk=mira.pk).update(time_zone="Asia/Tokyo")

    noon(SIX)
    send_mail()
    assert sent_emails() == []
    noon(SIX.replace(hour=9) + DAY)
    send_mail()

    assert sent_emails() == [("mira@example.com", "Jon follows you")]


def test_a_new_reader_gets_what_comes_not_what_was(make_reader: MakeReader, noon: Move) -> None:
    mira = make_player(handle="mira")
    follow(mira, "Long ago")
    confirm(mira, "mira@example.com")
    find_readers()

    noon(SIX)
    send_mail()
    assert sent_emails() == []
    follow(mira, "Now")
    noon(SIX + DAY)
    send_mail()

    assert sent_emails() == [("mira@example.com", "Now follows you")]


def test_only_confirmed_primary_addresses_of_living_accounts_are_entered(noon: Move, bob: Player) -> None:
    unconfirmed, second, banned, merged, tester, fine = (
        make_player(handle=name) for name in ("unconfirmed", "second", "banned", "merged", "tester", "fine")
    )
    confirm(unconfirmed, "a@example.com", verified=False)
    confirm(second, "b@example.com", primary=False)
    confirm(banned, "c@example.com").user.__class__.objects.filter(pk=banned.account_id).update(is_active=False)
    confirm(merged, "d@example.com")
    confirm(tester, "e@example.com")
    confirm(fine, "f@example.com")
    Player.objects.filter(pk=merged.pk).update(merged_into=fine)
    Player.objects.filter(pk=tester.pk).update(is_test=True)

    find_readers()
    find_readers()

    assert list(EmailDigest.objects.values_list("player_id", "due_at")) == [(fine.id, SIX)]


def test_many_readers_are_entered_in_chunks(monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.notifications.scheduled.ROWS_AT_ONCE", 2)
    for number in range(5):
        confirm(make_player(handle=f"reader{number}"), f"reader{number}@example.com")

    find_readers()

    assert EmailDigest.objects.count() == 5


@pytest.mark.parametrize("change", [{"verified": False}, {"primary": False}, None])
def test_who_has_no_confirmed_address_any_more_gets_nothing(mira: Player, noon: Move, change: Any) -> None:
    follow(mira)
    addresses = mira.account.emailaddress_set  # type: ignore[union-attr]
    addresses.all().delete() if change is None else addresses.update(**change)

    noon(SIX)
    send_mail()

    assert sent_emails() == []
    assert not EmailDigest.objects.exists()


def test_what_is_read_is_not_sent(mira: Player, noon: Move) -> None:
    follow(mira, "Read")
    follow(mira, "Unread")
    actions.mark_read(seq_by_player={mira.id: 1})

    noon(SIX)
    send_mail()

    assert sent_emails() == [("mira@example.com", "Unread follows you")]


def test_nothing_to_send_is_no_mail(mira: Player, noon: Move) -> None:
    follow(mira)
    actions.mark_read(seq_by_player={mira.id: 1})

    noon(SIX)
    send_mail()

    assert sent_emails() == []
    assert list(EmailDigest.objects.values_list("due_at", "mailed_seq")) == [(SIX + DAY, 1)]


def test_kinds_are_sent_as_chosen(mira: Player, noon: Move) -> None:
    earn(mira)
    noon(SIX)
    send_mail()
    assert sent_emails() == [], "one's own are in no mail until one turns them on"

    choose(mira, "own_unlock", "email", "digest")
    choose(mira, "new_follower", "email", "none")
    earn(mira, "Second light")
    follow(mira)
    noon(SIX + DAY)
    send_mail()

    assert sent_emails() == [("mira@example.com", "Second light")]


def test_what_is_turned_off_in_the_inbox_is_in_no_mail(mira: Player, noon: Move) -> None:
    follow(mira)
    choose(mira, "new_follower", "inbox", "none")

    noon(SIX)
    send_mail()

    assert sent_emails() == []


def test_turning_all_off_holds_for_kinds_to_come_and_one_can_be_turned_on_again(mira: Player, noon: Move) -> None:
    choose(mira, "own_unlock", "email", "digest")
    preferences.turn_mail_off(player_id=mira.id)
    follow(mira)
    earn(mira)

    assert preferences.mailed_kinds([mira.id]) == {mira.id: set()}
    noon(SIX)
    send_mail()
    assert sent_emails() == []

    choose(mira, "own_unlock", "email", "digest")
    choose(mira, "new_follower", "email", "none")
    follow(mira)
    earn(mira)
    noon(SIX + DAY)
    send_mail()
    assert sent_emails() == [("mira@example.com", "First light")]


def test_a_long_inbox_is_counted_and_its_latest_few_shown(mira: Player, noon: Move) -> None:
    choose(mira, "own_unlock", "email", "digest")
    for number in range(5):
        follow(mira, f"Friend {number}")
    earn(mira)

    noon(SIX)
    send_mail()

    (message,) = mail.outbox
    assert message.subject == "First light, and 5 more"
    assert "New followers (5)" in message.body
    assert [name for name in range(5) if f"Friend {name} follows" in message.body] == [2, 3, 4]
    assert "and 2 more" in message.body


def test_a_chunk_sends_the_database_as_much_for_one_as_for_many(
    make_reader: MakeReader, noon: Move, django_assert_num_queries: Callable[..., Any]
) -> None:
    follow(make_reader("reader0"))
    noon(SIX)
    with CaptureQueriesContext(connection) as for_one:
        send_mail()
    noon(NOON)
    for number in range(1, 21):
        follow(make_reader(f"reader{number}"))
    EmailDigest.objects.update(due_at=SIX)
    noon(SIX)

    # Renewed and noted for each, or somebody else's mail would be lost with ours.
    with django_assert_num_queries(len(for_one) + 2 * 19):
        send_mail()

    assert len(mail.outbox) == 21
