"""What Channels' specification promises of a channel layer, on a real Valkey; and what ours adds to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync
from channels.consumer import AsyncConsumer
from channels.exceptions import ChannelFull, InvalidChannelLayerError
from channels.layers import channel_layers, get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from django.core.checks import run_checks

from apps.core.realtime import channel_layer as module
from apps.core.realtime import subscription
from apps.core.realtime.channel_layer import ChannelLayer
from apps.core.realtime.threads import in_thread
from apps.core.redis import client as redis
from apps.core.redis.client import RedisUnavailableError
from tests.communicators import ApplicationCommunicator
from tests.proxy import Proxy

PATIENCE_SECONDS = 5.0
MESSAGE = {"type": "test.message", "text": "é", "bytes": b"\x00\xff", "numbers": [1, 2**62, 0.5], "nothing": None}

MakeLayer = Callable[..., ChannelLayer]


@pytest.fixture
async def make_layer() -> AsyncIterator[MakeLayer]:
    """Make layers as processes of their own have them, which all reach the tests' Valkey."""
    layers: list[ChannelLayer] = []

    def make(address: str = "", **options: Any) -> ChannelLayer:
        host = {"address": address or settings.REDIS_URL, "socket_timeout": 0.1, "socket_connect_timeout": 0.1}
        layers.append(ChannelLayer([host], prefix="test", **options))
        return layers[-1]

    yield make
    for layer in layers:
        await layer.flush()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    address = urlsplit(settings.REDIS_URL)
    proxy = Proxy(str(address.hostname), int(address.port or 0))
    yield proxy
    proxy.thaw()
    proxy.stop()


def through(proxy: Proxy) -> str:
    return urlsplit(settings.REDIS_URL)._replace(netloc=f"127.0.0.1:{proxy.port}").geturl()


async def received(layer: Any, channel: str) -> Any:
    return await asyncio.wait_for(layer.receive(channel), PATIENCE_SECONDS)


async def is_empty(layer: Any, channel: str) -> bool:
    """Return whether nothing arrives that was sent before; what is sent by others takes one more round trip."""
    await layer.send(channel, {"type": "last"})
    return bool((await received(layer, channel))["type"] == "last")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - nothing signals it
            await asyncio.sleep(0.01)


