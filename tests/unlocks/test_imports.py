"""Imports of a game's past over HTTP: what was earned before the game was here counts, and notifies nobody."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from apps.analytics.counters.reconciliation import reconcile_counters
from apps.core.api.auth.callers import Scope
from apps.core.background.outbox import decode
from apps.core.background.scheduled_jobs import find_job, run_due
from apps.core.clock import now
from apps.core.database.sql import elements_of, text_array
from apps.core.models import OutboxEntry
from apps.games.models import Achievement, Game
from apps.leaderboards.models import Crown, Standing
from apps.leaderboards.repair.reconciliation import reconcile_players
from apps.leaderboards.standings.standing_changes import columns_of_imports
from apps.notifications.models import Notification
from apps.players.models import ExternalIdentity, Player
from apps.unlocks.archive import mark_inactive, move_settled
from apps.unlocks.events import UnlocksImported
from apps.unlocks.imports import runs
from apps.unlocks.merging import move_ledger
from apps.unlocks.models import ImportedUnlock, Source, Unlock, UnlockImport
from tests.conftest import Api
from tests.factories import make_achievement, make_key, make_player, make_set

LONG_AGO = "2012-05-01T10:00:00Z"


@pytest.fixture
def importer(game: Game) -> Api:
    return Api(make_key(game, scopes=[Scope.IMPORT, Scope.UNLOCKS_WRITE, Scope.READ]))


@pytest.fixture
def place(importer: Api, game: Game) -> str:
    """The address of an import that expects three unlocks."""
    begun = importer.post(f"manage/games/{game.id}/unlock-imports", {"expected_count": 3, "name": "steam.csv"})
    assert begun.status_code == 201
    return f"manage/games/{game.id}/unlock-imports/{begun.json()['id']}"


def past(who: str | Player, achievement: Achievement, at: str = LONG_AGO) -> dict[str, Any]:
    named = {"external_id": who} if isinstance(who, str) else {"player_id": str(who.id)}
    return {**named, "achievement_id": achievement.key, "unlocked_at": at}


def send(api: Api, place: str, *items: dict[str, Any]) -> list[tuple[int, str | None]]:
    """Send items; return each one's status and the code of its error."""
    response = api.post(f"{place}/unlocks", {"unlocks": list(items)})
    assert response.status_code == 200
    return [(item["status"], item.get("error", {}).get("code")) for item in response.json()["results"]]


def rows_of(*tables: str) -> dict[str, list[Any]]:
    rows = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table} t ORDER BY t::text")
            rows[table] = cursor.fetchall()
    return rows


def test_an_import_keeps_times_creates_players_and_takes_the_definition_of_today(
    importer: Api, place: str, game: Game, alice: Player, relay: Callable[[], int], boards: None
) -> None:
    achievement = make_achievement(game, points=40, version=3)

    results = importer.post(f"{place}/unlocks", {"unlocks": [past("steam-1", achievement), past(alice, achievement)]})

    created = ExternalIdentity.objects.get(external_id="steam-1", game_id=game.id, environment="live").player
    assert [item["player_id"] for item in results.json()["results"]] == [str(created.id), str(alice.id)]
    assert created.handle == created.display_name
    assert created.handle.startswith("player-")
    assert created.number > alice.number
    (unlock,) = Unlock.objects.filter(player=created)
    assert unlock.unlocked_at == datetime(2012, 5, 1, 10, tzinfo=UTC)
    assert (unlock.points, unlock.definition_version, unlock.source) == (40, 3, Source.IMPORT)


def test_all_time_boards_counters_and_crowns_follow_and_nobody_is_notified(
    importer: Api, place: str, game: Game, alice: Player, relay: Callable[[], int], boards: None
) -> None:
    first, second = make_achievement(game, points=10), make_achievement(game, points=25)
    today = now().isoformat()

    send(importer, place, past(alice, first), past(alice, second, "2013-01-01T00:00:00Z"), past("other", first, today))
    relay()

    rows = importer.get(f"leaderboards/{game.id}").json()["results"]
    assert [(row["points"], row["unlock_count"], row["reached_at"]) for row in rows] == [
        (35, 2, "2013-01-01T00:00:00Z"),
        (10, 1, f"{today[:19]}Z"),
    ]
    # Of 2012 there is no board; of today's windows there is.
    assert Standing.objects.filter(player=alice).count() == 2
    assert Standing.objects.exclude(player=alice).count() == 8
    (crown,) = Crown.objects.all()
    assert (crown.player_id, crown.completed_at) == (alice.id, datetime(2013, 1, 1, tzinfo=UTC))
    counts = dict(rows_of("achievement_counter")["achievement_counter"])
    assert counts == {first.id: 2, second.id: 1}
    assert Notification.objects.count() == 0
    assert rows_of("fan_out_entry", "webhook_message", "outbox") == {
        "fan_out_entry": [],
        "webhook_message": [],
        "outbox": [],
    }


