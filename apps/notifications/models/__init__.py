"""The tables of notifications, by subject."""

from apps.notifications.models.announcements import Announcement, AnnouncementState
from apps.notifications.models.email import EmailDigest
from apps.notifications.models.friends import FanOutEntry, FriendRateLimit, FriendWaiting
from apps.notifications.models.inbox import DedupeKey, Inbox, Notification, Preference

__all__ = [
    "Announcement",
    "AnnouncementState",
    "DedupeKey",
    "EmailDigest",
    "FanOutEntry",
    "FriendRateLimit",
    "FriendWaiting",
    "Inbox",
    "Notification",
    "Preference",
]
