"""The tables of notifications, by noun."""

from apps.notifications.models.inbox import Inbox, Notification, Preference

__all__ = ["Inbox", "Notification", "Preference"]
