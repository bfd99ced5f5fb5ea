"""Publishing to sockets: one PUBLISH a message, straight to the groups of Channels' pub/sub layer.

Channels' own group_send opens a connection a call from synchronous code: 1.9 ms against 0.06 ms for a plain publish.
"""

from collections.abc import Iterable
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.conf import settings

from apps.core.redis import client as redis

log = structlog.get_logger(__name__)

# A group and what it is told.
Message = tuple[str, dict[str, Any]]


def publish(messages: Iterable[Message]) -> None:
    """Send (group, message) pairs in one round trip; a message's `type` names the consumer's handler.

    A push is only a hint: what is lost while Redis is away is read from PostgreSQL by whoever notices the gap.
    Raises: RedisAwayError.
    """
    prefix = settings.SOCKET_PREFIX
    serialize = get_channel_layer().serialize
    frames = [(f"{prefix}__group__{group}", serialize(message)) for group, message in messages]

    def send(client: redis.Client) -> None:
        pipeline = client.pipeline(transaction=False)
        for channel, frame in frames:
            pipeline.publish(channel, frame)
        pipeline.execute()

    if frames:
        redis.attempt(send)


def try_publish(messages: Iterable[Message]) -> None:
    """Publish what whoever misses it will notice by itself."""
    try:
        publish(messages)
    except redis.RedisAwayError:
        log.warning("realtime.hints_lost")
