"""Routes of the notifications app, below /api/v1/."""

from django.urls import path

from apps.notifications.views import SocketTicketView

urlpatterns = [
    path("players/<uuid:player_id>/socket-ticket", SocketTicketView.as_view(), name="socket-ticket"),
]
