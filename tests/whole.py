"""Requests through build_environ and the handlers of wsgi.py, in this thread and its transaction."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from achievements_site.wsgi import application
from apps.core.asgi.environ import build_environ

# As a list, a name may come twice.
Headers = dict[str, str] | list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A response as it leaves the handler; each cookie it sets is a header."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)

    def of(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def send(method: str, address: str, headers: Headers, body: bytes = b"") -> Reply:
    """Send a request; what the handler does not catch comes out of here."""
    fields = list(headers.items()) if isinstance(headers, dict) else headers
    if all(name != "Host" for name, _ in fields):
        fields = [("Host", "localhost"), *fields]
    parts = urlsplit(address)
    scope = {
        "type": "http",
        "method": method,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode("latin-1"),
        "http_version": "1.1",
        "scheme": "http",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in fields],
    }
    begun: list[Any] = []
    # As Django's test client does: the connection is the test's.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        chunks: Any = application(build_environ(scope, body), lambda *head: begun.extend(head))
        whole = b"".join(chunks)
        chunks.close()
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
    return Reply(int(begun[0].partition(" ")[0]), begun[1], whole)
