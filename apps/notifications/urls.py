"""Routes of the notifications app, below /api/v1/."""

from django.urls import path

from apps.notifications.views.announcements import AnnouncementsView, WithdrawAnnouncementView
from apps.notifications.views.grouped import NotificationUnlocksView
from apps.notifications.views.inbox import NotificationListView, NotificationReadView
from apps.notifications.views.preferences import PreferencesView
from apps.notifications.views.protocol import ProtocolView
from apps.notifications.views.stream import NotificationStreamView
from apps.notifications.views.tickets import SocketTicketView

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
    path(ANNOUNCEMENTS, AnnouncementsView.as_view(), name="announcements"),
    path(
        f"{ANNOUNCEMENTS}/<id:announcement_id>/withdraw",
        WithdrawAnnouncementView.as_view(),
        name="withdraw-announcement",
    ),
]
