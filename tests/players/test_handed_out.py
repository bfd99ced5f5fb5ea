"""What was handed out for a person (log-ins, codes, tickets, tokens, links), once an operator has ended it."""

import hashlib
import hmac
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.core.models import OutboxEntry
from apps.games.auth.known_tokens import known_tokens
from apps.games.models import Game
from apps.notifications.connections import tickets
from apps.players.models import Account, Device, Player
from tests.conftest import Api
from tests.factories import (
    make_account,
    make_device,
    make_device_token,
    make_key,
    make_known,
    make_player,
    make_publishable_key,
)

pytestmark = pytest.mark.django_db(transaction=True)
# Uses what was handed out, once; returns whether that worked.
Use = Callable[[], bool]
PASSWORD = "before the flood"


@pytest.fixture
def player(game: Game) -> Player:
    """Someone with an account and a device, whom a game knows."""
    player = make_player(handle="wren", account=make_account(email="wren@example.com", password=PASSWORD))
    make_device(player, game)
    return make_known(player, game)


def logged_in(account: Account | None) -> Api:
    assert account is not None
    client = Client(raise_request_exception=False)
    client.force_login(account)
    return Api(client=client)


def reading(caller: Api) -> Use:
    """The caller reads their own profile; a process has seen the token before, and looks at it again."""
    assert caller.get("players/me").status_code == 200

    def read() -> bool:
        known_tokens.round()
        return bool(caller.get("players/me").status_code == 200)

    return read


def a_session(player: Player, game: Game) -> Use:
    return reading(logged_in(player.account))


def a_token_of_a_session(player: Player, game: Game) -> Use:
    return reading(Api(logged_in(player.account).post("players/me/tokens", {"game_id": str(game.id)}).json()["token"]))


def a_token_of_a_key(player: Player, game: Game) -> Use:
    return reading(Api(Api(make_key(game)).post(f"players/{player.id}/tokens").json()["token"]))


def a_token_of_a_device(player: Player, game: Game) -> Use:
    return reading(Api(make_device_token(Device.objects.get(player=player))))


def opening(caller: Api, player: Player) -> Use:
    ticket = caller.post(f"players/{player.id}/socket-ticket").json()["ticket"]
    return lambda: tickets.redeem([ticket]) != [None]


def a_ticket_of_a_session(player: Player, game: Game) -> Use:
    return opening(logged_in(player.account), player)


def a_ticket_of_a_key(player: Player, game: Game) -> Use:
    return opening(Api(make_key(game)), player)


def a_ticket_of_a_device(player: Player, game: Game) -> Use:
    return opening(Api(make_device_token(Device.objects.get(player=player))), player)


def a_challenge(player: Player, game: Game) -> Use:
    shipped, device = Api(make_publishable_key(game)), Device.objects.get(player=player)
    challenge = shipped.post(f"devices/{device.id}/challenges").json()["challenge"]
    message = f"laurel-device-proof-1\n{device.id}\n{challenge}".encode()
    proof = {"challenge": challenge, "proof": hmac.new(b"ld_of-tests", message, hashlib.sha256).hexdigest()}
    return lambda: bool(shipped.post(f"devices/{device.id}/tokens", proof).status_code == 201)


def linking(caller: Api, player: Player, game: Game) -> Use:
    code = Api(make_key(game)).post(f"players/{player.id}/link-codes").json()["code"]
    return lambda: bool(caller.post("players/me/links", {"code": code}).status_code == 200)


def a_link_code_typed_by_an_account(player: Player, game: Game) -> Use:
    return linking(logged_in(make_player(account=make_account()).account), player, game)


def a_link_code_typed_by_an_account_without_a_player(player: Player, game: Game) -> Use:
    return linking(logged_in(make_account()), player, game)


def a_link_code_typed_on_a_device(player: Player, game: Game) -> Use:
    return linking(Api(make_device_token(make_device(make_player(), game))), player, game)


def a_link_to_a_new_password(player: Player, game: Game) -> Use:
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "wren@example.com"})
    path = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[-1].body))
    assert path is not None
    return lambda: client.get(path[0]).status_code == 302


OF_A_SESSION = [a_session, a_token_of_a_session, a_ticket_of_a_session]
OF_A_PLAYER = [
    a_token_of_a_session, a_token_of_a_key, a_token_of_a_device, a_ticket_of_a_session, a_ticket_of_a_key,
    a_ticket_of_a_device, a_challenge,
    a_link_code_typed_by_an_account, a_link_code_typed_by_an_account_without_a_player, a_link_code_typed_on_a_device,
]  # fmt: skip
OF_AN_ACCOUNT = [a_session, a_link_to_a_new_password]


def written() -> list[Any]:
    """Return all that acting for somebody, or linking with them, would write."""
    return [list(model.objects.order_by("pk").values_list()) for model in (Account, Player, Device, OutboxEntry)]


@pytest.mark.parametrize("kind", ["account", "player"])
def test_nothing_handed_out_before_a_deletion_works_after_it(
    player: Player, game: Game, admin_client: Client, relay: Callable[[], int], kind: str
) -> None:
    handed_out = OF_A_PLAYER + (OF_AN_ACCOUNT if kind == "account" else [])
    uses = [{hand_out.__name__: hand_out(player, game) for hand_out in handed_out} for _ in ("at once", "later")]
    pk = player.account_id if kind == "account" else player.pk
    admin_client.post(reverse(f"admin:players_{kind}_delete", args=[pk]), {"post": "yes"})

    for each in uses:
        before = written()
        assert [name for name, use in each.items() if use()] == []
        assert written() == before
        relay()


def by_the_admins_form(player: Player, admin_client: Client, *, is_active: bool) -> None:
    form = {"email": "wren@example.com", **({"is_active": "on"} if is_active else {})}
    path = reverse("admin:players_account_change", args=[player.account_id])
    assert admin_client.post(path, form).status_code == 302


def by_ruling(player: Player, admin_client: Client, *, is_active: bool) -> None:
    call_command("rule_player", "unban" if is_active else "ban", "wren", "--reason", "Stolen")


@pytest.mark.parametrize("set_active", [by_the_admins_form, by_ruling])
def test_a_session_does_not_come_back_with_its_account(
    player: Player, game: Game, admin_client: Client, set_active: Any
) -> None:
    neighbour = make_player(account=make_account())
    uses = [[hand_out(each, game) for hand_out in OF_A_SESSION] for each in (player, neighbour)]

    set_active(player, admin_client, is_active=False)
    set_active(player, admin_client, is_active=True)

    assert [[use() for use in each] for each in uses] == [[False] * 3, [True] * 3]
    answer = Client().post(reverse("account_login"), {"login": "wren@example.com", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_what_games_and_devices_created_pauses_with_the_account(
    player: Player, game: Game, admin_client: Client
) -> None:
    uses = [hand_out(player, game) for hand_out in (a_token_of_a_key, a_token_of_a_device)]

    by_ruling(player, admin_client, is_active=False)
    meanwhile = [use() for use in uses]
    by_ruling(player, admin_client, is_active=True)
    known_tokens.clear()

    assert meanwhile == [False, False]
    assert [use() for use in uses] == [True, True]


def test_every_secret_that_redis_holds_is_handed_out_above() -> None:
    holders = {str(path) for path in Path("apps").rglob("*.py") if ".getdel(" in path.read_text()}

    assert holders == {
        "apps/notifications/connections/tickets.py", "apps/players/challenges.py", "apps/players/link_codes.py",
    }  # fmt: skip
