"""The server over a raw connection: heads bounded in size and time, idle connections, the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import orjson
import pytest
import uvicorn
from django.core.management import CommandError, call_command

from apps.core.asgi import http_protocol, uvicorn_config

KILOBYTE = b"x" * 1024
Connect = Callable[[], Awaitable["Wire"]]


class Wire:
    """A connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, *parts: bytes) -> None:
        with suppress(ConnectionError):
            for part in parts:
                self._writer.write(part)
                await self._writer.drain()

    async def response(self) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the next response."""
        head = (await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 5)).decode()
        status, *lines = head.strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return int(status.split()[1]), headers, body

    async def code(self) -> tuple[int, str]:
        """Return status and code of a refusal that ends the connection."""
        status, headers, body = await self.response()
        assert headers["connection"] == "close"
        assert headers["content-type"] == "application/problem+json"
        assert await self.rest() == b""
        return status, orjson.loads(body)["code"]

    async def rest(self) -> bytes:
        """Return what comes until the server closes."""
        return await asyncio.wait_for(self._reader.read(), 5)

    def close(self) -> None:
        self._writer.close()


class Echo:
    """Responds with the requested path, when released; holds sockets open."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.arrivals: asyncio.Queue[str] = asyncio.Queue()
        self.scope: dict[str, Any] = {}
        self.may_respond = asyncio.Event()
        self.may_respond.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(scope["path"])
        self.arrivals.put_nowait(scope["path"])
        self.scope = scope
        if scope["type"] == "websocket":
            await receive()
            if scope["path"] == "/refused":
                await send({"type": "websocket.close"})
                return
            await send({"type": "websocket.accept"})
            while (await receive())["type"] != "websocket.disconnect":
                pass
            return
        message = await receive()
        while message.get("more_body"):
            message = await receive()
        await self.may_respond.wait()
        headers = [(b"content-length", str(len(scope["path"])).encode())]
        headers += [(b"connection", b"close")] if scope["path"] == "/last" else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": scope["path"].encode()})


@pytest.fixture
def application() -> Echo:
    return Echo()


@pytest.fixture
async def server(application: Echo) -> AsyncIterator[uvicorn.Server]:
    """The server as we run it, in this process, over another application."""
    options = uvicorn_config.server_options() | {"loop": "none", "log_level": "critical", "log_config": None}
    config = uvicorn.Config(application, port=0, lifespan="off", **options)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    # Each second the server makes the headers of all responses anew.
    await server.on_tick(0)
    yield server
    await server.shutdown()


@pytest.fixture
async def connect(server: uvicorn.Server) -> AsyncIterator[Connect]:
    port = server.servers[0].sockets[0].getsockname()[1]
    wires: list[Wire] = []

    async def open_wire() -> Wire:
        wires.append(Wire(*await asyncio.open_connection("127.0.0.1", port)))
        return wires[-1]

    yield open_wire
    for wire in wires:
        wire.close()


def head_of(size: int, *, line: bytes = b"GET /large HTTP/1.1", more: bytes = b"") -> bytes:
    """Return a head of `size` bytes in path, names, values and what stands between."""
    fixed = b"Host: here\r\n" + more
    filling = size - len(b"/large") - len(fixed) - len(b"X-Filling: \r\n")
    return line + b"\r\n" + fixed + b"X-Filling: " + b"x" * filling + b"\r\n\r\n"


UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
    b"Sec-WebSocket-Version: 13\r\n"
)


async def test_a_head_of_sixteen_kilobytes_is_answered_and_one_byte_more_is_not(
    connect: Connect, application: Echo
) -> None:
    within, beyond = await connect(), await connect()

    await within.send(head_of(16 * 1024))
    await beyond.send(head_of(16 * 1024 + 1))

    assert (await within.response())[2] == b"/large"
    assert await beyond.code() == (431, "head_too_large")
    assert application.paths == ["/large"]


