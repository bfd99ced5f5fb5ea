"""Sockets and credentials where two web processes share one port: what one knows, the other does."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from apps.core.clock import now
from apps.games.auth import keys
from apps.games.models import ApiKey, Game
from tests.factories import make_achievement, make_game, make_key
from tests.supervised import Stack
from tests.web_process import WebProcess

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

ONE, TWO = 1, 2
WATCHERS = 3
LIMITS = {"ANONYMOUS_SOCKETS_PER_ADDRESS": str(WATCHERS), "RATE_LIMIT_ANONYMOUS": "100000000"}


@pytest.fixture(scope="module")
def webs(live_stack: Stack) -> Iterator[WebProcess]:
    with WebProcess(live_stack, WEB_PROCESSES="2", **LIMITS) as processes:
        yield processes


@pytest.fixture
def game(live_orm: Stack) -> Game:
    game = make_game()
    for key in ("ACH_ONE", "ACH_TWO", "ACH_THREE"):
        make_achievement(game, key=key)
    return game


class Caller:
    """A game's server whose calls all go over one connection to one of the processes, and that opens sockets there."""

    def __init__(
        self, webs: WebProcess, number: int, session: aiohttp.ClientSession, sockets: aiohttp.ClientSession
    ) -> None:
        self._webs, self._number, self._session, self._sockets = webs, number, session, sockets

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        async with self._session.request(method, f"/api/v1/{path}", **options) as response:
            return response.status, await response.json()

    async def open(self, url: str) -> aiohttp.ClientWebSocketResponse:
        with self._webs.only(self._number):
            return await self._sockets.ws_connect(url)

    async def ticket(self, player_id: str) -> str:
        status, body = await self.call("POST", f"players/{player_id}/socket-ticket", json={})
        assert status == 201, body
        return str(body["ws_url"])


@asynccontextmanager
async def callers(webs: WebProcess, key: str) -> AsyncIterator[tuple[Caller, Caller]]:
    """A caller of each process."""
    headers = {"Authorization": f"Bearer {key}"}
    one, two = (
        aiohttp.ClientSession(webs.base_url, headers=headers, connector=aiohttp.TCPConnector(limit=1)) for _ in range(2)
    )
    # Each socket by a connection of its own.
    sockets = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
    async with one, two, sockets:
        for number, session in ((ONE, one), (TWO, two)):
            with webs.only(number):
                async with session.get("/livez") as response:
                    await response.read()
        yield Caller(webs, ONE, one, sockets), Caller(webs, TWO, two, sockets)


async def new_player(caller: Caller) -> str:
    _, body = await caller.call("PUT", f"players/by-external-id/{uuid4()}", json={})
    return str(body["id"])


async def greeted(socket: aiohttp.ClientWebSocketResponse) -> aiohttp.ClientWebSocketResponse:
    assert (await socket.receive_json(timeout=10))["type"] == "hello"
    return socket


async def close_code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    """Return the code of the close that comes within ten seconds, whatever comes before it."""
    async with asyncio.timeout(10):
        while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    return socket.close_code


def test_a_ticket_opens_one_socket_on_either_process_and_events_reach_both(webs: WebProcess, game: Game) -> None:
    seqs, refused = asyncio.run(earn_between(webs, make_key(game)))

    assert seqs == [[1, 2], [1, 2]]
    assert refused == 4401


async def earn_between(webs: WebProcess, key: str) -> tuple[list[list[int]], int | None]:
    """Return the numbers of events that sockets on both processes receive, and how a ticket ends that is used again."""
    async with callers(webs, key) as (one, two):
        player_id = await new_player(one)
        url = await one.ticket(player_id)
        sockets = [await greeted(await two.open(url)), await greeted(await one.open(await two.ticket(player_id)))]
        again = await close_code(await one.open(url))
        for caller, achievement in ((one, "ACH_ONE"), (two, "ACH_TWO")):
            report = {"player_id": player_id, "achievement_id": achievement}
            assert (await caller.call("POST", "achievements/unlock", json=report))[0] == 201
        seqs = [[(await socket.receive_json(timeout=10))["seq"] for _ in range(2)] for socket in sockets]
        return seqs, again


def test_the_sixth_connection_replaces_the_oldest_wherever_it_is(webs: WebProcess, game: Game) -> None:
    code, are_open = asyncio.run(open_six(webs, make_key(game)))

    assert code == 4409
    assert are_open == [True] * 5


async def open_six(webs: WebProcess, key: str) -> tuple[int | None, list[bool]]:
    """Open three sockets on each process in turns; return how the first ended, and whether the others are open."""
    async with callers(webs, key) as (one, two):
        player_id = await new_player(one)
        sockets = [await greeted(await caller.open(await one.ticket(player_id))) for caller in (one, two) * 3]
        code = await close_code(sockets[0])
        for socket in sockets[1:]:
            await socket.send_json({"type": "heartbeat"})
        return code, [(await s.receive_json(timeout=10))["type"] == "heartbeat_ack" for s in sockets[1:]]


