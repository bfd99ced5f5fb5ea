"""What holds of the answers of every route: cookies and caches, and the headers that keep browsers safe."""

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
    """Ask for every route as one visitor, and return the answers by path."""
    settings.MEDIA_ROOT = str(tmp_path)
    default_storage.save(ICON, ContentFile(b"a picture"))
    # More calls come from one address than anyone is allowed.
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 0)

    def ask(client: Client, **options: Any) -> dict[str, Any]:
        answers = {path: client.get(path, **options) for path in paths(game, alice)}
        for answer in answers.values():
            answer.close()
        return answers

    return ask


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
def test_no_answer_that_may_be_shared_sets_a_cookie(visit: Visit, visitor: Callable[[], Client]) -> None:
    answers = visit(visitor())

    shared = {path for path, answer in answers.items() if is_shared(answer.get("Cache-Control", ""))}
    with_cookie = {path for path, answer in answers.items() if answer.cookies}
    unsaid = {path for path in with_cookie if not answers[path].get("Cache-Control")}
    assert shared & with_cookie == unsaid == set()
    assert {path for path in shared if path.endswith(("palette.css", ".png", "/schema/"))} == {
        path for path in answers if path.endswith(("palette.css", ".png", "/schema/"))
    }


def test_the_colours_of_a_hidden_game_are_its_studios(visit: Visit) -> None:
    member, account = SiteClient(), make_account()
    hidden = make_game(is_published=False, studio=make_studio(owner=account))
    member.force_login(account)
    path = f"/games/{hidden.slug}/palette.css"

    answers = [client.get(path) for client in (nobody(), studio_member(), member)]

    assert [answer.status_code for answer in answers] == [404, 404, 200]
    assert answers[2]["Cache-Control"] == "private, no-store"


def test_every_answer_is_taken_for_what_it_says_it_is(visit: Visit) -> None:
    answers = visit(nobody())

    assert {answer.get("X-Content-Type-Options") for answer in answers.values()} == {"nosniff"}
    assert {answer.get("Strict-Transport-Security") for answer in answers.values()} == {None}
    assert [path for path, answer in answers.items() if answer.get("Location", "").startswith("https")] == []


def test_over_tls_every_answer_says_to_stay_there(visit: Visit, https_only: None) -> None:
    answers = visit(nobody(), secure=True)

    names = ("Strict-Transport-Security", "X-Content-Type-Options")
    headers = {tuple(answer.get(name) for name in names) for answer in answers.values()}
    pages = {path: answer for path, answer in answers.items() if not path.startswith(("/api/", "/media/", *PROBES))}
    assert headers == {(HSTS, "nosniff")}
    assert {answer.get("Referrer-Policy") for answer in pages.values()} == {"strict-origin-when-cross-origin"}
    assert {answer.get("X-Frame-Options") for answer in pages.values()} == {"DENY"}
    assert all("default-src 'self'" in answer["Content-Security-Policy"] for answer in pages.values())


def test_in_the_clear_pages_lead_to_tls_and_the_api_refuses(visit: Visit, https_only: None) -> None:
    answers = visit(nobody())

    by_kind: dict[str, set[Any]] = {"api": set(), "probes": set(), "others": set()}
    for path, answer in answers.items():
        if path.startswith("/api/"):
            by_kind["api"].add((answer.status_code, answer.json()["code"]))
        elif path in PROBES:
            by_kind["probes"].add(answer.status_code)
        else:
            by_kind["others"].add((answer.status_code, answer["Location"] == f"https://testserver{path}"))
    assert by_kind == {"api": {(403, "https_required")}, "probes": {200}, "others": {(301, True)}}
    assert {answer.get("Strict-Transport-Security") for answer in answers.values()} == {None}


@pytest.fixture
def https_only(settings: Any) -> None:
    """As settings.py has it with HTTPS_ONLY."""
    settings.HTTPS_ONLY = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31536000