class Recorder:
    """A receiver that messages are handed to."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.losses = 0
        self.changed = asyncio.Event()

    def take(self, message: Any) -> None:
        self.messages.append(message)
        self.changed.set()

    def messages_lost(self) -> None:
        self.losses += 1
        self.changed.set()

    async def next_change(self) -> None:
        await asyncio.wait_for(self.changed.wait(), PATIENCE_SECONDS)
        self.changed.clear()


def test_it_is_the_configured_layer() -> None:
    layer = get_channel_layer()

    assert type(layer) is ChannelLayer
    assert isinstance(layer, RedisPubSubChannelLayer)
    assert (layer.prefix, layer.host["address"]) == ("ws", settings.REDIS_URL)
    assert module.configured_layer() is channel_layers["default"] is layer


async def test_it_has_groups_and_can_be_flushed(make_layer: MakeLayer) -> None:
    assert make_layer().extensions == ["groups", "flush"]


def test_it_has_one_host() -> None:
    with pytest.raises(ValueError, match="one host"):
        ChannelLayer(["redis://one", "redis://two"], prefix="test")


async def test_what_is_sent_is_received_in_order(make_layer: MakeLayer) -> None:
    layer = make_layer()
    channel = await layer.new_channel()

    await layer.send(channel, MESSAGE)
    await layer.send(channel, {"type": "second"})

    assert await received(layer, channel) == MESSAGE
    assert await received(layer, channel) == {"type": "second"}


async def test_what_another_process_sends_is_received(make_layer: MakeLayer) -> None:
    layer, other = make_layer(), make_layer()
    channel, silent = await layer.new_channel(), await layer.new_channel()

    await other.send(channel, MESSAGE)

    assert await received(layer, channel) == MESSAGE
    assert await is_empty(layer, silent)


async def test_new_channels_have_names_of_their_own(make_layer: MakeLayer) -> None:
    layer, other = make_layer(), make_layer()

    names = [await one.new_channel("mine.") for one in (layer, layer, other)]

    assert len(set(names)) == 3
    assert all(name.startswith("mine.") and layer.require_valid_channel_name(name) for name in names)


async def test_each_receiver_has_a_message_of_its_own(make_layer: MakeLayer) -> None:
    layer = make_layer()
    channels = [await layer.new_channel(), await layer.new_channel()]
    for channel in channels:
        await layer.group_add("group", channel)
    await layer.group_send("group", {"type": "test", "list": []})

    first = await received(layer, channels[0])
    first["list"].append(1)

    assert await received(layer, channels[1]) == {"type": "test", "list": []}


async def test_of_two_who_wait_for_one_channel_each_message_reaches_one(make_layer: MakeLayer) -> None:
    layer = make_layer()
    channel = await layer.new_channel()
    both = [asyncio.create_task(received(layer, channel)) for _ in range(2)]
    await asyncio.sleep(0)

    for number in range(2):
        await layer.send(channel, {"type": "test", "number": number})

    assert sorted([message["number"] for message in await asyncio.gather(*both)]) == [0, 1]


async def test_groups_reach_their_members_in_all_processes(make_layer: MakeLayer) -> None:
    layer, other = make_layer(), make_layer()
    here, there, outside = await layer.new_channel(), await other.new_channel(), await layer.new_channel()
    await layer.group_add("group", here)
    await other.group_add("group", there)
    await layer.group_add("group.two", outside)

    await layer.group_send("group", MESSAGE)

    assert await received(layer, here) == await received(other, there) == MESSAGE
    assert await is_empty(layer, outside)


async def test_who_was_added_twice_receives_once(make_layer: MakeLayer) -> None:
    layer = make_layer()
    channel = await layer.new_channel()
    for _ in range(2):
        await layer.group_add("group", channel)

    await layer.group_send("group", MESSAGE)

    assert await received(layer, channel) == MESSAGE
    assert await is_empty(layer, channel)


async def test_who_was_discarded_receives_no_more(make_layer: MakeLayer) -> None:
    layer = make_layer()
    staying, leaving = await layer.new_channel(), await layer.new_channel()
    for channel in (staying, leaving):
        await layer.group_add("group", channel)

    await layer.group_discard("group", leaving)
    await layer.group_discard("group", leaving)
    await layer.group_discard("never.joined", leaving)
    await layer.group_send("group", MESSAGE)

    assert await received(layer, staying) == MESSAGE
    assert await is_empty(layer, leaving)


async def test_a_message_to_nobody_is_nothing(make_layer: MakeLayer) -> None:
    layer, other = make_layer(), make_layer()
    gone = await other.new_channel()
    await other.flush()

    await layer.group_send("nobody", MESSAGE)
    await layer.send(gone, MESSAGE)


async def test_a_full_channel_says_so_and_a_group_goes_on_without_it(make_layer: MakeLayer) -> None:
    layer = make_layer(capacity=3, channel_capacity={"small.*": 1})
    full, small, other = await layer.new_channel(), await layer.new_channel("small."), await layer.new_channel()
    for channel in (full, other):
        await layer.group_add("group", channel)
    for number in range(3):
        await layer.send(full, {"type": "test", "number": number})
    await layer.send(small, MESSAGE)

    with pytest.raises(ChannelFull):
        await layer.send(full, MESSAGE)
    with pytest.raises(ChannelFull):
        await layer.send(small, MESSAGE)
    await layer.group_send("group", MESSAGE)

    assert await received(layer, other) == MESSAGE
    assert [(await received(layer, full))["number"] for _ in range(3)] == [0, 1, 2]
    assert await is_empty(layer, full)


async def test_a_message_that_nobody_received_expires_and_its_channel_leaves_its_groups(make_layer: MakeLayer) -> None:
    layer = make_layer(expiry=0.05)
    channel, witness = await layer.new_channel(), Recorder()
    await layer.group_add("group", channel)
    await layer.group_add("group", layer.open_channel(witness))
    await layer.group_send("group", MESSAGE)
    await witness.next_change()

    await until(lambda: layer.group_size("group") == 1)
    await layer.group_send("group", MESSAGE)
    await witness.next_change()

    assert layer.group_size("group") == 1
    assert await is_empty(layer, channel)


async def test_who_gives_up_receiving_stays_in_the_group(make_layer: MakeLayer) -> None:
    layer = make_layer()
    channel = await layer.new_channel()
    await layer.group_add("group", channel)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(layer.receive(channel), 0.01)
    await layer.group_send("group", MESSAGE)

    assert await received(layer, channel) == MESSAGE


async def test_a_flushed_layer_is_as_new(make_layer: MakeLayer) -> None:
    layer = make_layer()
    channel = await layer.new_channel()
    await layer.group_add("group", channel)
    await layer.send(channel, MESSAGE)

    await layer.flush()
    await layer.group_send("group", MESSAGE)

    assert layer.group_size("group") == 0
    assert await is_empty(layer, channel)
    await layer.group_add("group", channel)
    await layer.group_send("group", {"type": "after"})
    assert await received(layer, channel) == {"type": "after"}


@pytest.mark.parametrize("name", ["", "a" * 100, "two words", "¯\\_(ツ)_/¯", b"bytes", None, "group:1"])
async def test_names_are_checked(make_layer: MakeLayer, name: Any) -> None:
    layer = make_layer()
    channel = await layer.new_channel()

    for refused in (
        layer.send(name, MESSAGE),
        layer.receive(name),
        layer.group_add(name, channel),
        layer.group_add("group", name),
        layer.group_discard(name, channel),
        layer.group_send(name, MESSAGE),
    ):
        with pytest.raises(TypeError):
            await refused
    assert layer.group_size("group") == 0


async def test_channels_are_their_processes_own(make_layer: MakeLayer) -> None:
    layer, other = make_layer(), make_layer()
    channel = await other.new_channel()

    with pytest.raises(TypeError):
        await layer.send("of-no-process", MESSAGE)
    with pytest.raises(RuntimeError):
        await layer.receive(channel)
    with pytest.raises(RuntimeError):
        await layer.group_add("group", channel)


async def test_two_loops_of_a_process_receive_from_each_other(make_layer: MakeLayer) -> None:
    layer = make_layer()
    channel = await layer.new_channel()

    @async_to_sync
    async def in_another_loop() -> str:
        name = await layer.new_channel()
        await layer.group_add("group", name)
        await layer.send(channel, {"type": "hello", "from": name})
        return str((await received(layer, name))["text"])

    response = asyncio.create_task(asyncio.to_thread(in_another_loop))
    hello = await received(layer, channel)
    await layer.send(hello["from"], MESSAGE)

    assert await response == "é"
    assert hello["from"] != channel


async def test_a_process_and_one_with_channels_rediss_own_layer_receive_from_each_other(make_layer: MakeLayer) -> None:
    layer, other = make_layer(), RedisPubSubChannelLayer([settings.REDIS_URL], prefix="test")
    here, there = await layer.new_channel(), await other.new_channel()
    await layer.group_add("group", here)
    await other.group_add("group", there)

    await layer.group_send("group", MESSAGE)
    first = await received(layer, here), await received(other, there)
    await other.group_send("group", {"type": "answer"})

    assert first == (MESSAGE, MESSAGE)
    assert await received(layer, here) == await received(other, there) == {"type": "answer"}
    await other.flush()


class PlainConsumer(AsyncConsumer):
    """As Channels makes it, with a receive of its own."""

    async def test_join(self, message: Any) -> None:
        await self.channel_layer.group_add("group", self.channel_name)
        await self.send({"type": "test.joined"})

    async def test_message(self, message: Any) -> None:
        await self.send(message)


async def test_it_serves_consumers_as_channels_makes_them(make_layer: MakeLayer) -> None:
    layer = make_layer()
    old = channel_layers.set("default", layer)
    try:
        application = ApplicationCommunicator(PlainConsumer.as_asgi(), {"type": "test"})
        await application.send_input({"type": "test.join"})
        joined = await application.receive_output(PATIENCE_SECONDS)

        await layer.group_send("group", MESSAGE)

        assert joined == {"type": "test.joined"}
        assert await application.receive_output(PATIENCE_SECONDS) == MESSAGE
        application.stop()
    finally:
        channel_layers.set("default", old)


async def test_many_messages_take_one_round_trip_from_a_thread(make_layer: MakeLayer) -> None:
    layer = make_layer()
    channel = await layer.new_channel()
    await layer.group_add("one", channel)
    await layer.group_add("two", channel)
    before = await in_thread(calls_of_publish)

    await in_thread(layer.group_send_many, [("one", {"type": "a"}), ("two", {"type": "b"}), ("one", {"type": "c"})])
    await in_thread(layer.group_send_many, [])

    assert [(await received(layer, channel))["type"] for _ in range(3)] == ["a", "b", "c"]
    assert await in_thread(calls_of_publish) - before == 3


def calls_of_publish() -> int:
    return int(redis.client().info("commandstats").get("cmdstat_publish", {"calls": 0})["calls"])


async def test_messages_are_handed_to_a_receiver_without_a_queue(make_layer: MakeLayer) -> None:
    layer, other = make_layer(), make_layer()
    recorder, failing = Recorder(), Recorder()
    channel = layer.open_channel(recorder)
    broken = layer.open_channel(failing)
    failing.take = lambda message: 1 / 0  # type: ignore[assignment, method-assign]
    for name in (broken, channel):
        await layer.group_add("group", name)

    await layer.send(channel, {"type": "direct"})
    await other.send(channel, {"type": "remote"})
    await recorder.next_change()
    await other.group_send("group", {"type": "group"})
    while len(recorder.messages) < 3:
        await recorder.next_change()

    assert [message["type"] for message in recorder.messages] == ["direct", "remote", "group"]
    with pytest.raises(TypeError):
        await layer.receive(channel)


async def test_a_process_has_one_subscription_and_it_ends_with_its_channels(make_layer: MakeLayer) -> None:
    layer = make_layer()
    before = await in_thread(subscribers)
    channels = [layer.open_channel(Recorder()) for _ in range(10)]
    for number, channel in enumerate(channels):
        await layer.group_add(f"group.{number % 3}", channel)

    during, sizes = await in_thread(subscribers), [layer.group_size(f"group.{number}") for number in range(4)]
    living = await in_thread(layer.listening, {layer.process, b"nobody!!"})
    for number, channel in enumerate(channels):
        await layer.group_discard(f"group.{number % 3}", channel)
        layer.close_channel(channel)
    await asyncio.wait_for(layer.closed(), PATIENCE_SECONDS)

    assert (during - before, sizes) == (1, [4, 3, 3, 0])
    assert living == {layer.process}
    assert await in_thread(layer.listening, {layer.process}) == set()
    assert await in_thread(subscribers) == before


def subscribers() -> int:
    return len(redis.client().client_list(_type="pubsub"))


async def test_while_redis_is_frozen_a_group_is_joined_after_a_second_without_it(
    make_layer: MakeLayer, proxy: Proxy, monkeypatch: Any
) -> None:
    monkeypatch.setattr(subscription, "SUBSCRIBE_SECONDS_MAX", 0.05)
    layer, other, recorder = make_layer(through(proxy)), make_layer(), Recorder()
    channel = layer.open_channel(recorder)
    await layer.group_add("received.before", channel)
    await in_thread(proxy.freeze)

    await asyncio.wait_for(layer.group_add("group", channel), 1)
    await other.group_send("group", MESSAGE)
    received_nothing = recorder.messages == [] and recorder.losses == 0
    await in_thread(proxy.thaw)
    await recorder.next_change()
    # What was sent meanwhile may come late, or be lost: then it is notified that it may have missed something.
    await other.group_send("group", {"type": "after"})
    while {"type": "after"} not in recorder.messages:
        await recorder.next_change()

    assert received_nothing
    assert recorder.losses == 1


async def test_whoever_may_have_missed_messages_is_notified_when_redis_is_back(
    make_layer: MakeLayer, proxy: Proxy
) -> None:
    layer, other, recorder = make_layer(through(proxy)), make_layer(), Recorder()
    channel = layer.open_channel(recorder)
    await layer.group_add("group", channel)

    await in_thread(proxy.go_down)
    await other.group_send("group", MESSAGE)
    await in_thread(proxy.come_back)
    await recorder.next_change()
    await other.group_send("group", {"type": "after"})
    await recorder.next_change()

    assert (recorder.losses, recorder.messages) == (1, [{"type": "after"}])


async def test_a_redis_that_says_nothing_any_more_is_given_up(
    make_layer: MakeLayer, proxy: Proxy, monkeypatch: Any
) -> None:
    monkeypatch.setattr(subscription, "SILENCE_SECONDS", 0.05)
    layer, recorder = make_layer(through(proxy)), Recorder()
    await layer.group_add("group", layer.open_channel(recorder))

    await in_thread(proxy.freeze)
    # A second connection means that the first was given up.
    await until(lambda: len(proxy._writers) >= 4)
    await in_thread(proxy.thaw)
    await recorder.next_change()

    assert recorder.losses == 1


async def test_a_queue_of_channels_is_never_notified_of_losses(make_layer: MakeLayer, proxy: Proxy) -> None:
    layer = make_layer(through(proxy))
    channel = await layer.new_channel()
    await layer.group_add("group", channel)

    await in_thread(proxy.break_all)
    await until(lambda: layer.listening({layer.process}) == {layer.process})

    assert await is_empty(layer, channel)


async def test_sending_without_redis_is_refused(make_layer: MakeLayer, monkeypatch: Any) -> None:
    layer, other = make_layer(), make_layer()
    channel = await other.new_channel()

    def refuse(operation: object) -> None:
        raise RedisUnavailableError

    monkeypatch.setattr(redis, "run_with_breaker", refuse)
    for sending in (layer.send(channel, MESSAGE), layer.group_send("group", MESSAGE)):
        with pytest.raises(RedisUnavailableError):
            await sending


def test_a_layer_that_is_not_configured_is_none() -> None:
    assert get_channel_layer("elsewhere") is None
    with pytest.raises(InvalidChannelLayerError):
        channel_layers.make_test_backend("default")


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        ({}, "no layer"),
        ({"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}, "channels.layers.InMemoryChannelLayer"),
    ],
)
def test_another_channel_layer_is_found_by_the_check(settings: Any, layers: dict[str, Any], name: str) -> None:
    settings.CHANNEL_LAYERS = layers

    (found,) = run_checks()

    assert (found.id, found.msg) == (
        "laurel.E003",
        f"CHANNEL_LAYERS names {name}, with which sockets and streams don't work.",
    )


def test_the_listener_and_the_live_data_are_at_one_server() -> None:
    (host,) = settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]

    assert host["address"] == settings.CACHES["live"]["LOCATION"]
