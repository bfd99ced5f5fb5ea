"""Offline journals: a chained and signed list of what a device earned, taken once and in its order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from apps.core.clock import now
from apps.games.models import Achievement, Game
from apps.players.challenges import message_of
from apps.players.device_credentials import Verifier, sealed
from apps.players.models import Device, Player
from apps.unlocks.journals import actions
from apps.unlocks.journals.chain import Entry, hash_of
from apps.unlocks.models import Journal, JournalEntry, Source, Unlock
from apps.web.views.docs import code
from tests.conftest import Api
from tests.factories import make_achievement, make_player
from tests.unlocks.journal_devices import NOTHING, JournalDevice

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps(game: Game) -> list[Achievement]:
    return [make_achievement(game, setter="client") for _ in range(5)]


@pytest.fixture
def device(alice: Player, game: Game) -> JournalDevice:
    return JournalDevice(alice, game)


def ledger() -> dict[Any, Any]:
    return dict(Unlock.objects.values_list("achievement_id", "unlocked_at"))


def everything() -> list[Any]:
    return [
        *Unlock.objects.order_by("achievement_id").values_list(),
        *JournalEntry.objects.order_by("device_id", "sequence").values_list(),
        *Journal.objects.filter(sequence__gt=0).values_list(),
    ]


def statuses(response: Any) -> list[Any]:
    assert response.status_code == 200, response.content
    return [
        (item["status"], item["error"]["code"] if "error" in item else item["unlocked"])
        for item in response.json()["results"]
    ]


def test_what_was_earned_offline_is_recorded_at_the_devices_time(
    device: JournalDevice, lamps: list[Achievement], alice: Player
) -> None:
    moments = [now() - timedelta(days=days) for days in (13, 2, 3)]
    entries = [device.write(lamp, moment) for lamp, moment in zip(lamps, moments, strict=False)]

    response = device.send(*entries)

    assert statuses(response) == [(201, True)] * 3
    assert ledger() == {lamp.id: moment for lamp, moment in zip(lamps, moments, strict=False)}
    assert set(Unlock.objects.values_list("player_id", "source")) == {(alice.id, Source.PUBLISHABLE)}
    assert response.json()["head"] == {"sequence": 3, "hash": device.previous}
    assert (response.json()["broken_at"], response.json()["results"][0]["late"]) == (None, False)
    assert device.api.get("achievements/journal").json() == {"sequence": 3, "hash": device.previous}


def test_a_list_sent_again_gets_its_answers_and_changes_nothing(
    device: JournalDevice, lamps: list[Achievement]
) -> None:
    entries = [device.write(lamp, now()) for lamp in lamps[:2]]
    first = device.send(*entries)
    before = everything()
    Unlock.objects.filter(achievement_id=lamps[0].id).delete()

    again = device.send(*entries)

    assert statuses(again) == [(201, True)] * 2
    assert again.json() == first.json()
    # One that was revoked since stays so.
    assert everything() == before[1:]


def test_a_device_writes_as_much_as_it_likes_and_its_last_two_lists_are_held(
    device: JournalDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert actions.ENTRIES_HELD == 2_000
    monkeypatch.setattr(actions, "ENTRIES_HELD", 4)
    lists = [[device.write("ACH_NONE", now()) for _ in range(2)] for _ in range(4)]
    for entries in lists:
        device.send(*entries)
    before = everything()

    held, too_old, both = device.send(*lists[2]), device.send(*lists[1]), device.send(*lists[1], *lists[3])

    assert list(JournalEntry.objects.order_by("sequence").values_list("sequence", flat=True)) == [5, 6, 7, 8]
    assert statuses(held) == [(404, "achievement_not_found")] * 2
    assert statuses(too_old) == [(409, "journal_broken")] * 2
    assert statuses(both) == [(409, "journal_broken")] * 4
    assert too_old.json()["head"] == {"sequence": 8, "hash": device.previous}
    assert everything() == before
    assert statuses(device.send(device.write("ACH_NONE", now()))) == [(404, "achievement_not_found")]


def test_a_device_that_was_deleted_a_moment_ago_hands_nothing_over(
    device: JournalDevice, lamps: list[Achievement]
) -> None:
    assert device.api.get("achievements/journal").status_code == 200
    Device.objects.all().delete()

    response = device.send(device.write(lamps[0], now()))

    assert (response.status_code, response.json()["code"]) == (404, "device_not_found")
    assert everything() == []


def test_what_a_devices_clock_can_not_mean_counts_at_its_arrival(
    device: JournalDevice, lamps: list[Achievement]
) -> None:
    moments = [now() - timedelta(days=15), now() + timedelta(days=400), now() - timedelta(days=1)]
    sent_at = now()

    response = device.send(*[device.write(lamp, moment) for lamp, moment in zip(lamps, moments, strict=False)])

    earned = ledger()
    assert statuses(response) == [(201, True)] * 3
    assert [sent_at <= earned[lamp.id] <= now() for lamp in lamps[:3]] == [True, True, False]
    assert [item["late"] for item in response.json()["results"]] == [True, False, False]
    assert list(JournalEntry.objects.order_by("sequence").values_list("device_time", "is_late")) == [
        (moments[0], True), (moments[1], False), (moments[2], False)
    ]  # fmt: skip


def test_an_entry_that_is_refused_answers_for_itself_and_stays_refused(
    device: JournalDevice, game: Game, lamps: list[Achievement]
) -> None:
    archived = make_achievement(game, setter="client", state="archived")
    of_server = make_achievement(game)
    entries = [device.write(item, now()) for item in (archived, lamps[0], "ACH_UNKNOWN", of_server, lamps[1])]

    first = device.send(*entries)
    Achievement.objects.update(state="published", setter="client")
    again = device.send(*entries)

    refused = [(409, "achievement_archived"), (404, "achievement_not_found"), (403, "set_by_server")]
    assert statuses(first) == [refused[0], (201, True), *refused[1:], (201, True)]
    assert again.json() == first.json()
    assert set(ledger()) == {lamps[0].id, lamps[1].id}
    assert first.json()["head"]["sequence"] == 5


def test_a_broken_link_is_refused_from_its_place_on_and_a_new_chain_goes_on(
    device: JournalDevice, lamps: list[Achievement]
) -> None:
    first, lost, third, fourth = (device.write(lamp, now()) for lamp in lamps[:4])
    broken = device.send(first, third, fourth)
    after = everything()

    again = device.send(third)
    head = device.api.get("achievements/journal").json()
    device.sequence, device.previous = head["sequence"], head["hash"]
    healed = device.send(*[device.write(lamp, now()) for lamp in lamps[2:4]])
    late = device.send(lost)

    assert statuses(broken) == [(201, True), (409, "journal_broken"), (409, "journal_broken")]
    assert (broken.json()["broken_at"], broken.json()["head"]["sequence"]) == (1, 1)
    assert broken.json()["results"][1]["error"]["pointer"] == "/entries/1"
    assert (statuses(again), len(after)) == ([(409, "journal_broken")], 3)
    assert (head["hash"], statuses(healed)) == (device.hash_of(first), [(201, True)] * 2)
    # Another was accepted in its place.
    assert statuses(late) == [(409, "journal_broken")]
    assert set(ledger()) == {lamps[0].id, lamps[2].id, lamps[3].id}


EDITS: list[Callable[[dict[str, Any], Achievement], Any]] = [
    lambda entry, other: entry | {"achievement_id": other.key},
    lambda entry, other: entry | {"earned_at": "2026-11-01T00:00:00Z"},
    lambda entry, other: entry | {"sequence": 3},
    lambda entry, other: entry | {"previous_hash": NOTHING},
    lambda entry, other: entry | {"signature": "00" * 32},
    lambda entry, other: entry | {"signature": "0"},
]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_journal_is_refused_with_nothing_written(
    device: JournalDevice, lamps: list[Achievement], edit: Callable[[dict[str, Any], Achievement], Any]
) -> None:
    first, second = (device.write(lamp, now()) for lamp in lamps[:2])

    response = device.send(first, edit(second, lamps[4]))

    assert (response.status_code, response.json()["code"]) == (403, "journal_edited")
    assert response.json()["errors"][0]["pointer"] == "/entries/1/signature"
    assert everything() == []


def test_a_journal_with_a_member_twice_is_refused_with_nothing_written(
    device: JournalDevice, lamps: list[Achievement]
) -> None:
    entry = orjson.dumps(device.write(lamps[0], now() - timedelta(days=1)))

    response = device.api.post("achievements/journal", b'{"entries": [%s, "sequence": 1}]}' % entry[:-1])

    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "repeated_member")
    assert response.json()["errors"][0]["pointer"] == "/entries/0/sequence"
    assert ledger() == {}


def test_another_devices_journal_is_refused_with_nothing_written(
    device: JournalDevice, lamps: list[Achievement], game: Game
) -> None:
    entries = [device.write(lamp, now()) for lamp in lamps]
    thief = JournalDevice(make_player(), game)

    response = thief.send(*entries)
    named = thief.api.post("achievements/journal", {"entries": [entries[0] | {"player_id": str(make_player().id)}]})

    assert (response.status_code, response.json()["code"]) == (403, "journal_edited")
    assert (named.status_code, named.json()["code"]) == (403, "journal_edited")
    assert everything() == []


FLAWS: list[tuple[Any, str]] = [
    ({"sequence": 0}, "/entries/0/sequence"),
    ({"sequence": "1"}, "/entries/0/sequence"),
    ({"sequence": True}, "/entries/0/sequence"),
    ({"previous_hash": "A" * 64}, "/entries/0/previous_hash"),
    ({"previous_hash": None}, "/entries/0/previous_hash"),
    ({"achievement_id": 5}, "/entries/0/achievement_id"),
    ({"achievement_id": None}, "/entries/0/achievement_id"),
    ({"earned_at": 1764000000}, "/entries/0/earned_at"),
    ({"signature": "not hexadecimal"}, "/entries/0/signature"),
]


@pytest.mark.parametrize(("change", "pointer"), FLAWS)
def test_an_entry_whose_place_or_bytes_can_not_be_read_refuses_the_list(
    device: JournalDevice, lamps: list[Achievement], change: dict[str, Any], pointer: str
) -> None:
    response = device.send(device.write(lamps[0], now()) | change, device.write("lamp 2", now()))

    assert (response.status_code, [flaw["pointer"] for flaw in response.json()["errors"]]) == (400, [pointer])
    assert everything() == []


MALFORMED: list[tuple[str, str, list[str]]] = [
    ("lamp 2", "2026-11-24T18:04:05Z", ["achievement_id"]),
    ("two\nlines", "2026-11-24T18:04:05Z", ["achievement_id"]),
    ("", "2026-11-24T18:04:05Z", ["achievement_id"]),
    ("ACH_LAMP", "2026-11-24T18:04:05", ["earned_at"]),
    ("ACH_LAMP", "9999-12-31T23:59:59-14:00", ["earned_at"]),
    ("lampe \u00e9\U0001f4a1", "yesterday", ["achievement_id", "earned_at"]),
]


@pytest.mark.parametrize(("achievement", "earned_at", "members"), MALFORMED)
def test_a_malformed_entry_answers_for_itself_and_the_chain_goes_on(
    device: JournalDevice, lamps: list[Achievement], achievement: str, earned_at: str, members: list[str]
) -> None:
    entries = [device.write(lamps[0], now()), device.write(achievement, earned_at), device.write(lamps[1], now())]

    first = device.send(*entries)
    before = everything()
    again = device.send(*entries)

    assert statuses(first) == [(201, True), (400, "invalid"), (201, True)]
    assert first.json()["head"] == {"sequence": 3, "hash": device.previous}
    refused = first.json()["results"][1]
    assert [flaw["pointer"] for flaw in refused["error"]["errors"]] == [f"/entries/1/{name}" for name in members]
    assert (refused["sequence"], refused["late"], "device_time" in refused) == (2, False, "earned_at" not in members)
    assert (again.json(), everything()) == (first.json(), before)
    assert set(ledger()) == {lamps[0].id, lamps[1].id}


@pytest.mark.parametrize(
    ("name", "added"),
    [
        ("ACH_LAMP", {"extra": 1}),
        ("ACH_LAMP", {"extra": None, "a/b": []}),
        ("ACH_LAMP", {"player_id": "me"}),
        ("lamp 2", {"x": 1}),
    ],
)
def test_an_entry_that_was_added_to_on_its_way_is_the_break_and_the_right_one_is_taken_later(
    device: JournalDevice, game: Game, lamps: list[Achievement], name: str, added: dict[str, Any]
) -> None:
    make_achievement(game, key="ACH_LAMP", setter="client")
    entries = [device.write(lamps[0], now()), device.write(name, now()), device.write(lamps[1], now())]

    broken = device.send(entries[0], entries[1] | added, entries[2])
    after = everything()
    right = device.send(*entries)
    held = everything()
    twice = device.send(entries[0], entries[1] | added, entries[2])

    refused = [(409, "journal_broken")] * 2
    assert statuses(broken) == statuses(twice) == [(201, True), *refused]
    assert (broken.json()["broken_at"], broken.json()["head"]) == (
        1,
        {"sequence": 1, "hash": device.hash_of(entries[0])},
    )
    error = broken.json()["results"][1]["error"]
    assert error["detail"] == "Entry 2 has members that no device signs. Send it as the device signed it."
    assert [flaw["pointer"] for flaw in error["errors"]] == [
        f"/entries/1/{member.replace('/', '~1')}" for member in added
    ]
    assert len(after) == 3
    answer = (201, True) if name == "ACH_LAMP" else (400, "invalid")
    assert statuses(right) == [(201, True), answer, (201, True)]
    assert everything() == held


def test_an_entry_that_was_refused_for_what_was_added_stays_as_it_was_accepted(
    device: JournalDevice, lamps: list[Achievement]
) -> None:
    good, bad = device.write(lamps[0], now()), device.write(lamps[1], now())
    device.send(good, bad)
    # As it was recorded before such entries broke the chain.
    JournalEntry.objects.filter(sequence=2).update(outcome="invalid")
    before = everything()

    again = device.send(good, bad)

    assert statuses(again) == [(201, True), (400, "invalid")]
    assert again.json()["results"][1]["error"]["detail"] == (
        "The entry was malformed when it was accepted, so it stays refused."
    )
    assert everything() == before


def test_a_list_costs_as_many_statements_as_an_entry(
    device: JournalDevice, lamps: list[Achievement], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    device.send(device.write(lamps[0], now()))
    entries = [device.write(lamps[number % 5], now()) for number in range(100)]

    with django_assert_num_queries(9):
        response = device.send(*entries)

    assert [status for status, _ in statuses(response)].count(201) == 4


@pytest.mark.django_db(transaction=True)
def test_one_list_over_several_connections_is_taken_once(device: JournalDevice, lamps: list[Achievement]) -> None:
    entries = [device.write(lamp, now()) for lamp in lamps]
    api = device.api

    def send(_: int) -> list[Any]:
        try:
            return statuses(
                Api(api.headers["Authorization"].removeprefix("Bearer ")).post(
                    "achievements/journal", {"entries": entries}
                )
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(8)))

    assert answers == [[(201, True)] * 5] * 8
    assert (len(ledger()), JournalEntry.objects.count(), Journal.objects.get().sequence) == (5, 5, 5)


def test_the_example_of_the_documentation_is_what_the_code_computes(alice: Player, game: Game) -> None:
    words = code("guests/vector.txt", "").split()
    secret, challenge = words[words.index("secret") + 1], words[words.index("challenge") + 1]
    device = Device(id=UUID(words[2]), sealed_secret=sealed(secret))
    verifier, previous = Verifier(device), NOTHING
    entries = [words[at:] for at, word in enumerate(words) if word == "entry"]

    assert verifier.is_signed(message_of(challenge, device.id), words[words.index("proof") + 1])
    for sequence, said in enumerate(entries, 1):
        name, time, size, hash_, signature = (
            said[said.index(word) + 1] for word in ("achievement_id", "earned_at", "bytes", "SHA-256", "signature")
        )
        signed = Entry(sequence, previous, name, time, None, name, now(), signature).canonical_bytes(device.id)
        assert said[said.index("previous_hash") + 1] == previous
        assert (len(signed), hash_of(signed)) == (int(size), hash_)
        assert verifier.is_signed(signed, signature)
        previous = hash_
