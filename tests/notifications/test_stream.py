"""Server-sent events: what the socket says, for who can't open one."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import orjson
import pytest

from achievements_site.asgi import application
from apps.core.realtime.socket_closing import CloseCode
from apps.core.realtime.threads import in_thread
from apps.core.realtime.watch import watch
from apps.games.auth.credentials import Credentials
from apps.games.models import Achievement, ApiKey, Game
from apps.notifications.connections import tickets
from apps.notifications.connections.asyncapi import stream_frames
from apps.notifications.connections.connection_limit import CONNECTIONS_MAX
from apps.notifications.models import Inbox
from apps.players.models import Player
from apps.players.tokens import PlayerToken, issue_token
from tests.communicators import ApplicationCommunicator
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key, make_known, make_player, make_token
from tests.notifications.conftest import PATIENCE_SECONDS, QUIET_SECONDS, Earn, Open, TicketPath, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/api/v1/players/me/notifications/stream"


class Stream:
    """The client's end of a stream: its status, its headers, and the messages one by one."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [
                (name.lower().encode(), value.encode()) for name, value in {"host": "testserver", **headers}.items()
            ],
        }
        self._application = ApplicationCommunicator(application, scope)
        self._text = ""
        self.status = 0
        self.headers: dict[str, str] = {}

    async def open(self) -> "Stream":
        await self._application.send_input({"type": "http.request", "body": b""})
        start = await self._application.receive_output(PATIENCE_SECONDS)
        self.status = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return self

    async def body(self) -> dict[str, Any]:
        """Return the whole response of a stream that did not begin."""
        message = await self._application.receive_output(PATIENCE_SECONDS)
        assert not message.get("more_body")
        return dict(orjson.loads(message["body"]))

    async def message(self) -> dict[str, str]:
        """Return the fields of the next message; a comment's name is empty."""
        while "\n\n" not in self._text:
            part = await self._application.receive_output(PATIENCE_SECONDS)
            self._text += part["body"].decode()
        block, _, self._text = self._text.partition("\n\n")
        return dict(line.split(":", 1) for line in block.split("\n"))

    async def frame(self) -> dict[str, Any]:
        while not (data := (await self.message()).get("data")):
            pass
        return dict(orjson.loads(data))

    async def ids(self, count: int) -> list[int]:
        return [int((await self.message())["id"]) for _ in range(count)]

    async def is_quiet(self) -> bool:
        return not self._text and bool(await self._application.receive_nothing(QUIET_SECONDS))

    async def disconnect(self) -> None:
        await self._application.send_input({"type": "http.disconnect"})
        await self._application.wait(PATIENCE_SECONDS)


@pytest.fixture
async def open_stream(own_rounds: None) -> AsyncIterator[Any]:
    streams: list[Stream] = []

    async def open_one(url: str = PATH, **headers: str) -> Stream:
        streams.append(await Stream(url, headers).open())
        return streams[-1]

    yield open_one
    for stream in streams:
        await stream.disconnect()


@pytest.fixture
def with_ticket(alice: Player, game: Game) -> Callable[..., Any]:
    async def url(**parameters: Any) -> str:
        secret = await in_thread(tickets.issue, Credentials(alice.id, game.id))
        return f"{PATH}?ticket={secret}" + "".join(f"&{name}={value}" for name, value in parameters.items())

    return url


async def test_a_stream_says_what_the_socket_says(
    open_stream: Any, with_ticket: Any, open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player,
    game: Game, achievements: list[Achievement],
) -> None:  # fmt: skip
    stream, socket = await open_stream(await with_ticket()), await open_socket(await ticket_path(alice, game))
    retry = await stream.message()
    hello, of_socket = await stream.frame(), await socket.receive_json_from()

    await earn(alice, achievements[0])

    assert stream.status == 200
    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert stream.headers["cache-control"] == "no-store"
    assert stream.headers["x-accel-buffering"] == "no"
    assert not {"content-length", "content-encoding"} & stream.headers.keys()
    assert 1_000 <= int(retry["retry"]) <= 5_000
    assert hello == {**of_socket, "heartbeat_interval": 15}
    message = await stream.message()
    assert message["id"] == " 1"
    assert orjson.loads(message["data"]) == await socket.receive_json_from()


@pytest.mark.parametrize("how", ["header", "parameter"])
async def test_a_returning_stream_goes_on_from_where_it_was(
    open_stream: Any, with_ticket: Any, many: int, how: str
) -> None:
    where: dict[str, str] = {"Last-Event-ID": "247"} if how == "header" else {}
    url = await with_ticket(since=3) if how == "header" else await with_ticket(since=247)

    stream = await open_stream(url, **where)

    assert (await stream.frame())["last_seq"] == 250
    assert await stream.ids(3) == [248, 249, 250]
    assert await stream.is_quiet()


async def test_every_credential_of_a_player_opens_a_stream(open_stream: Any, game: Game) -> None:
    account = await in_thread(make_account)
    player = await in_thread(make_player, account=account)
    token = await in_thread(make_token, player, game)

    by_session = await open_stream(cookie=await in_thread(cookie_of, account))
    by_token = await open_stream(authorization=f"Bearer {token}")

    assert [(await stream.frame())["type"] for stream in (by_session, by_token)] == ["hello", "hello"]


