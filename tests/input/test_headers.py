"""Headers of requests, with what no client means: everything is UTF-8, and nothing in a header is an error of ours."""

import re
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest

from apps.core.asgi.environ import build_environ
from apps.games.models import Game
from apps.players.models import Player
from tests.factories import make_account
from tests.input.bodies import World
from tests.stacks import ICON
from tests.whole import Reply, send

CHARSETS = (
    *("undefined", "punycode", "base64", "zlib_codec", "hex", "rot13", "quopri", "idna", "uu", "bz2", "unicode_escape"),
    *("utf-16", "utf-32", "utf-7", "cp037", "latin-1", "none-such", "", "\xe9"),
)
# The ways in which a parameter can be written.
TYPES = [
    *(f"a/b; charset={name}" for name in CHARSETS),
    *("a/b; Charset = hex", 'a/b; charset="hex"', "a/b;charset=utf-8;charset=hex", "a/b; charset*0=he; charset*1=x"),
    *("a/b; charset*=utf-8''hex", "a/b; charset*=undefined''x", "a/b; x*=none-such''y", "a/b; x*=idna''%e9"),
    *(f"a/b; x*{'9' * 5000}=y", 'a"; x="; charset=hex"', r'a/b; x="\"; charset=hex; y="', ";", "a/b; charset"),
]
# Each of these is parsed by somebody on the way.
ODD = [
    *("\xff\xfe", "[", "http://[", "http://[::1", "a/b; x*=undefined''y", f"a/b; x*{'9' * 5000}=y", "9" * 5000, "-1"),
    *("\xb2", "bytes=" + "9" * 5000 + "-", '"', "=", ";", ",", "a=b; c", "W/", "gzip;q=" + "9" * 5000, "gzip;q=nan"),
    *("Mon, 99 Foo 99999 99:99:99 GMT", "Mon, 01 Jan 99999999 00:00:00 GMT", "%ED%A0%80", "Bearer \xff", "Basic \xff"),
]
HEADERS = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Encoding", "Content-Length"),
    *("Content-Type", "Expect", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range"),
    *("If-Unmodified-Since", "Idempotency-Key", "Last-Event-ID", "Origin", "Range", "Referer", "User-Agent"),
    *("X-CSRFToken", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-HTTP-Method-Override"),
    *("X-Request-ID", "X-Requested-With", "Access-Control-Request-Method", "HX-Request", "HX-Current-URL"),
    *("HX-Prompt", "HX-Target", "HX-Trigger", "HX-Boosted", "Triggering-Event"),
)
# With one of these askew, the others may never be read.
DECISIVE = ("Host", "Content-Encoding", "Accept")
COOKIES = ("sessionid", "csrftoken", "messages", "theme", "laurel_device")
SERVER_ERRORS_FROM = 500


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 0)


@pytest.mark.parametrize("content_type", TYPES)
def test_a_charset_changes_no_response(world: World, content_type: str) -> None:
    page = f"/leaderboards/{world.game.slug}/?region=NA&window=week"
    board = f"/api/v1/leaderboards/{world.game.id}?region=NA&window=week"

    for address in (page, board):
        plain, odd = send("GET", address, {}), send("GET", address, {"Content-Type": content_type})

        assert (plain.status, odd.status) == (200, 200)
        assert without_nonces(odd) == without_nonces(plain)


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_body_is_utf_8_whatever_its_charset(world: World, charset: str) -> None:
    address = f"/api/v1/players/by-external-id/{abs(hash(charset))}"
    headers = world.server.headers | {"Content-Type": f"application/json; charset={charset}"}

    made = send("PUT", address, headers, '{"display_name": "Zoë"}'.encode())

    assert (made.status, made.json()["display_name"]) == (201, "Zoë")


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_whoever_logs_in_is_understood_whatever_the_charset(db: None, charset: str, kind: str) -> None:
    account = make_account(password="pässwörd")
    form = send("GET", "/accounts/login/", {})
    cookie = form.of("Set-Cookie").partition(";")[0]
    fields = {
        "csrfmiddlewaretoken": re.findall(r'csrfmiddlewaretoken" value="([^"]+)', form.body.decode())[0],
        "login": account.email,
        "password": "pässwörd",
    }
    is_urlencoded = kind.endswith("urlencoded")
    body = urlencode(fields).encode() if is_urlencoded else multipart(fields)
    content_type = f"{kind}; charset={charset}" + ("" if is_urlencoded else "; boundary=x.y")
    headers = {"Content-Type": content_type, "Cookie": cookie, "Referer": "http://localhost/accounts/login/"}

    response = send("POST", "/accounts/login/", headers, body)

    assert (response.status, response.of("Location")) == (302, "/")


def test_what_else_a_content_type_says_stays() -> None:
    said = {
        "multipart/form-data; boundary=----x*y": "multipart/form-data; boundary=----x*y",
        'multipart/form-data; charset=hex; boundary="a; charset=b"': 'multipart/form-data; boundary="a; charset=b"',
        'text/plain; charset="utf-8"; format=flowed': "text/plain; format=flowed",
        "text/plain;charset=utf-8": "text/plain",
        "text/plain": "text/plain",
    }

    types = {value: content_type_of(value) for value in said}

    assert types == said


def test_no_header_is_an_error_of_ours(game: Game, alice: Player) -> None:
    chosen = ["/livez", "/accounts/login/", "/nowhere/", f"/media/{ICON}", "/static/css/tokens.css"]
    chosen += [f"/games/{game.slug}/palette.css", f"/leaderboards/{game.slug}/", "/portal/"]
    chosen += ["/api/v1/schema/", f"/api/v1/leaderboards/{game.id}", "/api/v1/players/me"]
    together = [name for name in HEADERS if name not in DECISIVE]

    failed = {
        (path, odd[:40], *names)
        for path, odd, names in [
            *product(chosen, ODD, [together]),
            *product([*chosen[:3], chosen[-1]], ODD, [[name] for name in DECISIVE]),
        ]
        if is_our_error(path, dict.fromkeys(names, odd) | cookies(odd))
    }

    assert failed == set()


def cookies(value: str) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name in COOKIES)}


def is_our_error(path: str, headers: dict[str, str]) -> bool:
    try:
        return send("GET", path, headers).status >= SERVER_ERRORS_FROM
    except Exception:  # noqa: BLE001 - whatever comes out of a handler is a bare 500
        return True


def content_type_of(value: str) -> str:
    scope = {
        "method": "GET", "raw_path": b"/", "query_string": b"", "http_version": "1.1", "scheme": "http",
        "headers": [(b"content-type", value.encode())],
    }  # fmt: skip
    return str(build_environ(scope, b"")["CONTENT_TYPE"])


def multipart(fields: dict[str, str]) -> bytes:
    parts = [
        f'--x.y\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    return ("".join(parts) + "--x.y--\r\n").encode()


def without_nonces(reply: Reply) -> str:
    return re.sub(r'(nonce|csrfmiddlewaretoken" value|csrf-token)="?[^"]+"', "", reply.body.decode())
