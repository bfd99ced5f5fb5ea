"""Routes of the players' pages."""

from django.urls import path

from apps.web.views import account, board_follows, docs, notifications, pages
from apps.web.views.media import favicon, media

app_name = "web"

urlpatterns = [
    path("", pages.home, name="home"),
    path("games/", pages.game_list, name="game-list"),
    path("games/<slug:slug>/", pages.game_detail, name="game-detail"),
    path("games/<slug:slug>/palette.css", pages.game_palette, name="game-palette"),
    path("players/<id:player_id>/", pages.player_by_id, name="player-by-id"),
    path("players/<handle:handle>/", pages.player_detail, name="player-detail"),
    path("docs/", docs.quick_start, name="docs"),
    path("docs/live/", docs.live_events, name="live-events"),
    path("docs/guests/", docs.guests, name="guest-docs"),
    path("docs/api/", docs.reference, name="api-reference"),
    path("docs/webhooks/", docs.webhooks, name="webhook-docs"),
    path("docs/errors/", docs.error_codes, name="error-codes"),
    path("account/profile/", account.profile_create, name="profile-create"),
    path("account/name/", account.rename, name="rename"),
    path("account/link/", account.link, name="link"),
    path("account/tokens/", account.tokens, name="tokens"),
    path("account/notifications/", notifications.choices, name="notification-choices"),
    path("notifications/", notifications.inbox, name="notifications"),
    path("notifications/read/", notifications.read_all, name="notifications-read"),
    path("notifications/<count:seq>/", notifications.notification, name="notification"),
    path("notifications/mail-off/<str:token>/", notifications.mail_off, name="mail-off"),
    path("favicon.ico", favicon, name="favicon"),
    path("media/<path:path>", media, name="media"),
    path("leaderboards/", pages.leaderboards, name="leaderboards"),
    path("leaderboards/<slug:slug>/", pages.board, name="board"),
    path("leaderboards/<slug:slug>/follow/", board_follows.follow, name="board-follow"),
]
