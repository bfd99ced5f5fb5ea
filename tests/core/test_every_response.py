"""What holds of the responses of every route: cookies and caches, and the headers that keep browsers safe."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from apps.core.http.security import is_shared
from apps.games.models import Game
from apps.players.models import Player
from tests.factories import make_account, make_game, make_studio
from tests.stacks import ICON, SiteClient, paths

HSTS = "max-age=31536000"
PROBES = {"/livez", "/readyz", "/metrics"}
Visit = Callable[..., dict[str, Any]]


@pytest.fixture
def visit(game: Game, alice: Player, settings: Any, tmp_path: Any) -> Visit:
    """Request every route as one visitor, and return the responses by path."""
    settings.MEDIA_ROOT = str(tmp_path)
    default_storage.save(ICON, ContentFile(b"a picture"))
    # More calls come from one address than anyone is allowed.
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 0)

    def request_all(client: Client, **options: Any) -> dict[str, Any]:
        responses = {path: client.get(path, **options) for path in paths(game, alice)}
        for response in responses.values():
            response.close()
        return responses

    return request_all


def nobody() -> Client:
    return SiteClient()


def studio_member() -> Client:
    client, account = SiteClient(), make_account()
    make_studio(owner=account)
    client.force_login(account)
    client.cookies["csrftoken"] = "a" * 32
    client.cookies["messages"] = "left over"
    return client


@pytest.mark.parametrize("visitor", [nobody, studio_member], ids=lambda maker: maker.__name__)
def test_no_response_that_may_be_shared_sets_a_cookie(visit: Visit, visitor: Callable[[], Client]) -> None:
    responses = visit(visitor())

    shared = {path for path, response in responses.items() if is_shared(response.get("Cache-Control", ""))}
    with_cookie = {path for path, response in responses.items() if response.cookies}
    unsaid = {path for path in with_cookie if not responses[path].get("Cache-Control")}
    assert shared & with_cookie == unsaid == set()
    assert {path for path in shared if path.endswith(("palette.css", ".png", "/schema/"))} == {
        path for path in responses if path.endswith(("palette.css", ".png", "/schema/"))
    }


def test_the_colours_of_a_hidden_game_are_its_studios(visit: Visit) -> None:
    member, account = SiteClient(), make_account()
    hidden = make_game(is_published=False, studio=make_studio(owner=account))
    member.force_login(account)
    path = f"/games/{hidden.slug}/palette.css"

    responses = [client.get(path) for client in (nobody(), studio_member(), member)]

    assert [response.status_code for response in responses] == [404, 404, 200]
    assert responses[2]["Cache-Control"] == "private, no-store"


def test_every_response_is_taken_for_what_it_says_it_is(visit: Visit) -> None:
    responses = visit(nobody())

    assert {response.get("X-Content-Type-Options") for response in responses.values()} == {"nosniff"}
    assert {response.get("Strict-Transport-Security") for response in responses.values()} == {None}
    assert [path for path, response in responses.items() if response.get("Location", "").startswith("https")] == []


def test_over_tls_every_response_says_to_stay_there(visit: Visit, https_only: None) -> None:
    responses = visit(nobody(), secure=True)

    names = ("Strict-Transport-Security", "X-Content-Type-Options")
    headers = {tuple(response.get(name) for name in names) for response in responses.values()}
    pages = {
        path: response for path, response in responses.items() if not path.startswith(("/api/", "/media/", *PROBES))
    }
    assert headers == {(HSTS, "nosniff")}
    assert {response.get("Referrer-Policy") for response in pages.values()} == {"strict-origin-when-cross-origin"}
    assert {response.get("X-Frame-Options") for response in pages.values()} == {"DENY"}
    assert all("default-src 'self'" in response["Content-Security-Policy"] for response in pages.values())


def test_in_the_clear_pages_lead_to_tls_and_the_api_refuses(visit: Visit, https_only: None) -> None:
    responses = visit(nobody())

    by_kind: dict[str, set[Any]] = {"api": set(), "probes": set(), "others": set()}
    for path, response in responses.items():
        if path.startswith("/api/"):
            by_kind["api"].add((response.status_code, response.json()["code"]))
        elif path in PROBES:
            by_kind["probes"].add(response.status_code)
        else:
            by_kind["others"].add((response.status_code, response["Location"] == f"https://testserver{path}"))
    assert by_kind == {"api": {(403, "https_required")}, "probes": {200}, "others": {(301, True)}}
    assert {response.get("Strict-Transport-Security") for response in responses.values()} == {None}


@pytest.fixture
def https_only(settings: Any) -> None:
    """As settings.py has it with HTTPS_ONLY."""
    settings.HTTPS_ONLY = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31536000
