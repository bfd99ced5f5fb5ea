"""Every operation of the description comes with examples that keep to it."""

from typing import Any

import jsonschema
import pytest

from apps.core.api.openapi.document import document
from tests.api.test_schema import operations


@pytest.mark.parametrize(("name", "described"), operations(), ids=[name for name, _ in operations()])
def test_every_operation_has_examples_that_keep_to_its_schemas(name: str, described: dict[str, Any]) -> None:
    responses = [response for status, response in described["responses"].items() if status < "300"]
    contents = [content for part in (described.get("requestBody", {}), *responses) for content in contents_of(part)]
    paths = [parameter for parameter in described.get("parameters", ()) if parameter["in"] == "path"]

    assert contents or paths
    for one in (*contents, *paths):
        assert [fault for example in examples_of(one) for fault in faults_of(one["schema"], example)] == []
        assert examples_of(one)


def contents_of(part: dict[str, Any]) -> list[Any]:
    return list(part.get("content", {}).values())


def examples_of(of: dict[str, Any]) -> list[Any]:
    return [of["example"]] if "example" in of else [example["value"] for example in of.get("examples", {}).values()]


def faults_of(schema: dict[str, Any], value: Any) -> list[str]:
    schema = {**schema, "components": document()["components"]}
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    return [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(value)]
