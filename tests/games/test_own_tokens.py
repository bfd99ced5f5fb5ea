"""Tokens that people mint where they are logged in: good while that log-in is, listed and revoked."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.signing import Signer
from django.db.utils import OperationalError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.core.redis.client import RedisUnavailableError
from apps.games.actions import delete_tokens
from apps.games.auth import known_tokens as module
from apps.games.auth.keys import UNCHECKED_SECONDS_MAX
from apps.games.auth.known_tokens import CHECKED_SECONDS_MAX, IDLE_SECONDS, known_tokens
from apps.games.models import Game, TokenGrant
from apps.players import actions, link_codes
from apps.players.actions import link_player
from apps.players.models import Account, Player
from apps.players.tokens import PREFIX
from apps.unlocks.models import Unlock
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_known, make_player, make_token

pytestmark = pytest.mark.django_db
PASSWORD = "before the flood"


class Clock:
    """The clock by which tokens are checked, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: Any) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def account() -> Account:
    return make_account(password=PASSWORD)


@pytest.fixture
def player(account: Account) -> Player:
    return make_player(handle="wren", account=account)


@pytest.fixture
def person(as_account: Callable[[Account], Api], player: Player, account: Account) -> Api:
    return as_account(account)


def mint(person: Api, game: Game) -> dict[str, Any]:
    response = person.post("players/me/tokens", {"game_id": str(game.id)})
    assert response.status_code == 201, response.content
    return dict(response.json())


def who(token: str) -> tuple[int, str]:
    """Return what a call with a token answers: its player's handle, or the code it was refused with."""
    response = Api(token).get("players/me")
    return response.status_code, response.json().get("handle") or response.json()["code"]


def log_out(person: Api, player: Player) -> None:
    person.client.post(reverse("account_logout"))


def change_password(person: Api, player: Player) -> None:
    body = {"oldpassword": PASSWORD, "password1": "after the flood!", "password2": "after the flood!"}
    assert person.client.post(reverse("account_change_password"), body).status_code == 302


def have_password_set(person: Api, player: Player) -> None:
    account = Account.objects.get(player=player)
    account.set_password("after the flood")
    account.save()


def deactivate(person: Api, player: Player) -> None:
    Account.objects.filter(player=player).update(is_active=False)


def delete_account(person: Api, player: Player) -> None:
    Account.objects.filter(player=player).delete()


def delete_player(person: Api, player: Player) -> None:
    Player.objects.filter(pk=player.pk).delete()


def transfer_player(person: Api, player: Player) -> None:
    Player.objects.filter(pk=player.pk).update(account=make_account())


def revoke_elsewhere(person: Api, player: Player) -> None:
    TokenGrant.objects.update(revoked_at="2026-11-29T00:00:00Z")


ENDINGS = [
    log_out, change_password, have_password_set, deactivate, delete_account, delete_player, transfer_player,
    revoke_elsewhere,
]  # fmt: skip


@pytest.mark.parametrize("checked_by", ["request", "round"])
@pytest.mark.parametrize("end", ENDINGS)
def test_a_token_dies_within_five_seconds_of_what_it_came_from(
    person: Api, player: Player, game: Game, clock: Clock, end: Callable[[Api, Player], None], checked_by: str
) -> None:
    token, of_another = mint(person, game)["token"], make_token(make_player(handle="other"), game)
    before = who(token), who(of_another)

    end(person, player)
    if checked_by == "round":
        known_tokens.round()
    else:
        clock.seconds += CHECKED_SECONDS_MAX + 0.1

    assert CHECKED_SECONDS_MAX < 5
    assert before == ((200, "wren"), (200, "other"))
    assert who(token) == (401, "token_revoked")
    assert who(of_another) == (200, "other")


@pytest.mark.parametrize("end", [deactivate, delete_player])
def test_a_token_of_a_key_dies_with_its_player_too(
    player: Player, game: Game, clock: Clock, end: Callable[[Api, Player], None]
) -> None:
    token = make_token(player, game)
    before = who(token)

    end(Api(), player)
    clock.seconds += CHECKED_SECONDS_MAX + 0.1

    assert before == (200, "wren")
    assert who(token) == (401, "token_revoked")


def delete_by_operator(player: Player) -> None:
    actions.delete_account(account=Account.objects.get(player=player))


def take_external_id(player: Player) -> None:
    player.external_identities.filter(environment="live").delete()


@pytest.mark.parametrize("end", [delete_by_operator, take_external_id])
def test_a_token_of_a_key_dies_once_its_game_does_not_know_the_player(
    player: Player, alice: Player, game: Game, clock: Clock, end: Callable[[Player], None]
) -> None:
    make_known(make_known(player, make_game()), game, "test")
    token, of_another = make_token(player, game), make_token(alice, game)
    before = who(token)

    end(player)
    clock.seconds += CHECKED_SECONDS_MAX + 0.1

    assert before == (200, "wren")
    assert who(token) == (401, "token_revoked")
    assert who(of_another) == (200, "alice")