def test_what_waits_for_the_relay_is_no_drift(
    importer: Api,
    place: str,
    game: Game,
    alice: Player,
    achievement: Achievement,
    relay: Callable[[], int],
    boards: None,
) -> None:
    send(importer, place, past(alice, achievement))

    assert reconcile_counters(game.id) == 0
    assert reconcile_players([alice.id], now()).standings == 0
    relay()

    assert rows_of("achievement_counter")["achievement_counter"] == [(achievement.id, 1)]
    assert Standing.objects.filter(player=alice).count() == 2


def test_an_import_sent_twice_changes_nothing(
    importer: Api, place: str, game: Game, achievement: Achievement, relay: Callable[[], int], boards: None
) -> None:
    items = [past("one", achievement), past("two", achievement)]
    assert send(importer, place, *items) == [(201, None), (201, None)]
    relay()
    tables = ("unlock", "standing", "player", "external_identity", "achievement_counter", "game_counter", "crown")
    before = rows_of(*tables, "imported_unlock", "unlock_import")

    again = importer.post(f"{place}/unlocks", {"unlocks": [past("one", achievement, "2011-01-01T00:00:00Z"), items[1]]})
    relay()

    found = [(item["status"], item["unlocked"], item["unlocked_at"]) for item in again.json()["results"]]
    assert found == [(200, False, LONG_AGO), (200, False, LONG_AGO)]
    assert rows_of(*tables, "imported_unlock", "unlock_import") == before


def test_of_twins_the_earliest_stays(importer: Api, place: str, achievement: Achievement) -> None:
    twins = [past("one", achievement, f"201{year}-01-01T00:00:00Z") for year in (5, 3, 4)]

    results = send(importer, place, *twins)

    assert results == [(201, None), (200, None), (200, None)]
    assert Unlock.objects.get().unlocked_at == datetime(2013, 1, 1, tzinfo=UTC)


def test_what_was_reported_live_stays_and_a_report_of_what_was_imported_is_a_repeat(
    importer: Api, place: str, game: Game, alice: Player, relay: Callable[[], int]
) -> None:
    live, imported = make_achievement(game, points=10), make_achievement(game, points=20)
    first = importer.unlock(alice, live).json()["unlocked_at"]

    results = importer.post(f"{place}/unlocks", {"unlocks": [past(alice, live), past(alice, imported)]}).json()
    late = importer.unlock(alice, imported)

    assert [(item["status"], item["unlocked_at"]) for item in results["results"]] == [(200, first), (201, LONG_AGO)]
    assert (late.status_code, late.json()["unlocked_at"]) == (200, LONG_AGO)


def test_archived_achievements_retired_sets_and_events_by_their_times_may_be_imported(
    importer: Api, place: str, game: Game
) -> None:
    event = make_set(
        game, "event", opens_at=datetime(2020, 1, 1, tzinfo=UTC), closes_at=datetime(2020, 2, 1, tzinfo=UTC)
    )
    archived = make_achievement(game, state="archived", published_at=now(), archived_at=now())
    retired = make_achievement(game, achievement_set=make_set(game, "retired"))
    festive = make_achievement(game, achievement_set=event)

    results = send(
        importer,
        place,
        past("one", archived),
        past("one", retired),
        past("one", festive, "2020-01-31T23:59:59Z"),
        past("two", festive, "2020-02-01T00:00:00Z"),
    )

    assert results == [(201, None), (201, None), (201, None), (409, "event_not_open")]
    assert not ExternalIdentity.objects.filter(external_id="two").exists()