@pytest.mark.parametrize(
    "parts",
    [
        [b"GET /" + KILOBYTE * 17],
        [head_of(20 * 1024)],
        [b"GET / HTTP/1.1\r\nHost: here\r\nX-Large: ", *[KILOBYTE] * 2048],
        [b"GET / HTTP/1.1\r\nHost: here\r\n", *[b"X-Many: y\r\n"] * 2000],
        [KILOBYTE] * 17,
        [head_of(17 * 1024, more=UPGRADE)],
        [b"GET /large HTTP/1.1\r\nHost: here\r\n" + UPGRADE, *[b"X-More: " + KILOBYTE + b"\r\n"] * 17],
        [head_of(9 * 1024, more=UPGRADE)],
        [b"GET / HTTP/1.1\r\nHost: here\r\n" + UPGRADE + b"X-Many: y\r\n" * 129 + b"\r\n"],
    ],
    ids=[
        "address",
        "all at once",
        "one header",
        "many headers",
        "no request",
        "socket",
        "in parts",
        "one line",
        "many lines",
    ],
)
async def test_a_head_that_does_not_end_is_refused(
    connect: Connect, application: Echo, parts: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    wire = await connect()

    await wire.send(*parts)

    status, code = await wire.code()
    assert (status, code) in {(431, "head_too_large"), (400, "bad_request")}
    assert (status == 400) == (parts[0] == KILOBYTE)
    assert application.paths == []
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_body_is_not_counted_as_a_head(connect: Connect, application: Echo) -> None:
    wire = await connect()
    body = KILOBYTE * 200

    await wire.send(b"POST /first HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    first = await wire.response()
    await wire.send(b"GET /second HTTP/1.1\r\nHost: here\r\n\r\n")

    assert first[2] == b"/first"
    assert (await wire.response())[2] == b"/second"


@pytest.mark.parametrize("endless", [b"1;extension=", b"1\r\nx\r\n0\r\nTrailer: "], ids=["extension", "trailer"])
async def test_what_is_neither_head_nor_body_is_bounded_too(connect: Connect, endless: bytes) -> None:
    wire = await connect()
    await wire.send(b"POST /x HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n")

    await wire.send(endless, *[KILOBYTE] * 1024)

    with suppress(ConnectionError):
        assert await wire.rest() == b""


@pytest.mark.parametrize(
    "begun",
    [b"G", b"GET / HTTP/1.1\r\nHost: he", b"GET /large HTTP/1.1\r\nHost: here\r\n" + UPGRADE],
    ids=["a letter", "a header", "a socket's"],
)
async def test_a_head_half_sent_is_given_up(connect: Connect, application: Echo, settings: Any, begun: bytes) -> None:
    settings.REQUEST_HEAD_SECONDS = 0.05
    wire = await connect()

    await wire.send(begun)

    assert await wire.code() == (408, "head_too_slow")
    assert application.paths == []


async def test_a_second_head_half_sent_waits_for_the_first_response_and_is_given_up(
    connect: Connect, application: Echo, settings: Any
) -> None:
    settings.REQUEST_HEAD_SECONDS = 0.05
    application.may_respond.clear()
    wire = await connect()

    await wire.send(b"GET /first HTTP/1.1\r\nHost: here\r\n\r\nGET /sec")
    # Timers fire in order: by then the second head is late.
    asyncio.get_running_loop().call_later(0.1, application.may_respond.set)

    assert (await wire.response())[2] == b"/first"
    assert await wire.code() == (408, "head_too_slow")
    assert application.paths == ["/first"]


@pytest.mark.parametrize("sent", [b"", b"\r\n"], ids=["nothing", "an empty line"])
async def test_a_connection_without_a_request_is_closed_without_a_word(
    connect: Connect, settings: Any, sent: bytes
) -> None:
    settings.REQUEST_HEAD_SECONDS = 0.05
    wire = await connect()

    await wire.send(sent)

    assert await wire.rest() == b""


async def test_what_is_no_request_is_a_problem_too(connect: Connect, application: Echo) -> None:
    wire = await connect()

    await wire.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")

    assert await wire.code() == (400, "bad_request")
    assert application.paths == []


async def test_a_socket_opens_behind_the_bounds(connect: Connect, application: Echo) -> None:
    wire = await connect()

    await wire.send(b"GET /ws HTTP/1.1\r\nHost: here\r\n" + UPGRADE + b"\r\n")

    assert (await wire.response())[0] == 101
    assert application.paths == ["/ws"]


@pytest.mark.parametrize(
    ("path", "version", "status"), [("/refused", 13, 403), ("/refused", 8, 400)], ids=["refused", "other-version"]
)
async def test_a_refused_handshake_has_the_headers_of_every_response_and_says_something(
    connect: Connect, settings: Any, path: str, version: int, status: int
) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    wire = await connect()

    await wire.send(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    answered, headers, body = await wire.response()

    assert (answered, headers["x-content-type-options"]) == (status, "nosniff")
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert len(headers["x-request-id"]) == 32
    assert body


async def test_idle_connections_stay_open_for_75_seconds_and_the_response_says_so(
    connect: Connect, server: uvicorn.Server
) -> None:
    wire = await connect()

    await wire.send(b"GET /a HTTP/1.1\r\nHost: here\r\n\r\n")
    _, headers, _ = await wire.response()
    (protocol,) = server.server_state.connections
    waiting = protocol.timeout_keep_alive_task.when() - asyncio.get_running_loop().time()  # type: ignore[union-attr]

    assert headers["keep-alive"] == "timeout=75"
    assert "connection" not in headers
    assert 74 < waiting <= 75


@pytest.mark.parametrize("sent", [b"GET /a HTTP/1.1\r\nConnection: close", b"GET /last HTTP/1.1"])
async def test_a_response_that_closes_its_connection_does_not_offer_it_again(connect: Connect, sent: bytes) -> None:
    wire = await connect()

    await wire.send(sent + b"\r\nHost: here\r\n\r\n")
    _, headers, _ = await wire.response()

    assert headers["connection"] == "close"
    assert "keep-alive" not in headers
    assert "date" in headers
    assert await wire.rest() == b""


async def test_a_server_that_ends_announces_it_on_its_last_responses(
    connect: Connect, server: uvicorn.Server, application: Echo, monkeypatch: Any
) -> None:
    monkeypatch.setattr(http_protocol, "LAST_CALL_SECONDS", 0.2)
    busy, idle, unused = await connect(), await connect(), await connect()
    await idle.send(b"GET /earlier HTTP/1.1\r\nHost: here\r\n\r\n")
    await idle.response()
    application.may_respond.clear()
    await busy.send(b"GET /busy HTTP/1.1\r\nHost: here\r\n\r\n")
    arrivals = [await application.arrivals.get() for _ in range(2)]

    for connection in list(server.server_state.connections):
        connection.shutdown()
    await idle.send(b"GET /late HTTP/1.1\r\nHost: here\r\n\r\n")
    arrivals.append(await application.arrivals.get())
    application.may_respond.set()
    responses = [await busy.response(), await idle.response()]

    assert arrivals == ["/earlier", "/busy", "/late"]
    assert [(headers["connection"], body) for _, headers, body in responses] == [
        ("close", b"/busy"),
        ("close", b"/late"),
    ]
    assert [await wire.rest() for wire in (busy, idle, unused)] == [b"", b"", b""]


async def test_a_connection_accepted_at_the_end_is_answered_once_and_closed(
    application: Echo, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "is_ending", lambda: True)
    monkeypatch.setattr(http_protocol, "LAST_CALL_SECONDS", 0.2)
    wire, unused = await connect(), await connect()

    await wire.send(b"GET /late HTTP/1.1\r\nHost: here\r\n\r\n")
    _, headers, body = await wire.response()

    assert (headers["connection"], body) == ("close", b"/late")
    assert [await each.rest() for each in (wire, unused)] == [b"", b""]


async def test_the_server_itself_believes_no_forwarded_header(connect: Connect, application: Echo) -> None:
    wire = await connect()

    await wire.send(b"GET / HTTP/1.1\r\nHost: here\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n\r\n")
    await wire.response()

    assert (application.scope["client"][0], application.scope["scheme"]) == ("127.0.0.1", "http")


@pytest.mark.parametrize("port", ["0", "65536", "99999999", "-1", "abc", "\u0664\u0662"])
def test_what_is_no_port_is_refused_before_anything_starts(port: str) -> None:
    with pytest.raises(CommandError, match="is no port"):
        call_command("web", f"--port={port}")
