"""Routes of the notifications app, below /api/v1/."""

from django.urls import path

from apps.notifications.views.announcements import AnnouncementsView, WithdrawAnnouncementView
from apps.notifications.views.inbox import NotificationListView, NotificationReadView
from apps.notifications.views.preferences import PreferencesView
from apps.notifications.views.tickets import SocketTicketView

ANNOUNCEMENTS = "manage/games/<uuid:game_id>/announcements"

urlpatterns = [
    path("players/me/preferences", PreferencesView.as_view(), name="preferences"),
    path("players/me/notifications", NotificationListView.as_view(), name="notifications"),
    path("players/me/notifications/read", NotificationReadView.as_view(), name="notifications-read"),
    path("players/<uuid:player_id>/socket-ticket", SocketTicketView.as_view(), name="socket-ticket"),
    path(ANNOUNCEMENTS, AnnouncementsView.as_view(), name="announcements"),
    path(
        f"{ANNOUNCEMENTS}/<uuid:announcement_id>/withdraw",
        WithdrawAnnouncementView.as_view(),
        name="withdraw-announcement",
    ),
]
