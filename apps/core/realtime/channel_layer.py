"""A channel layer by Channels' specification, based on channels-redis's; set in CHANNEL_LAYERS."""

import asyncio
import itertools
import os
import re
from collections.abc import Iterable
from typing import Any

import structlog
from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer, get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from channels_redis.utils import _wrap_close, decode_hosts

from apps.core.realtime.asgi_types import Message
from apps.core.realtime.receivers import MessageQueue, Receiver
from apps.core.realtime.subscription import Subscription
from apps.core.realtime.threads import in_thread
from apps.core.redis import client as redis

log = structlog.get_logger(__name__)

# A group and its message.
GroupMessage = tuple[str, Message]
# Names the channel in a message to one channel; as in channels-redis.
_CHANNEL = "__asgi_channel__"
# As in other layers.
_PREFIX = "specific."
_PROCESS_BYTES = 8
_PROCESS = re.compile(rf"([0-9a-f]{{{2 * _PROCESS_BYTES}}})!")


class ChannelLayer(RedisPubSubChannelLayer):
    """Channels-redis's layer with its layer per loop replaced by ours, and with publishing from any thread.

    Names and encoding are channels-redis's. Differences: one subscription per process instead of one per channel,
    queues with a capacity, detection of losses, and channels that only the creating process receives from: a pub/sub
    layer can't deliver a message of a general channel to exactly one process.
    """

    def __init__(self, hosts: list[Any], prefix: str, *, serializer_format: str = "msgpack", **options: Any) -> None:
        super().__init__(serializer_format=serializer_format)
        decoded = decode_hosts(hosts)
        if len(decoded) != 1:
            raise ValueError("This channel layer has one host.")
        self.host: dict[str, Any] = decoded[0]
        self.prefix = prefix
        self._options = options
        # Validates names; operations that need a loop are in each loop's layer.
        self._names = BaseChannelLayer()

    async def group_send(self, group: str, message: Message) -> None:
        await in_thread(self.group_send_many, [(group, message)])

    def group_send_many(self, messages: Iterable[GroupMessage]) -> None:
        """Send to groups in one round trip; blocks. Raises: RedisUnavailableError."""
        self.publish([(self.redis_channel(group), message) for group, message in messages])

    def publish(self, messages: Iterable[GroupMessage]) -> None:
        """Send to groups like group_send_many, given their channels in Redis."""
        frames = [(channel, self.serialize(message)) for channel, message in messages]

        def send(client: redis.Client) -> None:
            pipeline = client.pipeline(transaction=False)
            for channel, frame in frames:
                pipeline.publish(channel, frame)
            pipeline.execute()

        if frames:
            redis.run_with_breaker(send)

    def listening(self, processes: Iterable[bytes]) -> set[bytes]:
        """Return those of the processes that are subscribed now; blocks. Raises: RedisUnavailableError."""
        queried = list(processes)
        if not queried:
            return set()
        responses = redis.run_with_breaker(lambda client: client.pubsub_numsub(*map(self.channel_of_process, queried)))
        return {process for process, (_, count) in zip(queried, responses, strict=True) if count}

    def redis_channel(self, group: str) -> str:
        self._names.require_valid_group_name(group)
        return f"{self.prefix}__group__{group}"

    def channel_of_process(self, process: bytes) -> str:
        # The channel name of earlier versions, so that old and new processes see each other.
        return f"{self.prefix}__group__hub.{process.hex()}"

    def _get_layer(self) -> "LoopChannelLayer":
        loop = asyncio.get_running_loop()
        layer: LoopChannelLayer | None = self._layers.get(loop)
        if layer is None:
            layer = self._layers[loop] = LoopChannelLayer(self, **self._options)
            # Flushes it with the loop.
            _wrap_close(self, loop)
        return layer


