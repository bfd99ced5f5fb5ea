"""Email and trouble: a server that refuses or is down, workers at once, workers that are killed."""

from concurrent.futures import ThreadPoolExecutor
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from apps.core.ids import new_id
from apps.notifications.mail import due_readers, sending
from apps.notifications.models import EmailDigest
from apps.players.models import Player
from tests.notifications.mail.conftest import (
    DAY,
    HOUR,
    MINUTE,
    SIX,
    MakeReader,
    Move,
    TroubledBackend,
    follow,
    send_mail,
)

pytestmark = pytest.mark.django_db
Server = type[TroubledBackend]


def addresses() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


@pytest.fixture
def three(make_reader: MakeReader) -> list[Player]:
    readers = [make_reader(name) for name in ("adaeze", "bjorn", "camila")]
    for reader in readers:
        follow(reader)
    return readers


def test_one_that_fails_is_tried_again_later_and_holds_nobody_up(
    three: list[Player], server: Server, noon: Move
) -> None:
    server.refusals = {"bjorn@example.com": SMTPServerDisconnected("try again")}

    noon(SIX)
    send_mail()
    assert addresses() == ["adaeze@example.com", "camila@example.com"]
    for minutes in (0.5, 1, 2, 3, 6, 7):
        noon(SIX + minutes * MINUTE)
        send_mail()
    # After one minute, then two more, then four.
    assert server.tried.count("bjorn@example.com") == 4

    server.refusals = {}
    noon(SIX + 15 * MINUTE)
    send_mail()
    noon(SIX + 20 * MINUTE)
    send_mail()

    assert addresses() == ["adaeze@example.com", "bjorn@example.com", "camila@example.com"]


def test_what_can_not_be_sent_in_an_hour_is_in_the_next_days_mail(
    three: list[Player], server: Server, noon: Move
) -> None:
    server.refusals = {"bjorn@example.com": SMTPServerDisconnected("try again")}
    for minutes in range(24 * 60 - 1):
        noon(SIX + minutes * MINUTE)
        send_mail()
    assert server.tried.count("bjorn@example.com") == due_readers.ATTEMPTS_MAX

    server.refusals = {}
    follow(three[1], "Later")
    noon(SIX + DAY)
    send_mail()

    assert mail.outbox[-1].subject == "Later follows you, and 1 more"


def test_an_address_that_is_refused_for_good_is_tried_once_a_day(
    three: list[Player], server: Server, noon: Move
) -> None:
    refusal = SMTPRecipientsRefused({"bjorn@example.com": (550, b"nobody here")})
    server.refusals = {"bjorn@example.com": refusal}

    for hours in range(49):
        noon(SIX + hours * HOUR)
        send_mail()

    assert server.tried.count("bjorn@example.com") == 3


def test_a_kind_that_can_not_be_put_into_words_holds_nobody_up(
    three: list[Player], noon: Move, monkeypatch: Any
) -> None:
    context = sending.DailyEmail._context

    def stumble(email: Any) -> Any:
        if email.digest.player_id == three[0].id:
            raise KeyError("word")
        return context(email)

    monkeypatch.setattr(sending.DailyEmail, "_context", stumble)

    noon(SIX)
    send_mail()

    assert addresses() == ["bjorn@example.com", "camila@example.com"]


def test_without_a_server_nothing_is_lost_and_nobody_waits_for_it(
    three: list[Player], server: Server, noon: Move
) -> None:
    server.is_down = True

    noon(SIX)
    send_mail()
    send_mail()

    assert server.tried == []
    assert sending.breaker.state == "open"
    assert set(EmailDigest.objects.values_list("due_at", "attempt_count")) == {(SIX + MINUTE, 0)}
    server.is_down = False
    sending.breaker.reset()
    noon(SIX + MINUTE)
    send_mail()
    assert addresses() == ["adaeze@example.com", "bjorn@example.com", "camila@example.com"]


def test_a_slow_server_keeps_a_chunk_for_no_longer_than_it_may(
    three: list[Player], server: Server, noon: Move, monkeypatch: Any
) -> None:
    monkeypatch.setattr(sending, "CHUNK_SECONDS", 0.0)
    noon(SIX)

    assert sending.send_daily_mail.work() == 3

    assert server.tried == []
    assert set(EmailDigest.objects.values_list("due_at", "attempt_count", "claim_token")) == {(SIX, 0, None)}
    monkeypatch.undo()
    send_mail()
    assert len(mail.outbox) == 3


def test_a_worker_that_is_killed_after_its_claim_loses_nothing(three: list[Player], noon: Move) -> None:
    noon(SIX)
    _, emails = sending.claim_due(new_id())
    first = {email.message().extra_headers["Message-ID"] for email in emails}

    noon(SIX + MINUTE)
    send_mail()
    assert mail.outbox == []
    # Of the same, whatever has come since, so that mailboxes know it should it come twice.
    follow(three[0], "Since")
    noon(SIX + due_readers.LEASE)
    send_mail()
    send_mail()

    assert addresses() == ["adaeze@example.com", "bjorn@example.com", "camila@example.com"]
    assert {message.extra_headers["Message-ID"] for message in mail.outbox} == first
    assert "Since" not in "".join(message.body for message in mail.outbox)


def test_a_worker_that_was_frozen_past_its_lease_sends_nothing_more(three: list[Player], noon: Move) -> None:
    token = new_id()
    noon(SIX)
    _, emails = sending.claim_due(token)
    noon(SIX + due_readers.LEASE)
    send_mail()
    before = list(EmailDigest.objects.order_by("player_id").values())

    assert sending._write(emails, token) is True

    assert len(mail.outbox) == 3
    assert list(EmailDigest.objects.order_by("player_id").values()) == before


def test_what_a_frozen_worker_notes_late_counts_no_more(mira: Player, server: Server, noon: Move) -> None:
    follow(mira)
    noon(SIX)

    def freeze(address: str) -> None:
        # In the middle of a mail; another worker takes over, and this one fails when it wakes up.
        if len(server.tried) == 1:
            noon(SIX + due_readers.LEASE)
            send_mail()
            raise SMTPServerDisconnected("too late")

    server.during = staticmethod(freeze)
    send_mail()
    noon(SIX + HOUR)
    send_mail()

    assert addresses() == ["mira@example.com"]
    assert list(EmailDigest.objects.values_list("due_at", "attempt_count")) == [(SIX + DAY, 0)]


def test_who_is_erased_between_claim_and_mail_gets_none(three: list[Player], noon: Move) -> None:
    token = new_id()
    noon(SIX)
    _, emails = sending.claim_due(token)
    EmailDigest.objects.filter(player=three[0]).delete()

    sending._write(emails, token)

    assert addresses() == ["bjorn@example.com", "camila@example.com"]


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_mail_once(make_reader: MakeReader, noon: Move, monkeypatch: Any) -> None:
    monkeypatch.setattr(sending, "DIGESTS_AT_ONCE", 7)
    readers = [make_reader(f"reader{number}") for number in range(60)]
    for reader in readers:
        follow(reader)
    noon(SIX)
    start = Barrier(4)

    def work(_: int) -> None:
        start.wait()
        try:
            send_mail()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    send_mail()

    assert addresses() == sorted(f"reader{number}@example.com" for number in range(60))
    assert set(EmailDigest.objects.values_list("due_at", "claim_token")) == {(SIX + DAY, None)}
