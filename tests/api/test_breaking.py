"""Which changes of the API break its callers; lint accepts them only with a line in the change log."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.api.openapi.document import document
from tests.api import breaking
from tests.api.breaking import as_lines, breaks, from_lines, main, unreleased
from tests.api.schema_diff import WIDER

Change = Callable[[Any], Any]


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def json_of(name: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": ref(name)}}}


def made() -> dict[str, Any]:
    """A description with one of each thing that may change."""
    return {
        "paths": {
            "/api/v1/things/{thing_id}": {
                "put": {
                    "operationId": "put_a_thing",
                    "security": [{"ApiKey": []}, {"PlayerToken": []}],
                    "parameters": [
                        {"in": "path", "name": "thing_id", "required": True, "schema": {"type": "string"}},
                        {"in": "query", "name": "window", "schema": ref("WindowEnum")},
                        {"in": "query", "name": "page", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                    ],
                    "requestBody": json_of("ThingRequest"),
                    "responses": {"200": json_of("Thing"), "404": json_of("Problem")},
                }
            }
        },
        "components": {
            "schemas": {
                "WindowEnum": {"type": "string", "enum": ["day", "week"]},
                "ThingRequest": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string", "maxLength": 40},
                        "kind": {"oneOf": [ref("WindowEnum"), {"type": "string", "format": "uuid"}]},
                    },
                    "required": ["name"],
                },
                "Thing": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "points": {"type": "integer"},
                        "window": {"allOf": [ref("WindowEnum")], "description": "Its window."},
                        "parts": {"type": "array", "items": ref("Thing")},
                    },
                    "required": ["name", "points"],
                },
                "Problem": {"type": "object", "properties": {"code": {"type": "string"}}},
            }
        },
    }


def operation(of: Any) -> Any:
    return of["paths"]["/api/v1/things/{thing_id}"]["put"]


def schema(of: Any, name: str) -> Any:
    return of["components"]["schemas"][name]


def member(of: Any, name: str, key: str) -> Any:
    return schema(of, name)["properties"][key]


BREAKING: dict[str, Change] = {
    "is gone": lambda of: of["paths"].clear(),
    "can no longer be called with PlayerToken": lambda of: operation(of)["security"].pop(),
    "query window is gone": lambda of: operation(of)["parameters"].pop(1),
    "query page is required now": lambda of: operation(of)["parameters"][2].update(required=True),
    "query shape is required now": lambda of: operation(of)["parameters"].append(
        {"in": "query", "name": "shape", "required": True, "schema": {}}
    ),
    "query page has the maximum 50, had 100": lambda of: operation(of)["parameters"][2]["schema"].update(maximum=50),
    "query page has the minimum 2, had 1": lambda of: operation(of)["parameters"][2]["schema"].update(minimum=2),
    "query page was integer and is string": lambda of: operation(of)["parameters"][2].update(schema={"type": "string"}),
    "query window was day or week and is only day": lambda of: schema(of, "WindowEnum")["enum"].remove("week"),
    "body is required now": lambda of: operation(of)["requestBody"].update(required=True),
    "body is no longer application/json": lambda of: operation(of)["requestBody"].update(content={}),
    "body.kind is required now": lambda of: schema(of, "ThingRequest")["required"].append("kind"),
    "body.name is gone": lambda of: schema(of, "ThingRequest")["properties"].pop("name"),
    "body.name has the maxLength 20, had 40": lambda of: member(of, "ThingRequest", "name").update(maxLength=20),
    "body.name has the pattern ^a, had None": lambda of: member(of, "ThingRequest", "name").update(pattern="^a"),
    "body.kind {'format': 'uuid', 'type': 'string'} is no longer taken": lambda of: member(of, "ThingRequest", "kind")[
        "oneOf"
    ].pop(),
    "200 is no longer answered": lambda of: operation(of)["responses"].pop("200"),
    "200 is no longer application/json": lambda of: operation(of)["responses"].update({"200": {}}),
    "200.points is gone": lambda of: schema(of, "Thing")["properties"].pop("points"),
    "200.points is not always there any more": lambda of: schema(of, "Thing")["required"].remove("points"),
    "200.points was integer and is integer or number": lambda of: member(of, "Thing", "points").update(type="number"),
    "200.name was string and is null or string": lambda of: member(of, "Thing", "name").update(type=["string", "null"]),
    "200.window was string and is integer": lambda of: (
        schema(of, "WindowEnum").clear() or schema(of, "Thing")["properties"].update(window={"type": "integer"})
    ),
    "404.code is gone": lambda of: schema(of, "Problem")["properties"].clear(),
}
HARMLESS: dict[str, Change] = {
    "a new operation": lambda of: of["paths"].update({"/api/v1/more": {"get": operation(of)}}),
    "a new kind of caller": lambda of: operation(of)["security"].append({}),
    "a new parameter": lambda of: operation(of)["parameters"].append({"in": "query", "name": "shape", "schema": {}}),
    "a new value": lambda of: schema(of, "WindowEnum")["enum"].append("month"),
    "a wider bound": lambda of: operation(of)["parameters"][2]["schema"].pop("maximum"),
    "a wider type": lambda of: operation(of)["parameters"][2].update(schema={"type": "number"}),
    "a member that may be sent": lambda of: schema(of, "ThingRequest")["properties"].update(region={"type": "string"}),
    "a member less to be sent": lambda of: schema(of, "ThingRequest")["required"].clear(),
    "one more choice": lambda of: member(of, "ThingRequest", "kind")["oneOf"].append({"type": "integer"}),
    "a member more to be read": lambda of: schema(of, "Thing")["properties"].update(at={"type": "string"}),
    "a member always there": lambda of: schema(of, "Thing")["required"].append("window"),
    "a fault less": lambda of: operation(of)["responses"].pop("404"),
    "other words": lambda of: member(of, "Thing", "window").update(description="The window."),
}


def changed(change: Change) -> dict[str, Any]:
    now = deepcopy(made())
    change(now)
    return now


@pytest.mark.parametrize("fact", BREAKING)
def test_what_breaks_callers_is_found_where_it_is(fact: str) -> None:
    assert f"PUT /api/v1/things/{{thing_id}} (put_a_thing): {fact}" in map(str, breaks(made(), changed(BREAKING[fact])))


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_only_adds_breaks_nobody(change: Change) -> None:
    assert breaks(made(), changed(change)) == []


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, found in WIDER.items() for new in found])
@given(data=st.data())
@settings(derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_pattern_called_wider_takes_all_that_the_other_took(old: str, new: str, data: Any) -> None:
    text = data.draw(st.from_regex(old, fullmatch=True).filter(lambda text: not text.endswith("\n")))

    assert re.fullmatch(new, text)


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, found in WIDER.items() for new in found])
def test_a_wider_pattern_breaks_nobody_and_the_way_back_does(old: str, new: str) -> None:
    narrow, wide = (changed(lambda of, p=p: member(of, "ThingRequest", "name").update(pattern=p)) for p in (old, new))

    assert breaks(narrow, wide) == []
    assert [f"body.name has the pattern {old}, had {new}" in str(found) for found in breaks(wide, narrow)] == [True]


def test_no_operation_of_ours_can_go_unseen() -> None:
    today = document()

    gone = {found.operation_id for found in breaks(today, {**today, "paths": {}})}

    described = [one for item in today["paths"].values() for one in item.values() if isinstance(one, dict)]
    assert gone == {one["operationId"] for one in described if "operationId" in one}


def test_the_condensed_description_breaks_where_the_whole_one_does() -> None:
    condensed = from_lines(as_lines(made()))

    for change in BREAKING.values():
        assert list(map(str, breaks(condensed, changed(change)))) == list(map(str, breaks(made(), changed(change))))


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("", 1),
        ("- `PUT /things` takes no name.", 1),
        ("- `PUT /things/{thing_id}/parts` takes no name.", 1),
        ("- `PUT /things/{id}` takes no name.", 0),
        ("- `PUT /api/v1/things/{thing_id}`: takes no name.", 0),
        ("- `put_a_thing` takes no name.", 0),
        ("- `ThingRequest` has no name.", 0),
        ("- `Thing` has no name.", 1),
        ("\n## 1.0.0\n\n- `put_a_thing` takes no name.", 1),
    ],
)
def test_lint_lets_a_break_pass_once_the_change_log_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, status: int
) -> None:
    for name, text in {
        "RELEASED": as_lines(made()),
        "DESCRIPTION": json.dumps(changed(BREAKING["body.name is gone"])),
        "CHANGELOG": f"# Changelog\n\n## Unreleased\n\n{line}\n",
    }.items():
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(breaking, name, tmp_path / name)

    assert main([]) == status


def test_only_what_is_not_released_yet_counts() -> None:
    assert unreleased("# Changelog\n\n## Unreleased\n- a\n\n## 1.0.0\n- b\n") == "- a\n\n"
    assert unreleased("# Changelog\n\n## 1.0.0\n- b\n") == ""
