"""Adds examples to path parameters, bodies and responses of the OpenAPI document."""

import re
from typing import Any

from apps.web.examples.values import BY_FORMAT, BY_TYPE, VALUES

COMPONENT = "#/components/schemas/"
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OF_TYPE = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "object": lambda value: isinstance(value, dict),
}
Schema = dict[str, Any]


def illustrate(result: Schema, generator: object, request: object, public: bool) -> Schema:
    """Add missing examples; drf-spectacular calls it with the whole document."""
    schemas = result["components"]["schemas"]
    for operation in (one for item in result["paths"].values() for method, one in item.items() if method in METHODS):
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                parameter["example"] = example_of(schemas, parameter["schema"], parameter["name"])
        responses = [response for status, response in operation["responses"].items() if status < "300"]
        for part in (operation.get("requestBody", {}), *responses):
            for content in part.get("content", {}).values():
                if "examples" not in content:
                    content["example"] = example_of(schemas, content["schema"], operation["operationId"])
    return result


def example_of(schemas: Schema, schema: Schema, name: str = "", inside: frozenset[str] = frozenset()) -> Any:
    """Return a value for a schema: the member name's if it fits, else one derived from the schema."""
    component = str(schema.get("$ref", "")).removeprefix(COMPONENT)
    if component:
        return example_of(schemas, schemas[component], name, inside | {component})
    if "example" in schema or "const" in schema:
        return schema.get("example", schema.get("const"))
    if choices := schema.get("allOf") or schema.get("oneOf") or schema.get("anyOf"):
        return _of_choices(schemas, choices, name, inside)
    if "properties" in schema:
        return _of_members(schemas, schema["properties"], inside)
    if schema.get("type") == "array":
        is_endless = str(schema["items"].get("$ref", "")).removeprefix(COMPONENT) in inside
        return [] if is_endless else [example_of(schemas, schema["items"], name, inside)]
    return _of_value(schema, name)


def _of_choices(schemas: Schema, choices: list[Schema], name: str, inside: frozenset[str]) -> Any:
    """Return the first choice that fits the name's value, or else the first of all."""
    if name in VALUES and any(_suits(VALUES[name], choice) for choice in choices if "type" in choice):
        return VALUES[name]
    return example_of(schemas, choices[0], name, inside)


def _of_members(schemas: Schema, members: Schema, inside: frozenset[str]) -> Schema:
    return {name: example_of(schemas, member, name, inside) for name, member in members.items()}


def _of_value(schema: Schema, name: str) -> Any:
    if name in VALUES and _suits(VALUES[name], schema):
        return VALUES[name]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    type_ = schema.get("type", "object")
    first = type_ if isinstance(type_, str) else type_[0]
    return schema.get("default", schema.get("minimum", BY_TYPE.get(first, {})))


def _suits(value: Any, schema: Schema) -> bool:
    types = schema.get("type", list(OF_TYPE))
    if not any(OF_TYPE[type_](value) for type_ in ([types] if isinstance(types, str) else types)):
        return False
    if "enum" in schema or not isinstance(value, str):
        return value in schema.get("enum", [value])
    if schema.get("format") in BY_FORMAT:
        return schema["format"] == "uuid" and UUID.fullmatch(value) is not None
    return re.search(schema.get("pattern", ""), value) is not None
