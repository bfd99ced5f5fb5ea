"""Compressed bodies: gzip is taken within the limit, anything else is refused, by every way in."""

import gzip
from typing import Any

import orjson
import pytest
from django.test import Client

from apps.core.api.wire.content_encoding import MalformedBodyError, gunzip
from apps.core.api.wire.parsers import BodyTooLargeError
from apps.games.auth import keys
from apps.unlocks.models import Unlock
from tests.conftest import Api
from tests.input.bodies import World
from tests.input.described import operations
from tests.unlocks.test_fast_path import send

WITH_BODIES = [(method, path) for method, path, operation in operations() if "requestBody" in operation]


def packed(body: Any) -> bytes:
    return gzip.compress(orjson.dumps(body))


def test_gzip_is_taken(world: World) -> None:
    body = packed(world.body("achievements/unlock", ""))

    response = world.server.post("achievements/unlock", body, headers={"Content-Encoding": "gzip"})

    assert (response.status_code, response.json()["unlocked"]) == (201, True)


@pytest.mark.parametrize(("method", "path"), WITH_BODIES, ids=lambda text: text)
@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "nonsense"])
def test_other_codings_are_refused_everywhere(
    anonymous: Api, world: World, method: str, path: str, coding: str
) -> None:
    response = anonymous.request(
        method,
        world.filled(path.replace("{webhook_id}", "{game_id}").replace("{key_id}", "{game_id}")),
        {},
        headers={"Content-Encoding": coding},
    )

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_content_encoding")
    assert response["Accept-Encoding"] == "gzip"


@pytest.mark.django_db(transaction=True)
def test_the_fast_path_leaves_what_is_compressed_to_the_ordinary_one(world: World, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": 0}
    token = world.server.headers["Authorization"].removeprefix("Bearer ")
    keys.cache.find(token)
    body, before = world.body("achievements/unlock", ""), Unlock.objects.count()

    assert send(token, body, headers={b"content-encoding": b"br"}) is None
    assert send(token, packed(body), headers={b"content-encoding": b"gzip"}) is None
    assert Unlock.objects.count() == before
    assert send(token, body)[0] == 201


def test_a_small_body_that_becomes_a_large_one_is_refused(world: World, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    bomb = gzip.compress(b" " * 50_000_000)
    headers = {"Content-Encoding": "gzip"}

    response = world.server.post("achievements/unlock", bomb, headers=headers)

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"{}")[:-4], gzip.compress(b"{}") + b"more"], ids=["nothing", "cut", "followed"]
)
def test_what_is_no_gzip_is_refused(world: World, body: bytes) -> None:
    response = world.server.post("achievements/unlock", body, headers={"Content-Encoding": "gzip"})

    assert (response.status_code, response.json()["code"]) == (400, "malformed_body")


def test_no_more_is_decoded_than_the_limit() -> None:
    assert gunzip(gzip.compress(b"a" * 10), bytes_max=10) == b"a" * 10
    assert gunzip(gzip.compress(b"a") + gzip.compress(b"b"), bytes_max=2) == b"ab"
    for data in (gzip.compress(b"a" * 11), gzip.compress(b"a") * 11):
        with pytest.raises(BodyTooLargeError):
            gunzip(data, bytes_max=10)
    with pytest.raises(MalformedBodyError):
        gunzip(gzip.compress(b"a" * 10)[:-1], bytes_max=10)


def test_a_form_of_a_page_is_taken_packed_and_refused_otherwise(db: None) -> None:
    options = {"content_type": "application/x-www-form-urlencoded"}
    form = gzip.compress(b"login=nobody%40example.com&password=wrong")

    taken = Client().post("/accounts/login/", form, headers={"Content-Encoding": "gzip"}, **options)
    refused = Client().post("/accounts/login/", form, headers={"Content-Encoding": "br"}, **options)

    assert taken.status_code == 200
    assert "nobody@example.com" in taken.content.decode()
    assert refused.status_code == 415
