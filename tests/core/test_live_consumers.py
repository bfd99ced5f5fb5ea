"""Consumers of ours as whoever knows Channels expects them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.exceptions import AcceptConnection, DenyConnection
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from apps.core.realtime.asgi_types import Message
from apps.core.realtime.channel_layer import configured_layer
from apps.core.realtime.consumer import FRAMES_WAITING_MAX
from apps.core.realtime.socket_closing import CloseCode, SocketClosedError, reason_of
from apps.core.realtime.socket_consumer import SocketConsumer
from apps.core.realtime.watch import watch
from tests.communicators import WebsocketCommunicator

PATIENCE_SECONDS = 5.0


class ChatConsumer(SocketConsumer):
    """Echoes what it receives from its client and from a group."""

    groups = ["chat.all"]
    ended: list[int] = []

    async def connect(self) -> None:
        await self.accept()
        await self.join("chat.room")
        await self.send_json({"name": self.channel_name})

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        match content:
            case {"say": text}:
                await self.channel_layer.group_send("chat.room", {"type": "chat.said", "text": text})
            case {"leave": code}:
                await self.close(code)
            case _:
                await self.send("odd")

    def chat_said(self, message: Message) -> None:
        self.push(message["text"])

    async def chat_slow(self, message: Message) -> None:
        await asyncio.sleep(0)
        await self.send(message["text"])

    def chat_over(self, message: Message) -> None:
        raise SocketClosedError(CloseCode.FORBIDDEN)

    async def chat_slowly_over(self, message: Message) -> None:
        await asyncio.sleep(0)
        raise SocketClosedError(CloseCode.REPLACED)

    async def chat_stuck(self, message: Message) -> None:
        await asyncio.Future()

    async def disconnect(self, code: int) -> None:
        self.ended.append(code)


class Chat(WebsocketCommunicator):
    """A client of it, that knows its channel."""

    channel = ""

    async def open(self) -> "Chat":
        assert await self.connect(PATIENCE_SECONDS) == (True, None)
        self.channel = (await self.receive_json_from(PATIENCE_SECONDS))["name"]
        return self

    async def receive(self) -> Any:
        return await self.receive_output(PATIENCE_SECONDS)


def close_of(code: int) -> Message:
    reason = reason_of(code)
    return {"type": "websocket.close", "code": code, **({"reason": reason} if reason else {})}


def frame_of(text: str) -> Message:
    return {"type": "websocket.send", "text": text}


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    ChatConsumer.ended = []
    client = await Chat(ChatConsumer.as_asgi(), "/chat/").open()
    yield client
    await client.disconnect(timeout=PATIENCE_SECONDS)
    await asyncio.wait_for(configured_layer().closed(), PATIENCE_SECONDS)
    await asyncio.wait_for(watch().ended(), PATIENCE_SECONDS)


def test_it_is_a_json_consumer_of_channels() -> None:
    assert issubclass(SocketConsumer, AsyncJsonWebsocketConsumer)
    assert ChatConsumer.as_asgi().consumer_class is ChatConsumer


async def test_messages_of_its_groups_go_to_handlers_by_their_type(chat: Chat) -> None:
    await chat.send_json_to({"say": "hello"})
    said = await chat.receive()
    await configured_layer().group_send("chat.all", {"type": "chat.slow", "text": "to all"})

    assert (said, await chat.receive()) == (frame_of("hello"), frame_of("to all"))


async def test_it_can_be_sent_to_by_its_channel(chat: Chat) -> None:
    await configured_layer().send(chat.channel, {"type": "chat.said", "text": "you"})

    assert await chat.receive() == frame_of("you")


async def test_handlers_that_await_and_those_that_do_not_take_their_turns(chat: Chat) -> None:
    for kind, text in [("slow", "1"), ("said", "2"), ("slow", "3"), ("said", "4")]:
        await configured_layer().send(chat.channel, {"type": f"chat.{kind}", "text": text})

    received = {(await chat.receive())["text"] for _ in range(4)}

    assert received == {"1", "2", "3", "4"}


@pytest.mark.parametrize("kind", ["chat.unknown", "_private", None])
async def test_a_message_it_has_no_handler_for_changes_nothing(chat: Chat, kind: Any) -> None:
    await configured_layer().group_send("chat.room", {"type": kind} if kind else {})

    await configured_layer().group_send("chat.room", {"type": "chat.said", "text": "still here"})

    assert await chat.receive() == frame_of("still here")


@pytest.mark.parametrize(
    ("kind", "code"), [("chat.over", CloseCode.FORBIDDEN), ("chat.slowly.over", CloseCode.REPLACED)]
)
async def test_a_handler_may_end_the_connection(chat: Chat, kind: str, code: CloseCode) -> None:
    await configured_layer().send(chat.channel, {"type": kind})

    assert await chat.receive() == close_of(code)
    await chat.disconnect(timeout=PATIENCE_SECONDS)
    assert ChatConsumer.ended == [code]


@pytest.mark.parametrize(("given", "code"), [(4000, 4000), (None, 1000)])
async def test_close_says_its_code(chat: Chat, given: int | None, code: int) -> None:
    await chat.send_json_to({"leave": given})

    assert await chat.receive() == close_of(code)


async def test_who_leaves_is_in_no_group_any_more(chat: Chat) -> None:
    sizes = [configured_layer().group_size(group) for group in ("chat.all", "chat.room")]

    await chat.disconnect(code=1001, timeout=PATIENCE_SECONDS)

    assert sizes == [1, 1]
    assert [configured_layer().group_size(group) for group in ("chat.all", "chat.room")] == [0, 0]
    assert ChatConsumer.ended == [1001]


async def test_messages_that_wait_for_a_handler_are_bounded(chat: Chat) -> None:
    for _ in range(FRAMES_WAITING_MAX + 1):
        await configured_layer().send(chat.channel, {"type": "chat.stuck"})
    await asyncio.sleep(0)

    await configured_layer().send(chat.channel, {"type": "chat.stuck"})
    await configured_layer().send(chat.channel, {"type": "chat.stuck"})
    await chat.disconnect(timeout=PATIENCE_SECONDS)

    assert ChatConsumer.ended == [CloseCode.TRY_LATER]


class AcceptingConsumer(SocketConsumer):
    async def connect(self) -> None:
        raise AcceptConnection


class DenyingConsumer(SocketConsumer):
    async def connect(self) -> None:
        raise DenyConnection


async def test_channels_own_exceptions_accept_and_deny() -> None:
    accepted = WebsocketCommunicator(AcceptingConsumer.as_asgi(), "/")
    denied = WebsocketCommunicator(DenyingConsumer.as_asgi(), "/")

    responses = [await one.connect(PATIENCE_SECONDS) for one in (accepted, denied)]

    assert responses == [(True, None), (False, 1000)]
    for one in (accepted, denied):
        await one.disconnect(timeout=PATIENCE_SECONDS)