def test_a_client_resumes_on_the_other_process_what_it_missed(webs: WebProcess, game: Game) -> None:
    seqs = asyncio.run(resume_elsewhere(webs, make_key(game)))

    assert seqs == [2, 3]


async def resume_elsewhere(webs: WebProcess, key: str) -> list[int]:
    """Receive one event on the first process, miss two, and return the numbers of what the second one brings."""
    async with callers(webs, key) as (one, two):
        player_id = await new_player(one)
        socket = await greeted(await one.open(await one.ticket(player_id)))
        for achievement in ("ACH_ONE", "ACH_TWO", "ACH_THREE"):
            report = {"player_id": player_id, "achievement_id": achievement}
            assert (await two.call("POST", "achievements/unlock", json=report))[0] == 201
            if not socket.closed:
                assert (await socket.receive_json(timeout=10))["seq"] == 1
                await socket.close()
        resumed = await greeted(await two.open(await one.ticket(player_id)))
        await resumed.send_json({"type": "resume", "last_seq": 1})
        return [(await resumed.receive_json(timeout=10))["seq"] for _ in range(2)]


@pytest.mark.parametrize("credential", ["the key", "a token of it"])
def test_a_revoked_key_is_refused_by_both_and_its_sockets_close_on_both(
    webs: WebProcess, game: Game, credential: str
) -> None:
    codes, seconds = asyncio.run(revoke_between(webs, make_key(game), by_token=credential == "a token of it"))

    assert codes == [4401, 4401]
    assert seconds < 5


async def revoke_between(webs: WebProcess, key: str, *, by_token: bool) -> tuple[list[int | None], float]:
    """Return how sockets ended on both processes after their key was revoked, and when both refused calls."""
    async with callers(webs, key) as (server, _):
        player_id = await new_player(server)
        _, minted = await server.call("POST", f"players/{player_id}/tokens", json={})
    async with callers(webs, minted["token"] if by_token else key) as pair:
        sockets = [await greeted(await caller.open(await caller.ticket(player_id))) for caller in pair]
        for caller in pair:
            assert (await caller.call("GET", f"players/{player_id}"))[0] == 200
        began_at = time.monotonic()
        await asyncio.to_thread(ApiKey.objects.filter(digest=keys.digest_of(key)).update, revoked_at=now())
        for caller in pair:
            while (await caller.call("GET", f"players/{player_id}"))[0] != 401:
                assert time.monotonic() - began_at < 10
        return [await close_code(socket) for socket in sockets], time.monotonic() - began_at


def test_watchers_of_boards_are_bounded_over_both_processes(webs: WebProcess, game: Game) -> None:
    codes = asyncio.run(watch_between(webs, make_key(game)))

    assert codes == [1013, 1013]


async def watch_between(webs: WebProcess, key: str) -> list[int | None]:
    """Open as many watchers as an address may have, in turns; return how one more ends on each process."""
    async with callers(webs, key) as (one, two):
        url = f"{webs.base_url}/ws/boards/global/"
        watching = [await greeted(await caller.open(url)) for caller in (one, two, one)]
        codes = [await close_code(await caller.open(url)) for caller in (one, two)]
        assert len(watching) == WATCHERS
        return codes


def test_a_new_name_is_on_the_board_of_both_within_a_second(webs: WebProcess, game: Game) -> None:
    before, seconds = asyncio.run(rename_between(webs, make_key(game), game))

    assert before == [{"Former"}, {"Former"}]
    assert max(seconds) < 1


async def rename_between(webs: WebProcess, key: str, game: Game) -> tuple[list[set[str]], list[float]]:
    """Return whom both show on a board, read twice each, and how long either shows them after they were renamed."""
    async with callers(webs, key) as (one, two):
        player_id = await new_player(one)
        await one.call("PATCH", f"players/{player_id}", json={"display_name": "Former"})
        await one.call("POST", "achievements/unlock", json={"player_id": player_id, "achievement_id": "ACH_ONE"})

        async def shown(caller: Caller) -> set[str]:
            _, page = await caller.call("GET", f"leaderboards/{game.id}")
            return {entry["player"]["display_name"] for entry in page["results"]}

        async def until(caller: Caller, names: set[str]) -> float:
            began_at = time.monotonic()
            async with asyncio.timeout(10):
                while await shown(caller) != names:
                    pass
            return time.monotonic() - began_at

        await asyncio.gather(until(one, {"Former"}), until(two, {"Former"}))
        before = [(await shown(caller)) & (await shown(caller)) for caller in (one, two)]
        assert (await two.call("PATCH", f"players/{player_id}", json={"display_name": "New"}))[0] == 200
        return before, list(await asyncio.gather(until(one, {"New"}), until(two, {"New"})))
