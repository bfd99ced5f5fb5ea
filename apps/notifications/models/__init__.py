"""The tables of notifications, by noun."""

from apps.notifications.models.announcements import Announcement, AnnouncementState
from apps.notifications.models.email import EmailDigest
from apps.notifications.models.friends import FanOutEntry, FriendOutlet, FriendWaiting
from apps.notifications.models.inbox import Inbox, Notification, Preference, Told
from apps.notifications.models.webhooks import (
    DeliveryState,
    DisabledReason,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
    WebhookNotice,
)

__all__ = [
    "Announcement",
    "AnnouncementState",
    "DeliveryState",
    "DisabledReason",
    "EmailDigest",
    "EndpointState",
    "FanOutEntry",
    "FriendOutlet",
    "FriendWaiting",
    "Inbox",
    "Notification",
    "Preference",
    "Told",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
    "WebhookNotice",
]
