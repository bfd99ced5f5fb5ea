"""A disk that fills up: detected early, reported in words, and never fatal to what can go on."""

from collections.abc import Callable
from io import FileIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client

from apps.core import disk
from apps.core.disk import MB
from apps.games.models import Achievement
from apps.local.supervisor import disk_watch
from apps.local.supervisor.console import Console
from apps.local.supervisor.disk_watch import DiskWatch
from apps.players.models import Player
from apps.unlocks.models import Unlock
from tests.conftest import Api

Free = Callable[[int], None]


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Free:
    """Have the disk of Laurel's data be one with so many MB left."""

    def leave(megabytes: int) -> None:
        for module in (disk, disk_watch):
            monkeypatch.setattr(module, "free_bytes", lambda folder: megabytes * MB)

    return leave


@pytest.mark.parametrize(
    ("megabytes", "status", "detail"),
    [
        (2048, "up", "2,048 MB free."),
        (512, "up", "512 MB free."),
        (511, "degraded", "Only 511 MB free: make room before it is full."),
        (32, "degraded", "Only 32 MB free: make room before it is full."),
        (31, "down", "Full, 31 MB free: nothing can be recorded until there is room."),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_health_says_that_room_runs_out_before_it_has(free: Free, megabytes: int, status: str, detail: str) -> None:
    free(megabytes)

    report = Client().get("/health/").json()

    (check,) = [check for check in report["checks"] if check["name"] == "disk"]
    assert (check["status"], check["detail"]) == (status, detail)
    assert (report["status"] == "down") is (status == "down")
    assert Client().get("/readyz").status_code == 200


def test_what_runs_says_in_words_that_room_runs_out_and_that_it_is_back(
    free: Free, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_watch, "LOOK_SECONDS", 0)
    output = StringIO()
    watch = DiskWatch(Path("/data"), Console(output))

    back = []
    for megabytes in (4096, 511, 300, 31, 0, 40, 63, 64, 1000):
        free(megabytes)
        back.append(watch.has_come_back())

    # What a dying server frees is no room yet: it counts from 64 MB.
    assert back == [False] * 7 + [True, False]
    assert output.getvalue().splitlines() == [
        "  Only 511 MB are free on the disk of /data: make room before it is full.",
        "  The disk of /data is full (31 MB are free): nothing can be recorded until you make room on it. "
        "Laurel then continues by itself.",
        "  There is room on the disk again (64 MB): starting what had ended.",
    ]


def test_a_console_on_a_full_disk_stops_nothing() -> None:
    full = TextIOWrapper(FileIO("/dev/full", "w"), write_through=True)

    Console(full).say("nobody reads this")
    Console(full).say("or this")

    with pytest.raises(OSError, match="No space left on device"):
        full.write("unlike anyone else\n")
    full.close()


@pytest.mark.django_db
def test_a_database_without_room_for_a_row_is_named_to_games(api: Api, alice: Player, achievement: Achievement) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute("CREATE TRIGGER refuse BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()")

    with transaction.atomic():
        response = api.unlock(alice, achievement)
        # As PostgreSQL has done with its statement.
        transaction.set_rollback(True)

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert (response.json()["code"], response.json()["detail"]) == ("disk_full", str(disk.FULL_DETAIL))
    assert Unlock.objects.count() == 0
