"""The page of a game's keys."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.core.clock import now
from apps.games.auth import keys
from apps.games.models import ApiKey, Game
from apps.players.models import Account, Player
from tests.conftest import Api
from tests.factories import make_achievement, make_key
from tests.portal.conftest import text_of

pytestmark = pytest.mark.django_db

KEYS = "/portal/games/tide/keys/"
SCOPES = ["read", "unlocks:write"]


def test_a_new_key_is_shown_once_with_a_ready_line(browser: Client, tide: Game, owner: Account, alice: Player) -> None:
    Player.objects.filter(pk=alice.pk).update(account=owner)
    make_achievement(tide, key="ACH_DRAFT", state="draft", position=1)
    make_achievement(tide, key="ACH_FIRST", position=2)

    answer = browser.post(KEYS, {"name": "Build server", "environment": "live", "scopes": SCOPES})
    page, again = html.unescape(text_of(answer)), html.unescape(text_of(browser.get(KEYS)))
    # Names of permissions may break there.
    again = again.replace("<wbr>", "")

    assert answer.status_code == 201
    assert answer["Cache-Control"] == "private, no-store"
    (token,) = set(re.findall(r"lk_live_[\w-]{32}", page))
    key = ApiKey.objects.get()
    assert (key.digest, key.prefix, key.created_by) == (keys.digest_of(token), token[:12], owner)
    assert f"curl http://testserver/api/v1/achievements/unlock \\\n  -H 'Authorization: Bearer {token}' \\\n" in page
    assert f'-d \'{{"player_id": "{alice.id}", "achievement_id": "ACH_FIRST"}}\'' in page
    assert token not in again
    assert f"{token[:12]}…" in again
    assert "2 permissions</summary>" in again
    assert "<li>Report unlocks, progress and play time <code>unlocks:write</code></li>" in again
    assert again.count("<li>Revoke and restore unlocks <code>unlocks:revoke</code></li>") == 0
    assert ">Revoke and restore unlocks; live keys only <code>unlocks:revoke</code></label>" in again


def test_a_publishable_key_is_shown_as_one_that_may_be_shipped(browser: Client, tide: Game) -> None:
    form = {"name": "Web build", "environment": "live", "kind": "publishable", "scopes": SCOPES}
    origins = "https://Play.example/\nhttp://localhost:8080"

    answer = browser.post(KEYS, {**form, "allowed_origins": origins})
    again = text_of(browser.get(KEYS))

    key = ApiKey.objects.get()
    assert (answer.status_code, key.kind, key.scopes) == (201, "publishable", [])
    assert key.allowed_origins == ["https://play.example", "http://localhost:8080"]
    assert key.digest == keys.digest_of(key.text)
    assert "This key may be shipped inside the game." in text_of(answer)
    assert "curl" not in text_of(answer)
    assert key.text in again
    assert "May be shipped · https://play.example · http://localhost:8080" in again


def test_a_publishable_key_without_origins_is_shown_as_one_that_no_web_page_may_send(
    browser: Client, tide: Game
) -> None:
    browser.post(KEYS, {"name": "Desktop build", "environment": "live", "kind": "publishable"})

    page = text_of(browser.get(KEYS))

    assert ApiKey.objects.get().allowed_origins == []
    assert "May be shipped · Not from web pages" in page


@pytest.mark.parametrize(
    "origin",
    ["play.example", "https://play.example/path", "https://", "*", "null", "https://play.example:0", "x" * 300],
)
def test_what_is_no_origin_is_reported_and_creates_no_key(browser: Client, tide: Game, origin: str) -> None:
    form = {"name": "Web build", "environment": "live", "kind": "publishable", "allowed_origins": origin}

    response = browser.post(KEYS, form)

    assert response.status_code == 422
    assert "is no origin" in text_of(response)
    assert ApiKey.objects.count() == 0


def test_a_test_keys_line_reaches_a_draft(browser: Client, tide: Game) -> None:
    make_achievement(tide, key="ACH_DRAFT", state="draft")

    page = html.unescape(text_of(browser.post(KEYS, {"name": "Laptop", "environment": "test", "scopes": SCOPES})))

    assert '"achievement_id": "ACH_DRAFT"' in page
    assert '"player_id": "PLAYER_ID"' in page
    assert ApiKey.objects.get().environment == "test"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"environment": "staging"},
        {"environment": ""},
        {"scopes": []},
        {"scopes": ["all"]},
        {"environment": "test", "scopes": ["unlocks:revoke"]},
    ],
)
def test_a_wrong_key_form_is_reported_and_creates_none(browser: Client, tide: Game, wrong: dict[str, Any]) -> None:
    response = browser.post(KEYS, {"name": "Key", "environment": "live", "scopes": SCOPES, **wrong})

    assert response.status_code == 422
    assert "field__error" in text_of(response)
    assert ApiKey.objects.count() == 0


def test_the_list_says_when_a_key_was_last_used_and_revoked(browser: Client, tide: Game) -> None:
    moment = now().replace(year=2026, month=5, day=3)
    make_key(tide, last_used_at=moment)
    make_key(tide, "test")
    make_key(tide, revoked_at=moment - timedelta(days=1))

    page = text_of(browser.get(KEYS))

    assert page.count(">Live</span>") == 2
    assert page.count(">Test</span>") == 1
    assert "3 May 2026" in page
    assert page.count(">Never</span>") == 2
    assert page.count("/revoke/") == 2
    assert ">Revoked</span>" in page
    assert "2 May 2026" in page


def test_a_key_revoked_in_the_portal_is_refused_by_the_api(browser: Client, shown_tide: Game, alice: Player) -> None:
    achievement = make_achievement(shown_tide)
    api = Api(make_key(shown_tide))
    assert api.unlock(alice, achievement).status_code == 201

    response = browser.post(f"{KEYS}{ApiKey.objects.get().id}/revoke/", follow=True)

    assert "Tests is revoked. Whoever uses it is refused now." in text_of(response)
    assert api.unlock(alice, achievement).json()["code"] == "key_revoked"