async def test_a_token_receives_its_own_game(
    open_stream: Any, earn: Earn, alice: Player, game: Game, achievement: Achievement
) -> None:
    token = await in_thread(make_token, alice, game)
    elsewhere = await in_thread(make_game)
    other, *_ = [await in_thread(make_achievement, item) for item in (elsewhere, elsewhere, game)]
    stream = await open_stream(authorization=f"Bearer {token}")
    await stream.frame()

    await earn(alice, other)
    await earn(alice, achievement)

    assert await stream.ids(1) == [2]


async def test_refusals_are_problems_before_the_stream_begins(
    open_stream: Any, with_ticket: Any, game: Game, settings: Any
) -> None:
    used = await with_ticket()
    await (await open_stream(used)).frame()
    key = await in_thread(make_key, game)
    of_nobody = await in_thread(lambda: cookie_of(make_account()))
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "anonymous": 1_000, "token": 1}

    refused = [
        await open_stream(),
        await open_stream(used),
        await open_stream(authorization=f"Bearer {key}"),
        await open_stream(cookie=of_nobody),
        await open_stream(await with_ticket(since="yesterday")),
        await open_stream(await with_ticket()),
    ]

    problems = [((await stream.body())["code"], stream.status) for stream in refused]
    assert problems[:4] == [
        ("not_authenticated", 401),
        ("invalid_ticket", 401),
        ("caller_not_allowed", 403),
        ("player_not_found", 404),
    ]
    assert set(problems[4:]) <= {("rate_limited", 429), ("invalid", 400)}
    assert problems[5] == ("rate_limited", 429)
    assert refused[0].headers["content-type"] == "application/problem+json"
    assert "retry-after" in refused[5].headers


def test_under_wsgi_alone_no_stream_holds_a_thread(token_api: Callable[..., Api], alice: Player, game: Game) -> None:
    response = token_api(alice, game).get("players/me/notifications/stream")

    assert (response.status_code, response.json()["code"]) == (503, "streams_unavailable")


async def test_a_silent_stream_stays_alive_by_comments(open_stream: Any, with_ticket: Any) -> None:
    stream = await open_stream(await with_ticket())
    await stream.frame()
    moment = time.monotonic()

    await watch().round(moment + 14)
    was_quiet = await stream.is_quiet()
    await watch().round(moment + 16)

    assert was_quiet
    assert await stream.message() == {"": ""}


async def test_streams_and_sockets_share_five_slots(
    open_stream: Any, with_ticket: Any, open_socket: Open, ticket_path: TicketPath, alice: Player, game: Game
) -> None:
    first = await open_stream(await with_ticket())
    await first.frame()
    for _ in range(CONNECTIONS_MAX):
        await (await open_socket(await ticket_path(alice, game))).receive_json_from()

    assert await first.frame() == {"type": "close", "code": CloseCode.REPLACED}


async def test_a_revoked_key_ends_its_streams(open_stream: Any, alice: Player, game: Game) -> None:
    key = await in_thread(lambda: make_key(game) and make_known(alice, game) and ApiKey.objects.get(game=game))
    token, _ = issue_token(PlayerToken(alice.id, game.id, is_test=False, key_id=key.id))
    stream = await open_stream(authorization=f"Bearer {token}")
    await stream.frame()

    await in_thread(key.delete)
    await watch().round(time.monotonic())

    assert await stream.frame() == {"type": "close", "code": 4401}


async def test_a_revoked_token_of_a_log_in_ends_its_streams(
    open_stream: Any, as_player: Callable[[Player], Api], alice: Player, game: Game
) -> None:
    me = await in_thread(as_player, alice)
    minted = (await in_thread(me.post, "players/me/tokens", {"game_id": str(game.id)})).json()
    stream = await open_stream(authorization=f"Bearer {minted['token']}")
    await stream.frame()

    await in_thread(me.delete, f"players/me/tokens/{minted['id']}")
    await watch().round(time.monotonic())

    assert await stream.frame() == {"type": "close", "code": 4401}


async def test_when_the_process_ends_streams_end_first(open_stream: Any, with_ticket: Any) -> None:
    stream = await open_stream(await with_ticket())
    await stream.frame()

    watch().farewell()

    assert await stream.frame() == {"type": "close", "code": CloseCode.RESTART}


async def test_streams_move_no_read_mark(open_stream: Any, with_ticket: Any, many: int, alice: Player) -> None:
    stream = await open_stream(await with_ticket(since=0))
    await stream.frame()

    await watch().round(time.monotonic())

    assert await in_thread(lambda: Inbox.objects.get(player=alice).read_seq) == 0


async def test_what_a_stream_says_is_as_described(
    open_stream: Any, with_ticket: Any, earn: Earn, alice: Player, achievement: Achievement
) -> None:
    await in_thread(make_achievement, achievement.game)
    stream = await open_stream(await with_ticket())
    frames = [await stream.frame()]
    await earn(alice, achievement)
    frames.append(await stream.frame())
    watch().farewell()
    frames.append(await stream.frame())

    described = stream_frames()
    for frame in frames:
        name = f"event.{frame['kind']}" if frame["type"] == "event" else frame["type"]
        jsonschema.validate(frame, described[name], cls=jsonschema.Draft202012Validator)
    assert [frame["type"] for frame in frames] == ["hello", "event", "close"]
