"""The channel layer of Channels' specification, on channels-redis's: named in CHANNEL_LAYERS."""

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

# A group and what it is sent.
GroupMessage = tuple[str, Message]
# In a message to one channel, which of them; as in channels-redis.
_CHANNEL = "__asgi_channel__"
# Of names, as other layers have it.
_PREFIX = "specific."
_PROCESS_BYTES = 8
_PROCESS = re.compile(rf"([0-9a-f]{{{2 * _PROCESS_BYTES}}})!")


class ChannelLayer(RedisPubSubChannelLayer):
    """Channels-redis's layer for each loop, replaced by ours; and what needs no loop: publishing, from any thread.

    Its names and its encoding are channels-redis's. Differences: one subscription a process instead of one a channel,
    queues with a capacity, losses that are noticed, and channels that only the process receives from that made them:
    a pub/sub layer can't give a message of a general channel to one process alone.
    """

    def __init__(self, hosts: list[Any], prefix: str, *, serializer_format: str = "msgpack", **options: Any) -> None:
        super().__init__(serializer_format=serializer_format)
        decoded = decode_hosts(hosts)
        if len(decoded) != 1:
            raise ValueError("This channel layer has one host.")
        self.host: dict[str, Any] = decoded[0]
        self.prefix = prefix
        self._options = options
        # Checks names; what it would need a loop for is in the layer of each loop.
        self._names = BaseChannelLayer()

    async def group_send(self, group: str, message: Message) -> None:
        await in_thread(self.group_send_many, [(group, message)])

    def group_send_many(self, messages: Iterable[GroupMessage]) -> None:
        """Send to groups in one round trip; blocks. Raises: RedisAwayError."""
        self.publish([(self.redis_channel(group), message) for group, message in messages])

    def publish(self, messages: Iterable[GroupMessage]) -> None:
        """As group_send_many, to channels of Redis."""
        frames = [(channel, self.serialize(message)) for channel, message in messages]

        def send(client: redis.Client) -> None:
            pipeline = client.pipeline(transaction=False)
            for channel, frame in frames:
                pipeline.publish(channel, frame)
            pipeline.execute()

        if frames:
            redis.attempt(send)

    def listening(self, processes: Iterable[bytes]) -> set[bytes]:
        """Return which of these processes are listening now; blocks. Raises: RedisAwayError."""
        asked = list(processes)
        if not asked:
            return set()
        answers = redis.attempt(lambda client: client.pubsub_numsub(*map(self.channel_of_process, asked)))
        return {process for process, (_, count) in zip(asked, answers, strict=True) if count}

    def redis_channel(self, group: str) -> str:
        self._names.require_valid_group_name(group)
        return f"{self.prefix}__group__{group}"

    def channel_of_process(self, process: bytes) -> str:
        # Processes of the versions before listen to the same name, so that old and new know of each other.
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
    """The channels of one loop and the groups they are in, and the subscription that serves them all.

    A channel's name tells its process, which Redis knows to be gone as soon as it is killed.
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
        # By their names in Redis.
        self._groups: dict[str, set[str]] = {}
        self._subscription = Subscription(layer.host, self._own, hear=self._hear, miss=self._miss)

    # Channels

    async def new_channel(self, prefix: str = _PREFIX) -> str:
        """Return the name of a new channel, which only this process receives from."""
        await self._subscription.subscribe(self._own)
        return self._new_name(prefix)

    async def send(self, channel: str, message: Message) -> None:
        """Send to a channel of any process.

        Raises: ChannelFull, when it is of this process; others drop what they have no room for. RedisAwayError.
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
            # Whoever receives has ended, or gives up for now.
            if queue.is_idle:
                self.close_channel(channel)
            raise

    def open_channel(self, receiver: Receiver) -> str:
        """Return the name of a new channel whose messages are handed over, on the loop and without a queue."""
        channel = self._new_name(_PREFIX)
        self._channels[channel] = receiver
        self._subscription.want(self._own)
        return channel

    def close_channel(self, channel: str) -> None:
        """Forget a channel, which has left its groups."""
        self._channels.pop(channel, None)
        self._rest()

    # Groups

    async def group_add(self, group: str, channel: str) -> None:
        """Add a channel of this process; returns once messages arrive, or without them after a second."""
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
        """Return how many channels of this process are in a group."""
        return len(self._groups.get(self._layer.redis_channel(group), ()))

    # Flush

    async def flush(self) -> None:
        """Forget all channels and groups of this process, and close its connection."""
        self._channels.clear()
        self._groups.clear()
        await self._subscription.flush()

    async def closed(self) -> None:
        """Return when the last channel is gone and the connection is closed."""
        await self._subscription.closed()

    # What arrives

    def _hear(self, name: str, data: bytes) -> None:
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
            # One socket's trouble, or a message of another version's, must not make all the others deaf.
            log.exception("channel_layer.message_refused")

    def _miss(self, name: str) -> None:
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
        """Close a queue that nobody uses; whoever has left a message unread leaves their groups too."""
        if self._channels.get(channel) is not queue:
            return
        if queue.is_abandoned:
            self._forget(channel)
        elif queue.is_idle:
            self.close_channel(channel)
        else:
            self._tidy_later(channel, queue)

    # Names, and what ends

    def _new_name(self, prefix: str) -> str:
        return f"{prefix}{self.process.hex()}!{next(self._numbers):x}"

    def _process_of(self, channel: str) -> bytes:
        """Return which process a channel is of. Raises: TypeError for what is no name of a process's channel."""
        self.require_valid_channel_name(channel)
        if (found := _PROCESS.search(channel)) is None:
            raise TypeError(f"{channel} is no process's channel, and this layer has no others.")
        return bytes.fromhex(found[1])

    def _require_own(self, channel: str) -> None:
        if self._process_of(channel) != self.process:
            raise RuntimeError(f"{channel} is a channel of another process.")

    def _forget(self, channel: str) -> None:
        """Close a channel and have it leave its groups."""
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
        """Have the connection closed when it has nothing to hear."""
        if not self._channels and not self._groups:
            self._subscription.drop(self._own)


def configured_layer() -> ChannelLayer:
    """Return the layer that CHANNEL_LAYERS names."""
    layer: ChannelLayer = get_channel_layer()
    return layer
