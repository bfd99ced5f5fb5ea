"""What clients see of a process that is stopped."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import aiohttp
import orjson
import pytest

from tests.factories import make_game, make_key
from tests.supervised import Stack
from tests.web_process import WebProcess


@pytest.fixture
def web(live_orm: Stack) -> Iterator[WebProcess]:
    with WebProcess(live_orm) as process:
        yield process


@pytest.fixture
def key(live_orm: Stack) -> str:
    return make_key(make_game())


def test_sockets_and_streams_are_notified_of_a_restart(web: WebProcess, key: str) -> None:
    endings, said, seconds = asyncio.run(restart(web, key))
    web.terminate()

    assert [(ending.type, ending.data) for ending in endings] == [(aiohttp.WSMsgType.CLOSE, 1012)] * 2
    assert orjson.loads(said.removeprefix("data: ")) == {"type": "close", "code": 1012}
    assert seconds < 3
    assert "Traceback" not in web.said()
    assert "exceeded" not in web.said()


async def restart(web: WebProcess, key: str) -> tuple[list[aiohttp.WSMessage], str, float]:
    """Return how two sockets ended, what a stream said last, and after how many seconds all knew."""
    async with client(web, key) as (session, player_id):
        async with session.post(f"players/{player_id}/socket-ticket", json={}) as response:
            socket = await session.ws_connect((await response.json())["ws_url"])
        board = await session.ws_connect(f"{web.base_url}/ws/boards/global/")
        stream = await session.get("players/me/notifications/stream")
        assert [(await each.receive_json())["type"] for each in (socket, board)] == ["hello", "hello"]
        began_at = time.monotonic()
        web.signal_end()
        endings = [await socket.receive(10), await board.receive(10)]
        said = (await stream.text()).strip().split("\n")[-1]
        return endings, said, time.monotonic() - began_at


def test_streams_hold_no_thread_and_are_not_compressed(live_orm: Stack, key: str) -> None:
    with WebProcess(live_orm, WEB_THREADS="1") as web:
        encodings, status = asyncio.run(stream_and_request(web, key))

    assert encodings == [None] * 3
    assert status == 200


async def stream_and_request(web: WebProcess, key: str) -> tuple[list[str | None], int]:
    """Return how three streams are encoded, and what a request beside them is answered."""
    async with client(web, key) as (session, _):
        streams = [await session.get("players/me/notifications/stream") for _ in range(3)]
        for stream in streams:
            while b"hello" not in await stream.content.readline():
                pass
        async with session.get("players/me/notifications", timeout=aiohttp.ClientTimeout(5)) as response:
            status = response.status
        for stream in streams:
            stream.close()
        return [stream.headers.get("Content-Encoding") for stream in streams], status


@asynccontextmanager
async def client(web: WebProcess, key: str) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """A game's client with the token of a new player, and the player's id."""
    async with aiohttp.ClientSession(f"{web.base_url}/api/v1/", headers={"Authorization": f"Bearer {key}"}) as server:
        async with server.put(f"players/by-external-id/{uuid4()}", json={}) as response:
            player_id = (await response.json())["id"]
        async with server.post(f"players/{player_id}/tokens", json={}) as response:
            token = (await response.json())["token"]
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip, br, zstd"}
    async with aiohttp.ClientSession(f"{web.base_url}/api/v1/", headers=headers) as session:
        yield session, player_id
