"""Live connections: a player's notifications by socket or stream, and hints that something has changed."""

from apps.notifications.consumers.hints import BoardConsumer, TailConsumer
from apps.notifications.consumers.player_socket import NotificationConsumer
from apps.notifications.consumers.player_stream import NotificationStreamConsumer

__all__ = ["BoardConsumer", "NotificationConsumer", "NotificationStreamConsumer", "TailConsumer"]