class LoopChannelLayer(BaseChannelLayer):
    """One loop's channels and groups, and the subscription that serves them all.

    A channel's name identifies its process, which Redis sees disconnect as soon as it is killed.
    """

    extensions = ["groups", "flush"]

    def __init__(
        self,
        layer: ChannelLayer,
        *,
        expiry: float = 60,
        capacity: int = 100,
        channel_capacity: dict[Any, int] | None = None,
    ) -> None:
        super().__init__(expiry=expiry, capacity=capacity)
        self.channel_capacity = self.compile_capacities(channel_capacity or {})
        self.process = os.urandom(_PROCESS_BYTES)
        self._layer = layer
        self._own = layer.channel_of_process(self.process)
        self._numbers = itertools.count(1)
        self._channels: dict[str, Receiver] = {}
        # By name in Redis.
        self._groups: dict[str, set[str]] = {}
        self._subscription = Subscription(layer.host, self._own, on_message=self._on_message, on_gap=self._on_gap)

    # Channels

    async def new_channel(self, prefix: str = _PREFIX) -> str:
        """Return the name of a new channel, received by this process only."""
        await self._subscription.subscribe(self._own)
        return self._new_name(prefix)

    async def send(self, channel: str, message: Message) -> None:
        """Send to a channel of any process.

        Raises: ChannelFull for a channel of this process; other processes drop what exceeds the capacity.
        RedisUnavailableError.
        """
        process = self._process_of(channel)
        if not isinstance(message, dict) or _CHANNEL in message:
            raise TypeError("A message is a dict.")
        if process == self.process:
            self._receiver_of(channel).take(message)
        else:
            sent = (self._layer.channel_of_process(process), {**message, _CHANNEL: channel})
            await in_thread(self._layer.publish, [sent])

    async def receive(self, channel: str) -> Message:
        """Return the next message of a channel of this process."""
        self._require_own(channel)
        queue = self._receiver_of(channel)
        if not isinstance(queue, MessageQueue):
            raise TypeError(f"Messages of {channel} are handed over directly.")
        try:
            return await queue.next_message()
        except asyncio.CancelledError:
            # The receiver has ended, or stopped waiting.
            if queue.is_idle:
                self.close_channel(channel)
            raise

    def open_channel(self, receiver: Receiver) -> str:
        """Return the name of a new channel whose messages are passed on directly, on the loop and without a queue."""
        channel = self._new_name(_PREFIX)
        self._channels[channel] = receiver
        self._subscription.want(self._own)
        return channel

    def close_channel(self, channel: str) -> None:
        """Drop a channel that has left its groups."""
        self._channels.pop(channel, None)
        self._rest()

    # Groups

    async def group_add(self, group: str, channel: str) -> None:
        """Add a channel of this process; returns once messages arrive, or after a second without confirmation."""
        name = self._layer.redis_channel(group)
        self._require_own(channel)
        self._groups.setdefault(name, set()).add(channel)
        self._subscription.want(self._own)
        await self._subscription.subscribe(name)

    async def group_discard(self, group: str, channel: str) -> None:
        name = self._layer.redis_channel(group)
        self._process_of(channel)
        self._leave(name, channel)

    def group_size(self, group: str) -> int:
        """Return the number of this process's channels in a group."""
        return len(self._groups.get(self._layer.redis_channel(group), ()))

    # Flush

    async def flush(self) -> None:
        """Drop all channels and groups of this process, and close its connection."""
        self._channels.clear()
        self._groups.clear()
        await self._subscription.flush()

    async def closed(self) -> None:
        """Return when the last channel is gone and the connection is closed."""
        await self._subscription.closed()

    # What arrives

    def _on_message(self, name: str, data: bytes) -> None:
        if name == self._own:
            message = self._layer.deserialize(data)
            self._hand_over(message.pop(_CHANNEL), message)
        elif channels := self._groups.get(name):
            message = self._layer.deserialize(data)
            for channel in tuple(channels):
                self._hand_over(channel, message)

    def _hand_over(self, channel: str, message: Message) -> None:
        try:
            self._receiver_of(channel).take(message)
        except ChannelFull:
            log.info("channel_layer.channel_full", channel=channel)
        except Exception:
            # An error in one socket, or a message of another version, must not stop delivery to the others.
            log.exception("channel_layer.message_refused")

    def _on_gap(self, name: str) -> None:
        for channel in tuple(self._groups.get(name, ())):
            receiver = self._channels.get(channel)
            if receiver is not None:
                receiver.messages_lost()

    def _receiver_of(self, channel: str) -> Receiver:
        return self._channels.get(channel) or self._open_queue(channel)

    def _open_queue(self, channel: str) -> MessageQueue:
        self._subscription.want(self._own)
        queue = MessageQueue(channel, capacity=self.get_capacity(channel), expiry=self.expiry)
        self._channels[channel] = queue
        self._tidy_later(channel, queue)
        return queue

    def _tidy_later(self, channel: str, queue: MessageQueue) -> None:
        asyncio.get_running_loop().call_later(self.expiry, self._tidy, channel, queue)

    def _tidy(self, channel: str, queue: MessageQueue) -> None:
        """Close an unused queue; a channel with expired messages also leaves its groups."""
        if self._channels.get(channel) is not queue:
            return
        if queue.is_abandoned:
            self._discard(channel)
        elif queue.is_idle:
            self.close_channel(channel)
        else:
            self._tidy_later(channel, queue)

    # Names, and closing

    def _new_name(self, prefix: str) -> str:
        return f"{prefix}{self.process.hex()}!{next(self._numbers):x}"

    def _process_of(self, channel: str) -> bytes:
        """Return the process of a channel. Raises: TypeError for a name without one."""
        self.require_valid_channel_name(channel)
        if (found := _PROCESS.search(channel)) is None:
            raise TypeError(f"{channel} is no process's channel, and this layer has no others.")
        return bytes.fromhex(found[1])

    def _require_own(self, channel: str) -> None:
        if self._process_of(channel) != self.process:
            raise RuntimeError(f"{channel} is a channel of another process.")

    def _discard(self, channel: str) -> None:
        """Close a channel and remove it from its groups."""
        for name in [name for name, channels in self._groups.items() if channel in channels]:
            self._leave(name, channel)
        self.close_channel(channel)

    def _leave(self, name: str, channel: str) -> None:
        channels = self._groups.get(name)
        if channels is None:
            return
        channels.discard(channel)
        if not channels:
            del self._groups[name]
            self._subscription.drop(name)
            self._rest()

    def _rest(self) -> None:
        """Close the connection when nothing is subscribed."""
        if not self._channels and not self._groups:
            self._subscription.drop(self._own)


def configured_layer() -> ChannelLayer:
    """Return the layer set in CHANNEL_LAYERS."""
    layer: ChannelLayer = get_channel_layer()
    return layer
