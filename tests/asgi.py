"""Requests to the whole ASGI application, in this process."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from achievements_site.asgi import application


@dataclass(frozen=True, slots=True)
class Reply:
    """A response, and how long it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        return orjson.loads(self.body)


async def send_request(
    method: str,
    path: str,
    *,
    query: str = "",
    token: str = "",
    origin: str = "",
    body: Any = None,
    after: float = 0.0,
    headers: Mapping[str, str] | None = None,
    address: str = "127.0.0.1",
    to: Any = None,
) -> Reply:
    """Send a request after so many seconds, whose client stays until it is answered; with an origin, a page's."""
    await asyncio.sleep(after)
    raw = b"" if body is None else orjson.dumps(body)
    headers = {"host": "localhost", "content-length": str(len(raw)), **(headers or {})}
    if body is not None:
        headers["content-type"] = "application/json"
    if token:
        headers["authorization"] = f"Bearer {token}"
    if origin:
        headers["origin"] = origin
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "http_version": "1.1",
        "scheme": "http",
        "client": (address, 50_000),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[dict[str, Any]] = []
    messages = iter([{"type": "http.request", "body": raw}])

    async def receive() -> dict[str, Any]:
        for message in messages:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    began_at = time.monotonic()
    await (to or application)(scope, receive, send)
    names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    whole = b"".join(message.get("body", b"") for message in sent[1:])
    return Reply(sent[0]["status"], names, whole, time.monotonic() - began_at)
