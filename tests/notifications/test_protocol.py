"""The description of the live protocol, held against what live connections say."""

from functools import partial
from typing import Any

import jsonschema
import orjson
import pytest
from django.test import Client

from apps.core.realtime.socket_closing import CloseCode
from apps.games.models import Achievement, Game
from apps.notifications.connections.asyncapi import (
    EXAMPLES,
    board_frames,
    client_frames,
    document,
    server_frames,
    stream_frames,
)
from apps.notifications.consumers import BoardConsumer, NotificationConsumer, TailConsumer
from apps.notifications.kinds import KINDS
from apps.players.models import Player
from tests.notifications.conftest import Earn, Open, TicketPath

FRAMES = {**server_frames(), **client_frames(), **stream_frames(), **board_frames()}
check = partial(jsonschema.validate, cls=jsonschema.Draft202012Validator, format_checker=jsonschema.FormatChecker())


def schema_of(frame: dict[str, Any]) -> Any:
    name = f"event.{frame['kind']}" if frame["type"] == "event" else frame["type"]
    return FRAMES[name]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_described(kind: str) -> None:
    frame = server_frames()[f"event.{kind}"]

    assert frame["properties"]["kind"] == {"const": kind}
    assert frame["properties"]["data"]["description"].startswith("Payload: {")


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_example_is_what_it_is_an_example_of(name: str) -> None:
    check(EXAMPLES[name], FRAMES[name])


def test_a_socket_takes_the_frames_that_are_described_and_no_others() -> None:
    described = {name: [*frame["properties"]] for name, frame in client_frames().items()}

    assert {name: ["type", *members] for name, members in NotificationConsumer.frames.items()} == described
    assert list(BoardConsumer.frames) == list(TailConsumer.frames) == ["heartbeat"]
    assert not any(frame["additionalProperties"] for frame in client_frames().values())


def test_every_frame_but_events_has_an_example() -> None:
    assert {name for name in FRAMES if not name.startswith("event.")} < EXAMPLES.keys()


@pytest.mark.django_db(transaction=True)
async def test_what_a_socket_says_is_as_described(
    open_socket: Open, ticket_path: TicketPath, earn: Earn, alice: Player, game: Game, achievements: list[Achievement]
) -> None:
    peer = await open_socket(await ticket_path(alice, game))
    frames = [await peer.receive_json_from()]
    await earn(alice, *achievements[:2])
    frames += [await peer.receive_json_from(), await peer.receive_json_from()]
    for said in ("heartbeat", "ack", "resume"):
        await peer.send_json_to(EXAMPLES[said])
    frames.append(await peer.receive_json_from())
    await peer.send_to("nonsense")
    frames.append(await peer.receive_json_from())

    for frame in frames:
        check(frame, schema_of(frame))
    assert [frame["type"] for frame in frames] == ["hello", "event", "event", "heartbeat_ack", "error"]
    assert await peer.receive_close() == CloseCode.BAD_FRAME


@pytest.mark.django_db(transaction=True)
async def test_what_is_said_of_a_board_is_as_described(open_socket: Open, game: Game) -> None:
    for board in (str(game.id), "global"):
        peer = await open_socket(document()["channels"]["board"]["address"].format(scope=board))
        frames = [await peer.receive_json_from()]
        await peer.send_json_to(EXAMPLES["heartbeat"])
        frames.append(await peer.receive_json_from())
        await peer.send_to("nonsense")
        frames.append(await peer.receive_json_from())

        check(frames[0], FRAMES["board.hello"])
        check(frames[1], FRAMES["board.heartbeat_ack"])
        check(frames[2], FRAMES["error"])
        assert await peer.receive_close() == CloseCode.BAD_FRAME
    assert orjson.loads(BoardConsumer.hint) == EXAMPLES["board.changed"]


@pytest.mark.django_db
def test_it_is_published() -> None:
    client = Client()

    response = client.get("/api/v1/asyncapi.json")
    again = client.get("/api/v1/asyncapi.json", headers={"If-None-Match": response["ETag"]})

    assert response.json() == document()
    assert response.json()["asyncapi"] == "3.0.0"
    assert again.status_code == 304
    codes = {code["const"] for code in document()["components"]["schemas"]["CloseCode"]["oneOf"]}
    assert {*CloseCode} < codes
