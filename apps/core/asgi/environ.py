"""Builds the WSGI environ of an ASGI request."""

import re
import sys
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from apps.core.asgi.request_bodies import Scope

_UNPREFIXED = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_PARAMETER = re.compile(r';\s*([^\s;="]+)\s*=\s*("[^"\\]*"|[^\s;"\\]+)')


def build_environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """Return the environ of a request with its complete body."""
    raw_path: bytes = scope["raw_path"]
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": (unquote_to_bytes(raw_path) if b"%" in raw_path else raw_path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        variable = _variable(name)
        if variable in environ:
            # With a space, which distinguishes two values from one with a comma.
            environ[variable] += f"{'; ' if variable == 'HTTP_COOKIE' else ', '}{value.decode('latin-1')}"
        elif variable:
            environ[variable] = value.decode("latin-1")
    if ";" in environ.get("CONTENT_TYPE", ""):
        environ["CONTENT_TYPE"] = _without_charset(environ["CONTENT_TYPE"])
    if body:
        # Also for chunked bodies, which declare no length.
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


@lru_cache(maxsize=512)
def _variable(name: bytes) -> str:
    """Return a header's variable; "" for a name with an underscore, which could imitate another header."""
    text = name.decode("latin-1")
    return "" if "_" in text else _UNPREFIXED.get(text) or f"HTTP_{text.upper().replace('-', '_')}"


def _without_charset(content_type: str) -> str:
    """Return a Content-Type without its charset: everything here is UTF-8, and Django would decode queries by it.

    Python codecs that are no charsets (hex, undefined) raise there, and so do RFC 2231's encoded parameters
    (x*=idna''y), which no type needs. Malformed parameters are dropped too, as parsers differ on them.
    """
    if "charset" not in content_type.lower() and "*" not in content_type:
        return content_type
    parameters = [
        f"{name}={value}"
        for name, value in _PARAMETER.findall(content_type)
        if "*" not in name and name.lower() != "charset"
    ]
    return "; ".join([re.split('[;"]', content_type)[0].strip(), *parameters])