def test_a_token_of_a_key_follows_its_player_into_a_merge_until_the_game_knows_them_no_more(
    player: Player, alice: Player, game: Game, clock: Clock
) -> None:
    token = make_token(alice, game)
    link_player(account_id=player.account_id, code=link_codes.issue(alice.id))
    clock.seconds += CHECKED_SECONDS_MAX + 0.1
    merged = who(token)

    take_external_id(player)
    clock.seconds += CHECKED_SECONDS_MAX + 0.1

    assert merged == (200, "wren")
    assert who(token) == (401, "token_revoked")


def test_a_dead_token_writes_nothing(person: Api, player: Player, game: Game, clock: Clock) -> None:
    achievement = make_achievement(game, setter="client")
    token = mint(person, game)["token"]
    log_out(person, player)
    known_tokens.round()

    response = Api(token).post("achievements/unlock", {"player_id": "me", "achievement_id": achievement.key})

    assert (response.status_code, response.json()["code"]) == (401, "token_revoked")
    assert not Unlock.objects.exists()


def test_another_log_in_of_the_same_account_lives_on(
    person: Api, player: Player, account: Account, game: Game, as_account: Callable[[Account], Api]
) -> None:
    here, elsewhere = mint(person, game)["token"], mint(as_account(account), game)["token"]

    log_out(person, player)
    known_tokens.round()

    assert (who(here), who(elsewhere)) == ((401, "token_revoked"), (200, "wren"))


