"""Whole numbers, however JSON writes them: Lua and Godot send 3.0 for 3."""

from typing import Any

import orjson
import pytest

from apps.core.parsing.json_text import MalformedJSONError, read_json
from apps.games.formats import read_document
from apps.games.models import Achievement
from tests.input.bodies import World
from tests.input.described import Member, body_members
from tests.unlocks.test_fast_path import send

WHOLE = [member for member in body_members() if "integer" in member.types]


def wrong_places(response: Any) -> list[str]:
    """Return what a response points at; of a batch, what its only item does."""
    body = response.json()
    if response.status_code == 400:
        return [error["pointer"] for error in body["errors"]]
    return [f"/reports/0{item['error']['pointer']}" for item in body.get("results", ()) if "error" in item]


@pytest.mark.parametrize("member", WHOLE, ids=str)
def test_a_whole_number_is_one_however_it_is_written(world: World, member: Member) -> None:
    number = 1 if member.pointer == "/version" else 3

    for written in (f"{number}.0", f"{number}e0", f"{number}.000", f"{number * 10}e-1"):
        response = world.send(member, written)

        assert response.status_code in {200, 201, 204, 409}, (written, response.content)
        assert wrong_places(response) == [], written
        Achievement.objects.filter(key="ACH_NEW").delete()


@pytest.mark.parametrize("member", WHOLE, ids=str)
def test_what_is_no_whole_number_is_refused_with_its_pointer(world: World, member: Member) -> None:
    for written in ("true", "false", "3.5", '"3"', "1e300", "[3]"):
        response = world.send(member, written)

        assert member.pointer in wrong_places(response), (written, response.content)
    assert not Achievement.objects.filter(key="ACH_NEW").exists()


def test_numbers_of_a_file_are_read_as_those_of_a_body() -> None:
    text = b'{"format": "laurel.achievements", "version": 1.0, "achievements": [%s]}'

    whole = read_document(
        text % b'{"key": "ACH_ONE", "name": "One", "points": 1e1, "kind": "incremental", "target": 3.0}'
    )
    wrong = read_document(text % b'{"key": "ACH_ONE", "name": "One", "points": true, "target": 3.5}')

    assert whole.problems == ()
    assert (whole.items[0].members["points"], whole.items[0].members["target"]) == (10, 3)
    assert [flaw.pointer for flaw in wrong.problems] == ["/achievements/0/points", "/achievements/0/target"]


def test_only_numbers_that_json_carries_exactly_become_whole() -> None:
    read = read_json(b'[1.0, -0.0, 9007199254740992.0, 9007199254740994.0, 1e300, 0.5, {"a": [2e0]}]')

    assert orjson.dumps(read) == b'[1,0,9007199254740992,9007199254740994.0,1e+300,0.5,{"a":[2]}]'


def test_deep_nesting_is_read_or_refused_and_never_a_crash() -> None:
    assert read_json(b"[" * 900 + b"1.0" + b"]" * 900)
    with pytest.raises(MalformedJSONError):
        read_json(b"[" * 5000 + b"]" * 5000)


@pytest.mark.django_db(transaction=True)
def test_the_fast_path_takes_no_number_for_an_id(world: World, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": 0}
    token = world.server.headers["Authorization"].removeprefix("Bearer ")
    world.server.get("games")

    for member in ("player_id", "achievement_id", "unlocked_at"):
        body = world.body("achievements/unlock", "") | {member: 3.0}

        assert send(token, body) is None
        assert world.server.post("achievements/unlock", body).json()["errors"][0]["pointer"] == f"/{member}"
