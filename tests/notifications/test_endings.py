"""Open connections end when the word they are open on does."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.clock import now
from apps.core.realtime.socket_closing import CloseCode
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.core.redis import client as redis
from apps.core.redis.client import RedisError
from apps.games.auth import credentials
from apps.games.auth.credentials import Credentials
from apps.games.models import ApiKey, Game
from apps.notifications.connections import tickets
from apps.players import actions
from apps.players.models import Account, Player
from apps.players.tokens import PlayerToken, issue_token
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_key, make_known, make_player
from tests.notifications.conftest import Open, Peer, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account() -> Account:
    return make_account(password="before the flood")


@pytest.fixture
def player(account: Account) -> Player:
    return make_player(account=account)


async def opened(open_socket: Open, path: str = "/ws/notifications/", **headers: str) -> Peer:
    """Open a socket and receive its hello."""
    peer = await open_socket(path, **headers)
    assert (await peer.receive_json_from())["type"] == "hello"
    return peer


async def with_ticket(open_socket: Open, words: Credentials) -> Peer:
    return await opened(open_socket, f"/ws/notifications/?ticket={await in_thread(tickets.issue, words)}")


def path_of_ticket(caller: Api, player: Player) -> str:
    url = caller.post(f"players/{player.id}/socket-ticket").json()["ws_url"]
    return str(url.removeprefix("ws://testserver"))


async def a_round() -> None:
    await watch().round(time.monotonic())


def log_out(cookie: str) -> None:
    client = Client()
    client.cookies.load(cookie)
    assert client.post(reverse("account_logout")).status_code == 302


async def test_who_logs_out_is_let_go_at_once(open_socket: Open, account: Account, player: Player) -> None:
    here, elsewhere = await in_thread(cookie_of, account), await in_thread(cookie_of, account)
    peer, other = await opened(open_socket, cookie=here), await opened(open_socket, cookie=elsewhere)

    await in_thread(log_out, here)

    assert await peer.receive_close() == CloseCode.NOT_AUTHENTICATED == 4401
    assert await other.is_quiet()


async def test_a_lost_hint_is_made_up_by_the_next_round(
    open_socket: Open, account: Account, player: Player, monkeypatch: Any
) -> None:
    cookie = await in_thread(cookie_of, account)
    peer = await opened(open_socket, cookie=cookie)
    monkeypatch.setattr("apps.web.auth.allauth_adapter.request_revalidation", lambda player_id: None)
    await in_thread(log_out, cookie)
    was_open = await peer.is_quiet()

    await a_round()

    assert was_open
    assert await peer.receive_close() == 4401


def ban(account: Account, player: Player) -> None:
    Account.objects.filter(pk=account.pk).update(is_active=False)


def delete_account(account: Account, player: Player) -> None:
    Account.objects.filter(pk=account.pk).delete()


def delete_player(account: Account, player: Player) -> None:
    Player.objects.filter(pk=player.pk).delete()


def change_password(account: Account, player: Player) -> None:
    account.set_password("after the flood")
    account.save()


@pytest.mark.parametrize("end", [ban, delete_account, delete_player, change_password])
async def test_a_session_ends_with_its_account_player_and_password(
    open_socket: Open, account: Account, player: Player, end: Callable[[Account, Player], None]
) -> None:
    peer = await opened(open_socket, cookie=await in_thread(cookie_of, account))
    stranger = await in_thread(lambda: make_player(account=make_account()).account)
    other = await opened(open_socket, cookie=await in_thread(cookie_of, stranger))
    await a_round()
    was_open = await peer.is_quiet()

    await in_thread(end, account, player)
    await a_round()

    assert was_open
    assert await peer.receive_close() == 4401
    assert await other.is_quiet()


@pytest.mark.parametrize("end", [ban, delete_player])
async def test_a_game_client_ends_with_its_player(
    open_socket: Open, account: Account, player: Player, game: Game, end: Callable[[Account, Player], None]
) -> None:
    peer = await with_ticket(open_socket, Credentials(player.id, game.id))

    await in_thread(end, account, player)
    await a_round()

    assert await peer.receive_close() == 4401


async def test_a_revoked_key_ends_what_came_of_its_tickets_and_tokens(
    open_socket: Open, api: Api, alice: Player, game: Game
) -> None:
    key = await in_thread(lambda: make_known(alice, game) and ApiKey.objects.earliest("id"))
    token, _ = issue_token(PlayerToken(alice.id, game.id, is_test=False, key_id=key.id))
    of_key, of_token, of_other = [
        await opened(open_socket, await in_thread(path_of_ticket, caller, alice))
        for caller in (api, Api(token), Api(await in_thread(make_key, game)))
    ]
    await a_round()
    was_open = await of_key.is_quiet() and await of_token.is_quiet()

    await in_thread(lambda: ApiKey.objects.filter(pk=key.pk).update(revoked_at=now()))
    await a_round()

    assert was_open
    assert [await of_key.receive_close(), await of_token.receive_close()] == [4401, 4401]
    assert await of_other.is_quiet()


def delete_the_account(player: Player) -> None:
    actions.delete_account(account=Account.objects.get(player=player))


def take_the_external_id(player: Player) -> None:
    player.external_identities.all().delete()


@pytest.mark.parametrize("end", [delete_the_account, take_the_external_id])
async def test_what_a_key_opened_ends_once_its_game_does_not_know_the_player(
    open_socket: Open, api: Api, player: Player, alice: Player, game: Game, end: Callable[[Player], None]
) -> None:
    await in_thread(lambda: [make_known(known, game) for known in (player, alice)])
    peer, other = [await opened(open_socket, await in_thread(path_of_ticket, api, who)) for who in (player, alice)]
    await a_round()
    was_open = await peer.is_quiet()

    await in_thread(end, player)
    await a_round()

    assert was_open
    assert await peer.receive_close() == 4401
    assert await other.is_quiet()


async def test_a_ticket_of_a_key_revoked_since_opens_nothing(
    open_socket: Open, api: Api, alice: Player, game: Game
) -> None:
    path = await in_thread(lambda: path_of_ticket(api, make_known(alice, game)))
    await in_thread(lambda: ApiKey.objects.filter(game=game).delete())

    peer = await open_socket(path)

    assert await peer.receive_close() == 4401


async def test_a_ticket_of_a_log_in_ends_with_it(
    open_socket: Open, account: Account, player: Player, as_account: Callable[[Account], Api]
) -> None:
    me = await in_thread(as_account, account)
    peer = await opened(open_socket, await in_thread(path_of_ticket, me, player))

    await in_thread(me.client.logout)
    await a_round()

    assert await peer.receive_close() == 4401


def revoke(me: Api, token_id: str) -> None:
    assert me.delete(f"players/me/tokens/{token_id}").status_code == 204


def end_session(me: Api, token_id: str) -> None:
    me.client.logout()


def set_password(me: Api, token_id: str) -> None:
    change_password(Account.objects.get(), Player.objects.get())


@pytest.mark.parametrize("end", [revoke, end_session, set_password])
async def test_what_a_token_of_a_log_in_opened_ends_with_it(
    open_socket: Open,
    account: Account,
    player: Player,
    game: Game,
    as_account: Callable[[Account], Api],
    end: Callable[[Api, str], None],
) -> None:
    me = await in_thread(as_account, account)
    minted = (await in_thread(me.post, "players/me/tokens", {"game_id": str(game.id)})).json()
    peer = await opened(open_socket, await in_thread(path_of_ticket, Api(minted["token"]), player))
    await a_round()
    was_open = await peer.is_quiet()

    await in_thread(end, me, minted["id"])
    await a_round()

    assert was_open
    assert await peer.receive_close() == 4401


async def test_nobody_gets_a_ticket_for_another_player(
    account: Account, player: Player, alice: Player, as_account: Callable[[Account], Api]
) -> None:
    me = await in_thread(as_account, account)

    response = await in_thread(me.post, f"players/{alice.id}/socket-ticket")

    assert (response.status_code, response.json()["code"]) == (404, "player_not_found")
    assert await in_thread(redis.client().keys, "ticket:*") == []


def leave_the_studio(account: Account) -> None:
    account.memberships.all().delete()


def lose_the_account(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(is_active=False)


@pytest.mark.parametrize("end", [leave_the_studio, lose_the_account])
async def test_a_studios_person_who_left_sees_no_tail(
    open_socket: Open, account: Account, game: Game, end: Callable[[Account], Any]
) -> None:
    await in_thread(lambda: make_achievement(game))
    await in_thread(lambda: game.studio.memberships.create(account=account, role="viewer"))
    path = f"/ws/portal/games/{game.id}/unlocks/"
    peer = await opened(open_socket, path, cookie=await in_thread(cookie_of, account), origin="http://testserver")
    await a_round()
    was_open = await peer.is_quiet()

    await in_thread(end, account)
    await a_round()

    assert was_open
    assert await peer.receive_close() == 4401


async def test_while_sessions_can_not_be_read_nobody_is_let_go(
    open_socket: Open, account: Account, player: Player, monkeypatch: Any
) -> None:
    cookie = await in_thread(cookie_of, account)
    peer = await opened(open_socket, cookie=cookie)
    await in_thread(log_out_silently, cookie)

    def refuse(session_keys: object) -> None:
        raise RedisError("down")

    with monkeypatch.context() as patch:
        patch.setattr(credentials, "living_sessions", refuse)
        await a_round()
        stayed_open = await peer.is_quiet()
    await a_round()

    assert stayed_open
    assert await peer.receive_close() == 4401


def log_out_silently(cookie: str) -> None:
    client = Client()
    client.cookies.load(cookie)
    client.logout()


def test_all_connections_are_checked_at_once(account: Account, game: Game, django_assert_num_queries: Any) -> None:
    make_key(game)
    key = ApiKey.objects.get(game=game)
    session_key = cookie_of(account).partition("=")[2]
    players = [make_known(make_player(), game) for _ in range(20)]
    own = make_player(account=account)
    of_games = [Credentials(player.id, game.id, key.id) for player in players]
    of_people = [credentials.of_session(account, session_key, player_id=own.id)] * 20

    with django_assert_num_queries(1):
        held = credentials.hold([*of_games, *of_people])

    assert held == [True] * 40