def test_bad_items_fail_alone_and_leave_nothing_behind(
    importer: Api, place: str, game: Game, alice: Player, achievement: Achievement
) -> None:
    draft = make_achievement(game, state="draft")
    sandboxed = make_player(is_test=True)
    nothing: dict[str, Any] = {"achievement_id": achievement.key, "unlocked_at": LONG_AGO}

    results = send(
        importer,
        place,
        past(alice, achievement),
        past("new", draft),
        past("new", achievement, "1989-12-31T23:59:59Z"),
        past("new", achievement, (now() + timedelta(minutes=6)).isoformat()),
        {**past("new", achievement), "achievement_id": "ACH_NOT_THERE"},
        past(sandboxed, achievement),
        {**nothing, "player_id": str(uuid4())},
        nothing,
        {**past("new", achievement), "player_id": str(alice.id)},
        {**past("...", achievement)},
        {"external_id": "new", "achievement_id": achievement.key},
        {**past("new", achievement), "source": 1},
    )

    assert results == [
        (201, None),
        (409, "achievement_not_published"),
        (400, "unlocked_at_implausible"),
        (400, "unlocked_at_in_future"),
        (404, "achievement_not_found"),
        (404, "player_not_found"),
        (404, "player_not_found"),
        (400, "invalid"),
        (400, "invalid"),
        (400, "invalid"),
        (400, "invalid"),
        (400, "invalid"),
    ]
    assert Unlock.objects.count() == ImportedUnlock.objects.count() == 1
    assert ExternalIdentity.objects.count() == 0


def test_a_merged_players_past_is_that_of_whom_they_became_and_the_archive_comes_back(
    importer: Api, place: str, game: Game, alice: Player, bob: Player
) -> None:
    first, second = make_achievement(game), make_achievement(game)
    send(importer, place, past(alice, first))
    Player.objects.filter(pk=bob.pk).update(merged_into=alice, merged_at=now())
    mark_inactive([alice.id], now() - timedelta(days=1))
    assert move_settled(now(), players_max=10) == (1, 1)

    results = importer.post(f"{place}/unlocks", {"unlocks": [past(bob, first), past(bob, second)]}).json()["results"]

    assert [(item["status"], item["player_id"]) for item in results] == [(200, str(alice.id)), (201, str(alice.id))]
    assert Unlock.objects.filter(player=alice).count() == 2
    assert rows_of("unlock_archive") == {"unlock_archive": []}


def test_a_player_who_is_merged_during_an_import_is_counted_once(
    importer: Api, place: str, game: Game, alice: Player, bob: Player, relay: Callable[[], int], boards: None
) -> None:
    first, second = make_achievement(game), make_achievement(game)
    items = [past(bob, first), past(bob, second), past(alice, second)]
    send(importer, place, *items)
    relay()
    Player.objects.filter(pk=bob.pk).update(merged_into=alice, merged_at=now())
    move_ledger(from_player_id=bob.id, into_player_id=alice.id)

    assert send(importer, place, *items) == [(200, None)] * 3

    assert UnlockImport.objects.get().unlock_count == 3
    assert importer.post(f"{place}/finish").status_code == 200


def test_a_chunk_announces_what_is_new_in_columns(
    importer: Api, place: str, game: Game, alice: Player, bob: Player
) -> None:
    first, second = make_achievement(game, points=10), make_achievement(game, points=25)
    importer.unlock(alice, first)
    OutboxEntry.objects.all().delete()

    send(importer, place, past(alice, first), past(alice, second), past(bob, first), past(bob, second))

    (entry,) = OutboxEntry.objects.all()
    imported = decode(entry.kind, entry.payload)
    assert isinstance(imported, UnlocksImported)
    assert (imported.game_id, imported.source, len(imported)) == (game.id, Source.IMPORT, 3)
    assert imported.players == {alice.id, bob.id}
    assert imported.counts([]) == {first.id: 1, second.id: 2}
    assert imported.counts([bob.id]) == {second.id: 1}
    columns = columns_of_imports([imported, imported])
    assert (columns.game_ids, columns.sources) == (text_array([game.id.hex] * 6), text_array("555555"))
    assert columns.player_ids.count(str(bob.id)) == 4
    assert columns.unlocked_ats == text_array(['"2012-05-01 10:00:00+00"'] * 6)
    assert sorted(elements_of(columns.points)) == ["10", "10", "25", "25", "25", "25"]