def test_a_token_costs_a_check_once_and_no_query_a_request(
    person: Api, player: Player, game: Game, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token = mint(person, game)["token"]

    # The grant, what became of it, and the player who is read.
    with django_assert_num_queries(3):
        who(token)
    with django_assert_num_queries(1):
        who(token)


def test_a_round_checks_all_tokens_in_use_at_once_and_drops_the_others(
    person: Api, player: Player, game: Game, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    idle = mint(person, game)["token"]
    who(idle)
    clock.seconds += IDLE_SECONDS + 1
    used = [mint(person, game)["token"], make_token(make_player(), game), make_token(make_player(), game)]
    for token in used:
        who(token)

    with django_assert_num_queries(1):
        known_tokens.round()
    clock.seconds += CHECKED_SECONDS_MAX - 0.1
    with django_assert_num_queries(1):
        assert who(used[0])[0] == 200
    with django_assert_num_queries(3):
        assert who(idle)[0] == 200


def test_redis_being_down_logs_nobody_out(person: Api, player: Player, game: Game, clock: Clock) -> None:
    token = mint(person, game)["token"]
    who(token)

    with patch("apps.games.auth.credentials.living_sessions", side_effect=RedisUnavailableError):
        known_tokens.round()
        clock.seconds += CHECKED_SECONDS_MAX + 0.1
        meanwhile = who(token)

    assert meanwhile == (200, "wren")
    assert who(token) == (200, "wren")


def test_while_postgresql_is_down_what_was_valid_stays_valid_for_ten_minutes(
    person: Api, player: Player, game: Game, clock: Clock
) -> None:
    token, unseen = mint(person, game)["token"], mint(person, game)["token"]
    who(token)

    with (
        patch.object(module, "states_of", side_effect=OperationalError("down")),
        patch.object(module, "failure_detector", SimpleNamespace(is_suspected=True)),
    ):
        clock.seconds += UNCHECKED_SECONDS_MAX - 1
        known, unknown = who(token), who(unseen)
        clock.seconds += 2
        late = who(token)

    assert UNCHECKED_SECONDS_MAX == 600
    assert known == (200, "wren")
    assert unknown == late == (503, "database_unavailable")


def test_a_token_whose_source_is_unknown_is_refused(player: Player, game: Game) -> None:
    def token(source: str) -> str:
        fields = ".".join([player.id.hex, game.id.hex, "live", source, "4102444800"])
        return PREFIX + Signer(salt="laurel.player-token").sign(fields)

    assert who(token("-")) == (401, "invalid_token")
    assert who(token("g")) == (401, "invalid_token")
    assert who(token(f"g{uuid4().hex}")) == (401, "token_revoked")


def test_a_grant_is_no_pass_for_another_player_or_game(person: Api, player: Player, alice: Player, game: Game) -> None:
    mint(person, game)
    grant = TokenGrant.objects.get()
    for player_id, game_id in ((alice.id, game.id), (player.id, make_game().id)):
        fields = ".".join([player_id.hex, game_id.hex, "live", f"g{grant.id.hex}", "4102444800"])

        assert who(PREFIX + Signer(salt="laurel.player-token").sign(fields)) == (401, "token_revoked")


def test_the_session_is_stored_encrypted(person: Api, game: Game) -> None:
    mint(person, game)

    session_key = person.client.session.session_key
    grant = TokenGrant.objects.get()

    assert session_key
    assert session_key not in grant.sealed_session
    assert len(grant.password_mark) == 32


def test_tokens_are_listed_and_revoked(
    person: Api, player: Player, game: Game, as_player: Callable[[Player], Api], alice: Player
) -> None:
    first, second = mint(person, game), mint(person, make_game())
    mint(as_player(alice), game)

    listed = person.get("players/me/tokens").json()["results"]
    responses = [person.delete(f"players/me/tokens/{first['id']}").status_code for _ in range(2)]

    assert [(item["id"], item["game_id"]) for item in listed] == [
        (second["id"], second["game_id"]),
        (first["id"], str(game.id)),
    ]
    assert responses == [204, 204]
    assert (who(first["token"]), who(second["token"])) == ((401, "token_revoked"), (200, "wren"))
    assert [item["id"] for item in person.get("players/me/tokens").json()["results"]] == [second["id"]]


def test_what_has_ended_by_itself_is_not_listed(
    person: Api, player: Player, account: Account, game: Game, as_account: Callable[[Account], Api]
) -> None:
    other = as_account(account)
    mint(other, game)
    valid = mint(person, game)

    other.client.logout()

    assert [item["id"] for item in person.get("players/me/tokens").json()["results"]] == [valid["id"]]


def test_nobody_revokes_another_persons_token(
    person: Api, game: Game, alice: Player, as_player: Callable[[Player], Api]
) -> None:
    minted = mint(person, game)

    response = as_player(alice).delete(f"players/me/tokens/{minted['id']}")

    assert (response.status_code, response.json()["code"]) == (404, "token_not_found")
    assert TokenGrant.objects.get().revoked_at is None
    assert who(minted["token"]) == (200, "wren")


def test_the_page_lists_connected_games_and_disconnects_them(person: Api, player: Player) -> None:
    minted = mint(person, make_game(name="Hollow Tide"))
    client: Client = person.client
    before = client.get("/account/tokens/").content.decode()

    after = client.post("/account/tokens/", {"token": minted["id"]}, follow=True)

    assert "Hollow Tide" in before
    assert after.redirect_chain == [("/account/tokens/", 302)]
    assert "No connected games" in after.content.decode()
    assert "Disconnected." in after.content.decode()
    assert who(minted["token"]) == (401, "token_revoked")


@pytest.mark.parametrize("token", ["", "nonsense", "01a2254a-91a5-70ba-9e5c-5d915331657d"])
def test_the_page_takes_what_is_gone_as_gone(person: Api, game: Game, token: str) -> None:
    minted = mint(person, game)

    page = person.client.post("/account/tokens/", {"token": token}, follow=True)

    assert "already disconnected" in page.content.decode()
    assert who(minted["token"]) == (200, "wren")


def test_strangers_log_in_before_they_see_the_page(client: Client) -> None:
    assert client.get("/account/tokens/").url.startswith("/accounts/login/")  # type: ignore[attr-defined]


def test_a_token_minted_before_a_merger_speaks_for_whom_its_player_became(
    api: Api, game: Game, alice: Player, as_player: Callable[[Player], Api], clock: Clock
) -> None:
    achievement = make_achievement(game, setter="client")
    guest = make_known(make_player(handle="guest"), game)
    token = api.post(f"players/{guest.id}/tokens").json()["token"]
    before = who(token)
    code = api.post(f"players/{guest.id}/link-codes").json()["code"]
    as_player(alice).post("players/me/links", {"code": code})
    clock.seconds += CHECKED_SECONDS_MAX + 0.1

    client = Api(token)

    assert (before, who(token)) == ((200, "guest"), (200, "alice"))
    for player_id in ("me", str(guest.id), str(alice.id)):
        body = {"player_id": player_id, "achievement_id": achievement.key}
        assert client.post("achievements/unlock", body).status_code in {200, 201}
        assert client.get(f"players/{player_id}/progress").status_code == 200
    for player_id in (guest.id, alice.id):
        assert client.post(f"players/{player_id}/socket-ticket").status_code == 201
    assert client.get("players/me/notifications").status_code == 200


def test_grants_are_deleted_a_week_after_their_tokens_expired(person: Api, game: Game) -> None:
    for _ in range(3):
        mint(person, game)
    old, recent, _ = TokenGrant.objects.order_by("id")
    TokenGrant.objects.filter(pk=old.pk).update(expires_at="2026-01-01T00:00:00Z")

    assert (delete_tokens(rows_max=10), delete_tokens(rows_max=10)) == (1, 0)
    assert TokenGrant.objects.filter(pk=recent.pk).exists()
