"""API keys: made, shown once, revoked."""

from collections.abc import Callable
from http.client import HTTPConnection
from json import dumps, loads
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError, transaction

from apps.core.errors import InvalidError
from apps.games.actions import create_api_key, revoke_api_key
from apps.games.actions.api_keys import ACTIVE_MAX, TooManyKeysError
from apps.games.auth import keys
from apps.games.models import Achievement, ApiKey, Game, Membership
from apps.players.models import Account, Player
from apps.unlocks.models import SandboxUnlock, Unlock
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_player, make_publishable_key
from tests.live import wait_until
from tests.supervised import Stack


@pytest.mark.django_db
@pytest.mark.parametrize("environment", ["live", "test"])
def test_only_a_digest_of_a_key_is_stored(game: Game, environment: keys.Environment) -> None:
    account = make_account()

    issued = create_api_key(game=game, name=" Build server ", environment=environment, created_by=account)

    row = ApiKey.objects.values().get()
    assert issued.token.startswith(f"lk_{environment}_")
    assert len(issued.token) == len("lk_live_") + 32
    assert row["digest"] == keys.digest_of(issued.token)
    assert (row["name"], row["prefix"], row["created_by_id"]) == ("Build server", issued.token[:12], account.id)
    assert issued.token not in str(row)


@pytest.mark.django_db
def test_keys_act_for_their_game_and_environment(game: Game, achievement: Achievement, alice: Player) -> None:
    live = Api(create_api_key(game=game, name="Live", environment="live").token)
    test = Api(create_api_key(game=game, name="Test", environment="test").token)

    assert live.unlock(alice, achievement).status_code == 201
    assert test.unlock(alice, achievement).status_code == 201
    assert (Unlock.objects.count(), SandboxUnlock.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_revoked_key_stops_here_at_once_and_elsewhere_within_five_seconds(
    game: Game, achievement: Achievement, alice: Player, bob: Player
) -> None:
    issued = create_api_key(game=game, name="Live", environment="live")
    api = Api(issued.token)
    assert api.unlock(alice, achievement).status_code == 201

    revoke_api_key(key=issued.key)

    answer = api.unlock(bob, achievement)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_revoked")
    assert Unlock.objects.count() == 1
    assert keys.CACHE_SECONDS < 5


@pytest.mark.django_db
def test_another_process_reads_a_revoked_key_again_when_its_copy_is_old(
    game: Game, achievement: Achievement, alice: Player, bob: Player, monkeypatch: Any
) -> None:
    issued = create_api_key(game=game, name="Live", environment="live")
    api = Api(issued.token)
    api.unlock(alice, achievement)
    monkeypatch.setattr(keys.cache, "clear", lambda: None)
    revoke_api_key(key=issued.key)

    clock = keys.time.monotonic()
    monkeypatch.setattr(keys.time, "monotonic", lambda: clock + keys.CACHE_SECONDS + 0.1)

    assert api.unlock(bob, achievement).json()["code"] == "key_revoked"


@pytest.mark.django_db
def test_revoking_twice_keeps_the_first_time(game: Game) -> None:
    key = create_api_key(game=game, name="Live", environment="live").key

    first = revoke_api_key(key=key).revoked_at
    second = revoke_api_key(key=ApiKey.objects.get(pk=key.pk)).revoked_at

    assert first is not None
    assert second == first


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "environment"), [("", "live"), ("x" * 61, "live"), ("Key", "staging")])
def test_a_key_without_a_name_or_environment_is_refused(game: Game, name: str, environment: Any) -> None:
    with pytest.raises(InvalidError):
        create_api_key(game=game, name=name, environment=environment)

    assert ApiKey.objects.count() == 0


@pytest.mark.django_db
def test_the_keys_in_use_are_bounded(game: Game) -> None:
    issued = [create_api_key(game=game, name="Key", environment="live") for _ in range(ACTIVE_MAX)]

    with pytest.raises(TooManyKeysError):
        create_api_key(game=game, name="One more", environment="live")
    create_api_key(game=make_game(), name="Elsewhere", environment="live")
    revoke_api_key(key=issued[0].key)
    create_api_key(game=game, name="One more", environment="live")

    assert ApiKey.objects.filter(game=game, revoked_at=None).count() == ACTIVE_MAX


def test_a_key_revoked_in_one_process_is_refused_by_another_within_five_seconds(live_orm: Stack) -> None:
    achievement, player = make_achievement(make_game()), make_player()
    issued = create_api_key(game=achievement.game, name="Live", environment="live")
    body = dumps({"player_id": str(player.id), "achievement_id": achievement.key})

    def answer() -> tuple[int, str | None]:
        connection = HTTPConnection(urlsplit(live_orm.base_url).netloc, timeout=5)
        headers = {"Authorization": f"Bearer {issued.token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/achievements/unlock", body, headers)
        response = connection.getresponse()
        found = response.status, loads(response.read()).get("code")
        connection.close()
        return found

    before = [answer(), answer()]
    revoke_api_key(key=issued.key)

    assert before == [(201, None), (200, None)]
    wait_until(lambda: answer() == (401, "key_revoked"), "the web process refuses the key", seconds=5)


@pytest.mark.django_db
def test_the_management_api_creates_publishable_keys_and_lists_their_text(
    game: Game, as_account: Callable[[Account], Api]
) -> None:
    owner = make_account()
    Membership.objects.create(studio=game.studio, account=owner, role="owner")
    person, path = as_account(owner), f"manage/games/{game.id}/keys"
    wanted = {"name": "Web build", "environment": "test", "kind": "publishable"}

    created = person.post(path, {**wanted, "allowed_origins": ["HTTPS://play.example:443/", "https://play.example"]})
    refused = [
        person.post(path, {**wanted, "scopes": ["read"]}),
        person.post(path, {**wanted, "allowed_origins": ["null"]}),
        person.post(path, {**wanted, "allowed_origins": [f"https://p{number}.example" for number in range(21)]}),
        person.post(path, {**wanted, "kind": "secret", "allowed_origins": ["https://play.example"]}),
        person.post(path, {**wanted, "kind": "open"}),
    ]

    listed = person.get(path).json()["results"]
    assert (created.status_code, len(listed)) == (201, 1)
    assert created.json()["token"] == created.json()["text"] == listed[0]["text"]
    assert created.json()["text"].startswith("lk_pub_test_")
    assert (listed[0]["allowed_origins"], listed[0]["scopes"]) == (["https://play.example"], [])
    assert [response.json()["errors"][0]["pointer"] for response in refused] == [
        "/scopes", "/allowed_origins", "/allowed_origins", "/allowed_origins", "/kind"
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"scopes": ["read"]}, {"text": ""}, {"kind": "secret"}], ids=["scopes", "no text", "secret"]
)
def test_the_database_refuses_a_publishable_key_that_permits_more(game: Game, change: dict[str, Any]) -> None:
    make_publishable_key(game, "live", "https://play.example")

    with pytest.raises(IntegrityError, match="api_key_kind_check"), transaction.atomic():
        ApiKey.objects.update(**change)
