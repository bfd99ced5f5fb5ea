"""Keeping notifications: numbered per player without holes, whoever writes beside us."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.notifications.inbox import queries
from apps.notifications.inbox import store as inbox
from apps.notifications.inbox.actions import mark_read
from apps.notifications.inbox.store import Stored
from apps.notifications.kinds.base import Note
from apps.notifications.models import Inbox, Notification
from apps.players.models import Player

pytestmark = pytest.mark.django_db(transaction=True)

MOMENT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
PATIENCE_SECONDS = 20.0


def note(player_id: UUID, name: str, seconds: int = 0) -> Note:
    return Note(player_id, "own_unlock", MOMENT + timedelta(seconds=seconds), {"name": name})


def store(notes: list[Note]) -> list[Stored]:
    return inbox.store((item, False) for item in notes)


def test_notes_are_numbered_in_the_order_things_happened(alice: Player, bob: Player) -> None:
    with CaptureQueriesContext(connection) as statements:
        stored = store(
            [note(alice.id, "late", 9), note(bob.id, "only"), note(alice.id, "early", 1), note(alice.id, "twin", 9)]
        )

    assert len(statements) == 1
    stored_rows = Notification.objects.order_by("player_id", "seq").values_list("player_id", "seq", "payload")
    assert list(stored_rows) == [
        (alice.id, 1, {"name": "early"}),
        (alice.id, 2, {"name": "late"}),
        (alice.id, 3, {"name": "twin"}),
        (bob.id, 1, {"name": "only"}),
    ]
    assert [(item.note.player_id, item.seq, orjson.loads(item.payload)) for item in stored] == list(stored_rows)
    assert dict(Inbox.objects.values_list("player_id", "last_seq")) == {alice.id: 3, bob.id: 1}


def test_numbers_go_on_where_they_stopped(alice: Player) -> None:
    store([note(alice.id, "one"), note(alice.id, "two")])

    (stored,) = store([note(alice.id, "three")])

    assert stored.seq == 3
    assert queries.last_seqs([alice.id]) == [3]


def test_a_player_who_was_erased_meanwhile_is_left_out(alice: Player) -> None:
    stored = store([note(UUID(int=1), "ghost"), note(alice.id, "real")])

    assert [item.note.player_id for item in stored] == [alice.id]
    assert Notification.objects.count() == 1


def test_what_is_rolled_back_leaves_no_hole(alice: Player) -> None:
    with transaction.atomic():
        store([note(alice.id, "never")])
        transaction.set_rollback(True)

    (stored,) = store([note(alice.id, "first")])

    assert stored.seq == 1


def test_writers_at_once_leave_neither_holes_nor_doubles(alice: Player, bob: Player) -> None:
    start = threading.Barrier(4)

    def write(number: int) -> None:
        try:
            start.wait(PATIENCE_SECONDS)
            for turn in range(25):
                # In opposite orders, which would be a deadlock if rows were taken as they come.
                players = [alice.id, bob.id] if number % 2 else [bob.id, alice.id]
                with transaction.atomic():
                    store([note(player_id, f"{number}.{turn}") for player_id in players])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        for future in [threads.submit(write, number) for number in range(4)]:
            future.result(PATIENCE_SECONDS)

    for player in (alice, bob):
        seqs = Notification.objects.filter(player=player).order_by("seq").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, 101))
        assert queries.last_seqs([player.id]) == [100]


def test_the_inbox_is_read_in_pages_in_order(alice: Player, bob: Player) -> None:
    store([note(alice.id, str(number), number) for number in range(5)] + [note(bob.id, "not this")])

    page = queries.notifications_after(alice.id, 1, limit=3)

    assert [item.seq for item in page] == [2, 3, 4]
    assert orjson.loads(page[0].payload) == {"name": "1"}
    assert queries.notifications_after(alice.id, 5) == []
    assert queries.last_seqs([alice.id, bob.id, UUID(int=5)]) == [5, 1, 0]
    assert queries.newer_seqs({alice.id: 4, bob.id: 1, UUID(int=5): 0}) == {alice.id: 5}


def test_read_marks_move_forward_only_and_never_past_what_there_is(alice: Player, bob: Player) -> None:
    store([note(alice.id, str(number)) for number in range(5)])
    store([note(bob.id, "one")])

    mark_read(seq_by_player={alice.id: 4, bob.id: 99})
    mark_read(seq_by_player={alice.id: 2})

    assert dict(Inbox.objects.values_list("player_id", "read_seq")) == {alice.id: 4, bob.id: 1}
