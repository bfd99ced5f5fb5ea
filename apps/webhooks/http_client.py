"""One request and its response, bounded in time and size, over a connection to a checked address."""

import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import requests
from django.utils.translation import gettext
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from apps.core.errors import DomainError
from apps.webhooks import url_policy
from apps.webhooks.models import BODY_BYTES_MAX

# For all of it: DNS, connecting, TLS, sending, and reading the response.
LIMIT_SECONDS = 3.0
HEADERS_MAX, HEADER_LENGTH_MAX = 50, 500
READ_BYTES = 8192
# The authorities that may sign a receiver's certificate: True for certifi's.
TRUSTED: bool | str = True


def is_success(status: int | None) -> bool:
    """Whether a receiver accepted a delivery; None means that no response came."""
    return status is not None and 200 <= status < 300


@dataclass(frozen=True, slots=True)
class EndpointResponse:
    """The response. `status` is None when none came; `error` then says why, and never quotes the host."""

    duration_ms: int
    status: int | None = None
    error: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @property
    def is_success(self) -> bool:
        return is_success(self.status)


def send(
    url: str, body: bytes, headers: Mapping[str, str], *, limit_seconds: float = LIMIT_SECONDS
) -> EndpointResponse:
    """POST and return the response within the limit; does not follow redirects. Never raises because of a receiver."""
    line = _Line(limit_seconds)
    began_at = time.monotonic()
    try:
        status, answer_headers, answer_body = _exchange(line, url, body, headers)
    except DomainError as error:
        return EndpointResponse(_ms_since(began_at), error=error.detail)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        return EndpointResponse(_ms_since(began_at), error=line.reason_of(error))
    finally:
        line.close()
    return EndpointResponse(_ms_since(began_at), status, "", answer_headers, answer_body)


class _Line:
    """The connection of one request: opened to a checked IP address, and closed when the time is up.

    Socket time-outs restart with every byte, so a receiver could hold a worker forever. The connection is cut through a
    duplicate of its socket, as TLS takes over the socket itself.
    """

    def __init__(self, limit_seconds: float) -> None:
        self._until = time.monotonic() + limit_seconds
        self.limit_seconds = limit_seconds
        self._duplicate: socket.socket | None = None
        self._lock = threading.Lock()
        self._is_cut = False
        self._timer = threading.Timer(limit_seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def open(self, host: str, port: int) -> socket.socket:
        """Connect to the first IP address of the host that accepts. Raises: WebhookUrlRefusedError, OSError."""
        ip_addresses = url_policy.require_ip_addresses(host.strip("[]"), seconds=self._left())
        for number, ip_address in enumerate(ip_addresses, start=1):
            try:
                return self._connect(ip_address, port)
            except OSError:
                if number == len(ip_addresses):
                    raise
        raise OSError("No address.")

    def reason_of(self, error: Exception) -> str:
        """Return in words why there is no response."""
        if self._is_cut or isinstance(error, requests.Timeout | TimeoutError):
            return gettext("No response within {seconds:g} seconds.").format(seconds=self.limit_seconds)
        if isinstance(error, requests.exceptions.SSLError):
            return gettext("The TLS connection failed: {reason}").format(reason=_innermost(error))[:300]
        return gettext("The connection failed: {reason}").format(reason=_innermost(error))[:300]

    def close(self) -> None:
        self._timer.cancel()
        with self._lock:
            if self._duplicate is not None:
                self._duplicate.close()
                self._duplicate = None

    def _connect(self, ip_address: str, port: int) -> socket.socket:
        opened = socket.create_connection((ip_address, port), timeout=max(0.05, self._left()))
        with self._lock:
            if self._is_cut:
                opened.close()
                raise TimeoutError
            self._duplicate = opened.dup()
        return opened

    def _cut(self) -> None:
        with self._lock:
            self._is_cut = True
            if self._duplicate is not None:
                try:
                    self._duplicate.shutdown(socket.SHUT_RDWR)
                except OSError:
                    # It is closed already.
                    return

    def _left(self) -> float:
        return self._until - time.monotonic()


class _Connection(HTTPConnection):
    """A connection that uses the checked socket."""

    def __init__(self, *args: Any, line: _Line, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line = line

    def _new_conn(self) -> socket.socket:
        return self._line.open(self.host, self.port)


class _TLSConnection(HTTPSConnection):
    """The same with TLS: the certificate is still checked against the name in the URL."""

    def __init__(self, *args: Any, line: _Line, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line = line

    def _new_conn(self) -> socket.socket:
        return self._line.open(self.host, self.port)


class _Adapter(HTTPAdapter):
    """Connects through the checked socket only."""

    def __init__(self, line: _Line) -> None:
        self._line = line
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        pool: Any = super().get_connection_with_tls_context(request, verify, proxies=None, cert=cert)
        pool.ConnectionCls = partial(_TLSConnection if pool.scheme == "https" else _Connection, line=self._line)
        return pool


def _exchange(line: _Line, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, list[tuple[str, str]], str]:
    with requests.Session() as session:
        # Use neither a proxy nor a password from the environment.
        session.trust_env = False
        session.headers.clear()
        for scheme in ("https://", "http://"):
            session.mount(scheme, _Adapter(line))
        with session.post(
            url,
            data=body,
            headers=dict(headers),
            allow_redirects=False,
            stream=True,
            timeout=line.limit_seconds,
            verify=TRUSTED,
        ) as response:
            return response.status_code, _headers_of(response), _body_of(response.raw)


def _headers_of(response: requests.Response) -> list[tuple[str, str]]:
    listed = list(response.headers.items())[:HEADERS_MAX]
    return [(_text(name)[:HEADER_LENGTH_MAX], _text(value)[:HEADER_LENGTH_MAX]) for name, value in listed]


def _body_of(raw: HTTPResponse) -> str:
    """Return the beginning of a body as it came; a response that breaks off after its status still counts."""
    read = bytearray()
    try:
        while len(read) < BODY_BYTES_MAX and (piece := raw.read1(READ_BYTES, decode_content=False)):
            read += piece
    except (HTTPError, OSError, ValueError):
        pass
    return _text(bytes(read[:BODY_BYTES_MAX]).decode(errors="replace"))


def _text(text: str) -> str:
    # PostgreSQL's text can't contain NUL.
    return text.replace("\x00", "\ufffd")


def _innermost(error: BaseException) -> str:
    """Return the message of the innermost error: libraries wrap it in their own, with addresses of objects."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return str(error) or type(error).__name__


def _ms_since(began_at: float) -> int:
    return round((time.monotonic() - began_at) * 1000)