def test_an_import_is_finished_when_it_has_brought_what_was_expected(
    importer: Api, place: str, game: Game, achievement: Achievement, relay: Callable[[], int]
) -> None:
    send(importer, place, past("one", achievement), past("two", achievement), past("two", achievement))

    early = importer.post(f"{place}/finish")
    send(importer, place, past("three", achievement))
    done, again = importer.post(f"{place}/finish"), importer.post(f"{place}/finish")

    assert (early.status_code, early.json()["code"]) == (409, "import_count_differs")
    assert early.json()["detail"] == "3 unlocks are expected, and 2 were brought. Send what is missing."
    assert done.status_code == again.status_code == 200
    assert done.json() == again.json() == importer.get(place).json()
    assert (done.json()["state"], done.json()["unlock_count"], done.json()["recorded_count"]) == ("finished", 3, 3)
    assert importer.get(f"manage/games/{game.id}/unlock-imports").json()["results"] == [done.json()]
    relay()
    refused = importer.post(f"{place}/unlocks", {"unlocks": [past("four", achievement)]})
    assert (refused.status_code, refused.json()["code"]) == (409, "import_ended")
    assert Unlock.objects.count() == 3


def test_an_import_that_brought_more_than_expected_says_how_to_finish_it(
    importer: Api, place: str, game: Game, achievement: Achievement, relay: Callable[[], int]
) -> None:
    sent = [past(name, achievement) for name in ("one", "two", "three", "four")]
    send(importer, place, *sent)

    early = importer.post(f"{place}/finish")
    relay()
    begun = importer.post(f"manage/games/{game.id}/unlock-imports", {"expected_count": 4}).json()["id"]
    other = f"manage/games/{game.id}/unlock-imports/{begun}"
    send(importer, other, *sent)
    done = importer.post(f"{other}/finish")

    assert (early.status_code, early.json()["code"]) == (409, "import_count_differs")
    assert early.json()["detail"] == (
        "3 unlocks are expected, and 4 were brought. They stay. If they are right, begin an import that expects 4, "
        "send them again, which changes nothing, and finish that."
    )
    assert (done.status_code, done.json()["state"], done.json()["recorded_count"]) == (200, "finished", 0)


def test_an_unpublished_game_imports_nothing(importer: Api, place: str, game: Game, achievement: Achievement) -> None:
    Game.objects.filter(pk=game.pk).update(is_published=False)

    begun = importer.post(f"manage/games/{game.id}/unlock-imports", {"expected_count": 3})
    sent = importer.post(f"{place}/unlocks", {"unlocks": [past("one", achievement)]})

    assert [(answer.status_code, answer.json()["code"]) for answer in (begun, sent)] == [
        (409, "game_not_published"),
        (409, "game_not_published"),
    ]
    assert UnlockImport.objects.count() == 1
    assert Unlock.objects.count() == ExternalIdentity.objects.count() == 0


def test_a_chunk_waits_while_two_are_not_counted_yet(
    importer: Api, place: str, achievement: Achievement, relay: Callable[[], int]
) -> None:
    send(importer, place, past("one", achievement))
    send(importer, place, past("two", achievement))

    busy = importer.post(f"{place}/unlocks", {"unlocks": [past("three", achievement)]})
    relay()

    assert (busy.status_code, busy.json()["code"], busy.headers["Retry-After"]) == (429, "import_busy", "1")
    assert send(importer, place, past("three", achievement)) == [(201, None)]


@pytest.mark.django_db(transaction=True)
def test_one_chunk_is_written_at_a_time(importer: Api, place: str, achievement: Achievement) -> None:
    parameters = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password")
    with psycopg.connect(**{name: parameters[name] for name in names}) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [runs.IMPORT_LOCK])
        busy = importer.post(f"{place}/unlocks", {"unlocks": [past("one", achievement)]})

    assert busy.json()["code"] == "import_busy"
    assert Unlock.objects.count() == ImportedUnlock.objects.count() == 0


def test_what_ended_imports_noted_is_deleted_and_old_ones_end(
    importer: Api, place: str, game: Game, achievement: Achievement
) -> None:
    send(importer, place, past("one", achievement))
    UnlockImport.objects.update(created_at=now() - timedelta(days=31))
    young = importer.post(f"manage/games/{game.id}/unlock-imports", {"expected_count": 1}).json()["id"]
    send(importer, f"manage/games/{game.id}/unlock-imports/{young}", past("one", achievement))

    run_due(find_job("delete_brought_unlocks"))

    assert [str(row.import_id) for row in ImportedUnlock.objects.all()] == [young]
    assert importer.get(place).json()["state"] == "abandoned"
    assert Unlock.objects.count() == 1
