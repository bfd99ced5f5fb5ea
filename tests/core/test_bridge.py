"""HTTP on its way from ASGI into a WSGI application and back."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from apps.core.asgi import request_bodies
from apps.core.asgi.bridge import WSGIBridge
from apps.core.asgi.thread_lanes import Lane, UnavailableError
from apps.core.database.budgets import HAS_FALLBACK, REQUEST_SECONDS, SECONDS_LEFT

Message = dict[str, Any]


class Exchange:
    """One request to a WSGI application through the bridge, and what came back."""

    def __init__(self, application: Callable[..., Iterable[bytes]], **options: Any) -> None:
        self.environ: dict[str, Any] = {}
        self.sent: list[Message] = []
        self.refused: tuple[int, str] | None = None
        self._application = application
        self._bridge = WSGIBridge(self._note, threads=1, bytes_max_of=lambda path: 10, refuse=self._refuse, **options)

    async def run(self, *parts: Message, **scope: Any) -> "Exchange":
        messages = iter(parts or ({"type": "http.request", "body": b""},))
        defaults = {
            "method": "POST",
            "path": "/x",
            "raw_path": b"/x",
            "query_string": b"a=1",
            "http_version": "1.1",
            "scheme": "http",
            "headers": [],
        }

        async def receive() -> Message:
            try:
                return next(messages)
            except StopIteration:
                await asyncio.Event().wait()
                raise AssertionError from None

        async def send(message: Message) -> None:
            self.sent.append(message)

        await self._bridge({**defaults, **scope}, receive, send)
        return self

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    def _note(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.environ = environ
        return self._application(environ, start_response)

    async def _refuse(self, scope: Any, send: Any, status: int, code: str, detail: str) -> None:
        self.refused = (status, code)


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("201 Created", [("X-Seen", "yes")])
    return [environ["wsgi.input"].read()]


def part(body: bytes, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_in_parts_arrives_whole_with_its_length() -> None:
    exchange = await Exchange(echo).run(part(b"abc", more=True), part(b"def"))

    assert exchange.sent == [
        {"type": "http.response.start", "status": 201, "headers": [(b"x-seen", b"yes"), (b"content-length", b"6")]},
        {"type": "http.response.body", "body": b"abcdef", "more_body": False},
    ]
    assert exchange.environ["CONTENT_LENGTH"] == "6"


async def test_the_environ_says_what_the_request_said() -> None:
    exchange = await Exchange(echo).run(
        raw_path=b"/caf%C3%A9/%2F",
        headers=[
            (b"host", b"laurel.example"),
            (b"content-type", b"text/plain"),
            (b"x-forwarded-for", b"1.1.1.1"),
            (b"x-forwarded-for", b"2.2.2.2"),
            (b"cookie", b"a=1"),
            (b"cookie", b"b=2"),
        ],
        client=("9.9.9.9", 1234),
    )

    environ = exchange.environ
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/café//"
    assert (environ["REQUEST_METHOD"], environ["QUERY_STRING"]) == ("POST", "a=1")
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["HTTP_HOST"] == "laurel.example"
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1, 2.2.2.2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["REMOTE_ADDR"] == "9.9.9.9"


async def test_a_header_with_an_underscore_can_not_pass_for_another() -> None:
    exchange = await Exchange(echo).run(headers=[(b"x_request_id", b"forged-by-someone")])

    assert "HTTP_X_REQUEST_ID" not in exchange.environ


@pytest.mark.parametrize(
    ("headers", "parts"),
    [
        ([(b"content-length", b"11")], [part(b"12345678901")]),
        ([(b"content-length", b"11"), (b"expect", b"100-continue")], []),
        ([], [part(b"12345678901")]),
        ([], [part(b"123456", more=True), part(b"78901", more=True), part(b"2")]),
    ],
    ids=["declared", "expects 100", "whole", "in parts"],
)
async def test_a_body_over_the_limit_never_reaches_the_application(headers: Any, parts: list[Message]) -> None:
    exchange = await Exchange(echo).run(*parts, headers=headers)

    assert exchange.refused == (413, "body_too_large")
    assert exchange.environ == {}


async def test_a_body_that_trickles_is_given_up(monkeypatch: Any) -> None:
    monkeypatch.setattr(request_bodies, "BODY_SECONDS", 0.01)

    exchange = await Exchange(echo).run(part(b"a", more=True))

    assert exchange.refused == (408, "body_too_slow")
    assert exchange.environ == {}


async def test_a_client_that_leaves_with_its_request_half_sent_costs_no_thread() -> None:
    exchange = await Exchange(echo).run(part(b"a", more=True), {"type": "http.disconnect"})

    assert exchange.sent == []
    assert exchange.environ == {}


async def test_more_requests_than_may_wait_are_refused(monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.core.asgi.thread_lanes.WAITING_MAX", -1)

    exchange = await Exchange(echo).run()

    assert exchange.refused == (503, "busy")


async def test_a_large_response_is_streamed_and_closed_in_order() -> None:
    closed: list[int] = []

    class Rows:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"x" * 700_000] * 3)

        def close(self) -> None:
            closed.append(1)

    def application(environ: Any, start_response: Any) -> Rows:
        start_response("200 OK", [])
        return Rows()

    exchange = await Exchange(application).run()

    assert len(exchange.body) == 2_100_000
    assert [message.get("more_body") for message in exchange.sent] == [None, True, False]
    assert closed == [1]


async def test_a_response_without_a_body_declares_no_length() -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("304 Not Modified", [])
        return []

    exchange = await Exchange(application).run()

    assert exchange.sent[0]["headers"] == []


async def test_an_application_that_fails_is_closed_and_its_error_is_the_servers() -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await Exchange(application).run()


class Crowd:
    """Requests to a bridge with one thread, which the first of them holds until it is let go."""

    def __init__(self, **options: Any) -> None:
        self.is_over = threading.Event()
        self.begun: list[str] = []
        self.refused: list[tuple[str, int, str]] = []
        self.answered: list[str] = []
        self.bridge = WSGIBridge(self._serve, threads=1, bytes_max_of=lambda path: 10, refuse=self._refuse, **options)

    def _serve(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.begun.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] == "/slow":
            self.is_over.wait(10)
        start_response("503 Busy" if environ.get(HAS_FALLBACK) else "200 OK", [])
        return [environ["PATH_INFO"].encode()]

    async def _refuse(self, scope: Any, send: Any, status: int, code: str, detail: str) -> None:
        self.refused.append((scope["path"], status, code))

    async def request(self, path: str, *, leaves: bool = False) -> None:
        scope = {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
        messages = [{"type": "http.request", "body": b""}, *([{"type": "http.disconnect"}] if leaves else [])]

        async def receive() -> Message:
            if messages:
                return messages.pop(0)
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.answered.append(path)

        await self.bridge({**scope, "http_version": "1.1", "scheme": "http", "headers": []}, receive, send)


async def hold_the_thread(crowd: Crowd) -> "asyncio.Task[None]":
    holding = asyncio.create_task(crowd.request("/slow"))
    while not crowd.begun:  # noqa: ASYNC110 - nothing signals that a thread has begun
        await asyncio.sleep(0.001)
    return holding


async def test_who_waits_too_long_for_a_thread_is_refused_and_never_begun(monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.core.asgi.thread_lanes.WAITING_SECONDS_MAX", 0.05)
    crowd = Crowd()
    holding = await hold_the_thread(crowd)

    await crowd.request("/late")
    crowd.is_over.set()
    await holding
    await crowd.request("/next")

    assert crowd.refused == [("/late", 503, "busy")]
    assert crowd.begun == crowd.answered == ["/slow", "/next"]


async def test_a_client_that_leaves_while_it_waits_gives_up_its_turn() -> None:
    crowd = Crowd()
    holding = await hold_the_thread(crowd)

    await crowd.request("/gone", leaves=True)
    crowd.is_over.set()
    await holding
    await crowd.request("/next")

    assert crowd.begun == crowd.answered == ["/slow", "/next"]
    assert crowd.refused == []


async def test_a_lane_of_its_own_goes_on_while_the_threads_of_others_hang() -> None:
    crowd = Crowd(lanes={"/probe": Lane("probes", 1)})
    holding = await hold_the_thread(crowd)

    await crowd.request("/probe")

    assert crowd.answered == ["/probe"]
    crowd.is_over.set()
    await holding


async def test_what_takes_more_than_a_moment_goes_from_the_quick_lane_to_the_ordinary_way() -> None:
    crowd = Crowd(is_quick=lambda scope: scope["path"] == "/quick")

    await crowd.request("/quick")

    assert crowd.begun == ["/quick", "/quick"]
    assert crowd.answered == ["/quick"]


async def test_waiting_for_a_thread_is_charged_to_the_budget() -> None:
    left: list[float] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        left.append(environ[SECONDS_LEFT])
        return echo(environ, start_response)

    await Exchange(application).run(**{SECONDS_LEFT: 1.5})
    await Exchange(application).run()

    assert 1.0 < left[0] <= 1.5
    assert REQUEST_SECONDS - 0.5 < left[1] <= REQUEST_SECONDS


async def test_what_has_its_thread_too_late_is_refused_and_never_runs() -> None:
    def require(scope: Any) -> None:
        raise UnavailableError("database_unavailable", f"{scope['method']} {scope['path']} came too late.")

    exchange = await Exchange(echo, require=require).run()

    assert exchange.refused == (503, "database_unavailable")
    assert exchange.environ == {}
    assert exchange.sent == []
