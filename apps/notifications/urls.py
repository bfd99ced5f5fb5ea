"""Routes of the notifications app, below /api/v1/."""

from django.urls import path

from apps.notifications.views import webhooks
from apps.notifications.views.announcements import AnnouncementsView, WithdrawAnnouncementView
from apps.notifications.views.gathered import NotificationUnlocksView
from apps.notifications.views.inbox import NotificationListView, NotificationReadView
from apps.notifications.views.preferences import PreferencesView
from apps.notifications.views.protocol import ProtocolView
from apps.notifications.views.stream import NotificationStreamView
from apps.notifications.views.tickets import SocketTicketView

WEBHOOKS = "manage/games/<id:game_id>/webhooks"
WEBHOOK = f"{WEBHOOKS}/<id:webhook_id>"
DELIVERY = f"{WEBHOOK}/deliveries/<id:delivery_id>"
ANNOUNCEMENTS = "manage/games/<id:game_id>/announcements"

urlpatterns = [
    path("asyncapi.json", ProtocolView.as_view(), name="asyncapi"),
    path("players/me/preferences", PreferencesView.as_view(), name="preferences"),
    path("players/me/notifications", NotificationListView.as_view(), name="notifications"),
    path("players/me/notifications/read", NotificationReadView.as_view(), name="notifications-read"),
    path(
        "players/me/notifications/<count:seq>/unlocks", NotificationUnlocksView.as_view(), name="notification-unlocks"
    ),
    path("players/me/notifications/stream", NotificationStreamView.as_view(), name="notification-stream"),
    path("players/<id:player_id>/socket-ticket", SocketTicketView.as_view(), name="socket-ticket"),
    path(WEBHOOKS, webhooks.WebhooksView.as_view(), name="webhooks"),
    path(WEBHOOK, webhooks.WebhookView.as_view(), name="webhook"),
    path(f"{WEBHOOK}/rotate-secret", webhooks.WebhookSecretView.as_view(), name="webhook-rotate-secret"),
    path(f"{WEBHOOK}/test", webhooks.WebhookTestView.as_view(), name="webhook-test"),
    path(f"{WEBHOOK}/resend-failed", webhooks.WebhookResendFailedView.as_view(), name="webhook-resend-failed"),
    path(f"{WEBHOOK}/deliveries", webhooks.WebhookDeliveriesView.as_view(), name="webhook-deliveries"),
    path(DELIVERY, webhooks.WebhookDeliveryView.as_view(), name="webhook-delivery"),
    path(f"{DELIVERY}/resend", webhooks.WebhookResendView.as_view(), name="webhook-resend"),
    path(ANNOUNCEMENTS, AnnouncementsView.as_view(), name="announcements"),
    path(
        f"{ANNOUNCEMENTS}/<id:announcement_id>/withdraw",
        WithdrawAnnouncementView.as_view(),
        name="withdraw-announcement",
    ),
]
