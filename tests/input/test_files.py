"""Documents as editors save them: byte order marks, UTF-16, members named twice."""

import codecs

import orjson
import pytest

from apps.games.formats import read_document
from apps.games.formats.laurel import EXAMPLE
from apps.games.models import Achievement
from apps.unlocks.models import UnlockImport
from tests.input.bodies import World

PATH = "manage/games/{game_id}/definitions"
TWICE = b"""{"format": "laurel.achievements", "version": 1, "version": 1, "achievements": [
  {"key": "ACH_A", "name": "A", "points": 1},
  {"key": "ACH_B", "name": "B", "points": 1, "points": 5, "points": 7}
]}"""


def test_a_byte_order_mark_is_no_part_of_a_document(world: World) -> None:
    data = codecs.BOM_UTF8 + EXAMPLE.encode()

    response = world.server.put(world.filled(PATH), data)

    assert read_document(data) == read_document(EXAMPLE.encode())
    assert (response.status_code, len(response.json()["created"])) == (200, 2)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "UTF-32-BE with its mark"]
)
def test_utf_16_and_32_are_refused_with_what_to_do(world: World, encoding: str) -> None:
    name = encoding[:6].upper()
    mark = codecs.BOM_UTF32_BE if encoding.endswith("mark") else b""
    data = mark + EXAMPLE.encode(encoding.removesuffix(" with its mark"))

    [flaw] = read_document(data).problems
    response = world.server.put(world.filled(PATH), data)

    assert (flaw.code, flaw.detail) == ("malformed_json", f"This is {name}, not UTF-8. Save it as UTF-8.")
    assert (response.status_code, response.json()["code"]) == (400, "malformed_json")
    assert response.json()["detail"] == flaw.detail
    assert not Achievement.objects.filter(key="ACH_FIRST_LIGHT").exists()


def test_latin_1_is_refused_with_what_to_do() -> None:
    [flaw] = read_document('{"name": "Fjäll"}'.encode("latin-1")).problems

    assert flaw.detail == "This is not UTF-8. Save it as UTF-8."


def test_members_named_twice_are_refused_with_their_pointers(world: World) -> None:
    in_file = [(flaw.pointer, flaw.code) for flaw in read_document(TWICE).problems]
    response = world.server.put(world.filled(PATH), TWICE)

    assert in_file == [("/version", "repeated_member"), ("/achievements/1/points", "repeated_member")]
    assert response.status_code == 400
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == in_file
    assert not Achievement.objects.filter(key__in=["ACH_A", "ACH_B"]).exists()


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("manage/games/{game_id}/unlock-imports", b'{"expected_count": 1, "expected_count": 2}', "/expected_count"),
        (
            "manage/games/{game_id}/unlock-imports/019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b/unlocks",
            b'{"unlocks": [{"external_id": "a", "external_id": "b"}]}',
            "/unlocks/0/external_id",
        ),
    ],
)
def test_imports_refuse_members_named_twice(world: World, path: str, body: bytes, pointer: str) -> None:
    before = UnlockImport.objects.count()

    response = world.server.post(world.filled(path), body)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, "repeated_member")]
    assert UnlockImport.objects.count() == before


def test_a_name_with_a_slash_leads_to_its_place_and_long_numbers_to_no_crash(world: World) -> None:
    body = b'{"format": 1, "a/b": {"c~d": 1, "c~d": %s}}' % (b"1" * 300)

    response = world.server.put(world.filled(PATH), body)

    assert [error["pointer"] for error in response.json()["errors"]] == ["/a~1b/c~0d"]


def test_deep_documents_are_refused(world: World) -> None:
    response = world.server.put(world.filled(PATH), b'{"a":' * 900 + b"1" + b"}" * 900)

    assert response.status_code == 400


def test_every_body_may_begin_with_a_byte_order_mark(world: World) -> None:
    data = codecs.BOM_UTF8 + orjson.dumps(world.body("achievements/unlock", ""))

    assert world.server.post("achievements/unlock", data).status_code == 201
