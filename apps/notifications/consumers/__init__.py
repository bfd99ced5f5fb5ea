"""Live connections: a player's notifications by socket or stream, and hints that something has changed."""

from apps.notifications.consumers.hints import BoardSocket, TailSocket
from apps.notifications.consumers.player_socket import NotificationSocket
from apps.notifications.consumers.player_stream import NotificationStream

__all__ = ["BoardSocket", "NotificationSocket", "NotificationStream", "TailSocket"]
