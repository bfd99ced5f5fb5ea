"""The API's description: committed, so that every change of the contract shows in a review."""

import sys
from typing import Any

import orjson
from django.test import Client

from apps.core.api.openapi.document import document
from tests.supervised import CHECKOUT

SNAPSHOT = CHECKOUT / "clients/openapi.json"
METHODS = {"get", "post", "put", "patch", "delete"}


def text() -> bytes:
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", item[method])
        for path, item in document()["paths"].items()
        for method in sorted(METHODS & item.keys())
    ]


def test_the_description_is_the_one_in_the_repository() -> None:
    assert SNAPSHOT.read_bytes() == text(), "The API's description has changed. Look at it, then run `make schema`."


def test_every_operation_says_what_it_is_and_who_may_call_it() -> None:
    for name, described in operations():
        assert described["summary"], name
        assert described["tags"], name
        assert described["security"], name
        assert {"400", "401", "403", "429", "503"} <= described["responses"].keys(), name
    ids = [described["operationId"] for _, described in operations()]
    assert len(ids) == len(set(ids))


def test_the_description_is_served_once_made(db: None) -> None:
    first = Client().get("/api/v1/schema/")

    again = Client().get("/api/v1/schema/", headers={"If-None-Match": first["ETag"]})

    assert first.json()["openapi"].startswith("3.1")
    assert (again.status_code, again.content) == (304, b"")


def write() -> None:
    """Take the description as it is now; `make schema` calls it."""
    SNAPSHOT.write_bytes(text())
    sys.stdout.write(f"wrote {SNAPSHOT.name}: {len(operations())} operations\n")
