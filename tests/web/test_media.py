"""Pictures served from the local storage."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.templatetags.static import static
from django.test import Client

from achievements_site.wsgi import application
from apps.games.icons import store_icon, to_icon
from tests.factories import make_account
from tests.games.pictures import picture


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "secret_key").write_text("secret")
    return tmp_path / "media"


@pytest.fixture
def put(media_root: Path) -> Callable[[str], str]:
    def write(name: str) -> str:
        path = media_root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")
        return f"/media/{name}"

    return write


def test_an_icon_is_cached_for_ever_by_whoever_requested_it() -> None:
    icon = to_icon(picture())

    response = Client().get(f"/media/{store_icon(icon)}")

    assert response.status_code == 200
    assert response.getvalue() == icon
    assert response["Content-Type"] == "image/png"
    assert response["Content-Length"] == str(len(icon))
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("players/avatars/alice.webp", "image/webp"), ("games/covers/tide_9Xb.jpg", "image/jpeg")],
)
def test_a_picture_whose_name_may_stay_is_requested_again(
    put: Callable[[str], str], name: str, content_type: str
) -> None:
    response = Client().get(put(name))
    again = Client().get(f"/media/{name}", headers={"If-Modified-Since": response["Last-Modified"]})

    assert response.getvalue() == b"picture"
    assert (response["Content-Type"], response["Cache-Control"]) == (
        content_type,
        "public, max-age=3600, must-revalidate",
    )
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", response["Cache-Control"])


@pytest.mark.parametrize(
    "path",
    [
        "../secret_key",
        "games/icons/../../../secret_key",
        "%2e%2e/secret_key",
        "games/icons/..%2f..%2f..%2fsecret_key",
        "/etc/passwd",
        "games/icons/",
        "games/icons/missing.png",
        "games/icons/page.html",
        "games/icons/drawing.svg",
        "games/notes/plan.png",
        "games/icons/a.png%00.txt",
        "games/icons/a.png%0a",
    ],
)
def test_nothing_else_can_be_requested(put: Callable[[str], str], path: str) -> None:
    for name in ("games/icons/page.html", "games/icons/drawing.svg", "games/notes/plan.png", "games/icons/a.png"):
        put(name)

    assert Client().get(f"/media/{path}").status_code == 404


@pytest.mark.django_db
def test_only_reading_is_answered(put: Callable[[str], str]) -> None:
    path = put("games/icons/a.png")

    head = Client().head(path)
    head.close()

    assert (head.status_code, head["Content-Length"]) == (200, "7")
    assert Client().post(path).status_code == 405
    assert Client().delete(path).status_code == 405


@pytest.mark.django_db
def test_a_picture_carries_no_cookie_of_who_requested_it(put: Callable[[str], str]) -> None:
    browser = Client()
    browser.force_login(make_account(), backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie: SimpleCookie = browser.cookies
    environ: dict[str, Any] = {"HTTP_COOKIE": f"sessionid={cookie['sessionid'].value}", "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    environ["PATH_INFO"] = put("games/icons/a.png")
    responses: list[tuple[str, list[tuple[str, str]]]] = []

    body = application(environ, lambda status, headers, exc_info=None: responses.append((status, headers)))

    assert b"".join(body) == b"picture"
    body.close()  # type: ignore[attr-defined]
    ((status, headers),) = responses
    assert status == "200 OK"
    assert {name for name, _ in headers} & {"Set-Cookie", "Vary"} == set()


@pytest.mark.django_db
def test_browsers_find_the_icon_where_a_page_links_none(client: Client) -> None:
    response = client.get("/favicon.ico")

    assert (response.status_code, response["Location"]) == (302, static("img/favicon.png"))
