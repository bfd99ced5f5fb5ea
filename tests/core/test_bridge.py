"""HTTP on its way from ASGI into a WSGI application and back."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from apps.core.asgi import bodies
from apps.core.asgi.bridge import WSGIBridge

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
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1,2.2.2.2"
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
    ids=["declared", "asked first", "whole", "in parts"],
)
async def test_a_body_over_the_limit_never_reaches_the_application(headers: Any, parts: list[Message]) -> None:
    exchange = await Exchange(echo).run(*parts, headers=headers)

    assert exchange.refused == (413, "body_too_large")
    assert exchange.environ == {}


async def test_a_body_that_trickles_is_given_up(monkeypatch: Any) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.01)

    exchange = await Exchange(echo).run(part(b"a", more=True))

    assert exchange.refused == (408, "body_too_slow")
    assert exchange.environ == {}


async def test_a_client_that_leaves_with_its_request_half_sent_costs_no_thread() -> None:
    exchange = await Exchange(echo).run(part(b"a", more=True), {"type": "http.disconnect"})

    assert exchange.sent == []
    assert exchange.environ == {}


async def test_more_requests_than_may_wait_are_turned_away(monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.core.asgi.bridge.WAITING_MAX", -1)

    exchange = await Exchange(echo).run()

    assert exchange.refused == (503, "busy")


async def test_a_large_answer_is_streamed_and_closed_in_order() -> None:
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


async def test_an_answer_without_a_body_declares_no_length() -> None:
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
