"""One more format of definitions: a file in formats and a line in FORMATS, and every way in and out takes it."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from apps.core.api.auth.callers import Scope
from apps.core.errors import Flaw
from apps.games.definitions.content import definition_of
from apps.games.definitions.definition import AchievementDefinition, SetDefinition
from apps.games.formats import FORMATS, read_file
from apps.games.formats.documents import BYTES_MAX, Document, DocumentItem, StoreFormat, Written
from apps.games.models import Achievement, Game
from apps.players.models import Account
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key, make_studio
from tests.portal.conftest import browser_of

pytestmark = pytest.mark.django_db

HEAD = b"key,name,points,state"


def read_sheet(data: bytes) -> Document:
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    flaws = [
        Flaw(f"/{number}/points", "invalid_type", "Send a whole number.")
        for number, row in enumerate(rows)
        if not row["points"].isdecimal()
    ]
    return Document(items=() if flaws else tuple(map(_item, range(len(rows)), rows)), problems=tuple(flaws))


def _item(number: int, row: dict[str, str]) -> DocumentItem:
    members = {"key": row["key"], "name": row["name"], "points": int(row["points"])}
    names = [*(item.name for item in fields(AchievementDefinition)), "state"]
    return DocumentItem(f"/{number}", members, {name: f"/{number}/{name}" for name in names}, row["state"] or None)


def write_sheet(slug: str, achievements: Iterable[Written], sets: Iterable[SetDefinition]) -> bytes:
    lines = [f"{item.key},{item.name},{item.points},{state}".encode() for item, state in achievements]
    return b"\n".join([HEAD, *lines])


SHEET = StoreFormat(
    name="A sheet",
    media_type="text/csv",
    extension=".csv",
    example=HEAD.decode(),
    recognises=lambda data: data.startswith(HEAD),
    read=read_sheet,
    write=write_sheet,
)
TEXT = HEAD + b"\nACH_FIRST,First,10,draft\nACH_SECOND,Second,20,published"


@pytest.fixture
def sheet() -> Iterator[StoreFormat]:
    FORMATS["sheet"] = SHEET
    yield SHEET
    del FORMATS["sheet"]


@pytest.fixture
def tide(db: None) -> Game:
    return make_game(studio=make_studio(owner=make_account()), slug="tide")


@pytest.fixture
def tool(tide: Game) -> Api:
    return Api(make_key(tide, scopes=[Scope.DEFINITIONS_WRITE]))


def stored() -> list[tuple[str, str, int, str]]:
    return list(Achievement.objects.order_by("position").values_list("key", "name", "points", "state"))


IMPORTED = [("ACH_FIRST", "First", 10, "draft"), ("ACH_SECOND", "Second", 20, "published")]


def test_what_any_format_writes_it_recognises_and_reads_back_unchanged(sheet: StoreFormat, tide: Game) -> None:
    rows = [make_achievement(tide, key="ACH_FIRST", points=10), make_achievement(tide, key="ACH_LAST", state="draft")]

    for item in FORMATS.values():
        text = item.write("tide", [(definition_of(row), row.state) for row in rows], [])
        found = read_file(text)

        assert [other.name for other in FORMATS.values() if other.recognises(text)] == [item.name]
        assert found.problems == ()
        assert [(row.members["key"], row.members["points"], row.state) for row in found.items] == [
            (row.key, row.points, row.state) for row in rows
        ]


def test_the_api_takes_and_gives_a_new_format_by_its_media_type(sheet: StoreFormat, tide: Game, tool: Api) -> None:
    path = f"manage/games/{tide.id}/definitions"

    put = tool.put(path, TEXT, content_type="text/csv")

    assert (put.status_code, put.json()["created"]) == (200, ["ACH_FIRST", "ACH_SECOND"])
    assert stored() == IMPORTED
    # Past the check against the API's description, which was made before this format was there.
    given = tool.client.get(f"/api/v1/{path}", headers={**tool.headers, "Accept": "text/csv;q=0.9, text/plain"})
    assert (given["Content-Type"], given.content) == ("text/csv", TEXT)
    assert tool.get(path, headers={"Accept": "*/*"}).json()["format"] == "laurel.achievements"


def test_the_import_page_takes_a_new_format(sheet: StoreFormat, tide: Game) -> None:
    browser: Client = browser_of(Account.objects.get())

    page = browser.get("/portal/games/tide/import/").content.decode()
    preview: Any = browser.post("/portal/games/tide/import/", {"file": SimpleUploadedFile("tide.csv", TEXT)})
    browser.post("/portal/games/tide/import/apply/", {"preview": preview.context["preview"]})

    assert 'accept=".json,application/json,.csv,text/csv"' in page
    assert HEAD.decode() in page
    assert stored() == IMPORTED


def test_the_command_takes_a_new_format(sheet: StoreFormat, tide: Game, tmp_path: Any) -> None:
    file = tmp_path / "tide.csv"
    file.write_bytes(TEXT)

    call_command("import_achievements", "tide", str(file), apply=True)

    assert stored() == IMPORTED


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        (HEAD + b"\nACH_FIRST,First,10,\nACH_FIRST,Again,10,", ("/1/key", "duplicate")),
        (HEAD + b"\nACH_FIRST,First,many,", ("/0/points", "invalid_type")),
        (HEAD + b"\nACH_FIRST,First,1," * 2001, ("", "too_many")),
        (HEAD + b" " * BYTES_MAX, ("", "too_large")),
    ],
)
def test_what_holds_of_every_document_holds_of_a_new_format(
    sheet: StoreFormat, text: bytes, flaw: tuple[str, str]
) -> None:
    assert [(found.pointer, found.code) for found in read_file(text).problems] == [flaw]


def test_without_it_registered_its_texts_are_refused(tide: Game, tool: Api) -> None:
    path = f"manage/games/{tide.id}/definitions"

    put = tool.put(path, TEXT, content_type="text/csv")

    assert put.status_code == 415
    assert tool.get(path, headers={"Accept": "text/csv"}).json()["achievements"] == []
    assert stored() == []
