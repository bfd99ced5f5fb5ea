"""Who may open a player's socket."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from apps.core.realtime.socket_closing import CloseCode
from apps.core.realtime.threads import in_thread
from apps.games.models import Achievement, Game
from apps.players.models import Player
from tests.factories import make_account, make_player
from tests.notifications.conftest import Earn, Open, RefusedError, TicketPath, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_ticket_opens_one_socket_and_no_second(
    open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    path = await ticket_path(alice, game)
    first = await open_socket(path)
    assert (await first.receive_json_from())["type"] == "hello"

    second = await open_socket(path)

    assert await second.receive_close() == CloseCode.NOT_AUTHENTICATED == 4401


async def test_a_session_opens_the_players_own_socket(
    open_socket: Open, earn: Earn, achievements: list[Achievement]
) -> None:
    account = await in_thread(make_account)
    player = await in_thread(make_player, account=account)
    peer = await open_socket(
        "/ws/notifications/", cookie=await in_thread(cookie_of, account), origin="http://testserver"
    )
    await peer.receive_json_from()

    await earn(player, achievements[0])

    assert await peer.receive_seqs(1) == [1]


async def test_without_a_session_there_is_no_socket(open_socket: Open) -> None:
    peer = await open_socket("/ws/notifications/")
    forged = await open_socket("/ws/notifications/", cookie=f"{settings.SESSION_COOKIE_NAME}=nobody")

    assert await peer.receive_close() == 4401
    assert await forged.receive_close() == 4401


async def test_an_account_that_plays_nothing_receives_nothing(open_socket: Open) -> None:
    cookie = await in_thread(lambda: cookie_of(make_account()))

    peer = await open_socket("/ws/notifications/", cookie=cookie)

    assert await peer.receive_close() == CloseCode.FORBIDDEN == 4403


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://testserver.evil.example", "https://testserver", "testserver"],
)
async def test_pages_of_other_sites_are_refused(open_socket: Open, origin: str) -> None:
    cookie = await in_thread(lambda: cookie_of(make_player(account=make_account()).account))  # type: ignore[arg-type]

    with pytest.raises(RefusedError):
        await open_socket("/ws/notifications/", cookie=cookie, origin=origin)


async def test_pages_of_trusted_sites_are_not(open_socket: Open, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.laurel.example"]
    cookie = await in_thread(lambda: cookie_of(make_player(account=make_account()).account))  # type: ignore[arg-type]

    peer = await open_socket("/ws/notifications/", cookie=cookie, origin="https://www.laurel.example")

    assert (await peer.receive_json_from())["type"] == "hello"


async def test_while_sessions_can_not_be_read_the_client_is_closed_with_try_later(
    open_socket: Open, monkeypatch: Any
) -> None:
    def load(session: SessionBase) -> dict[str, Any]:
        session.is_unreadable = True  # type: ignore[attr-defined]
        return {}

    monkeypatch.setattr("apps.core.redis.sessions.SessionStore.load", load)

    peer = await open_socket("/ws/notifications/", cookie=f"{settings.SESSION_COOKIE_NAME}={'somebody' * 4}")

    assert await peer.receive_close() == CloseCode.TRY_LATER == 1013


@pytest.mark.parametrize("path", ["notifications", "boards/global", "boards/{game}", "portal/games/{game}/unlocks"])
async def test_a_path_without_its_last_slash_is_the_same_path(open_socket: Open, game: Game, path: str) -> None:
    ends = [await ending(open_socket, f"/ws/{path.format(game=game.id)}{slash}") for slash in ("", "/")]

    assert ends[0] == ends[1]


async def test_where_tls_is_a_must_sockets_come_by_it_or_not_at_all(open_socket: Open, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.TRUSTED_PROXIES = True, 1
    secure = {"x-forwarded-proto": "https", "origin": "https://testserver"}

    peer = await open_socket("/ws/boards/global/", **secure)

    assert (await peer.receive_json_from())["type"] == "hello"
    for headers in ({}, {"x-forwarded-proto": "http"}, {**secure, "origin": "http://testserver"}):
        with pytest.raises(RefusedError):
            await open_socket("/ws/boards/global/", **headers)


async def ending(open_socket: Open, path: str) -> object:
    """Return what a socket says first: a frame, or why it closes."""
    peer = await open_socket(path)
    message = await peer.receive_output()
    return message.get("text") or message["code"]
