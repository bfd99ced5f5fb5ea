"""Routes of the players, below /api/v1/."""

from django.urls import path

from apps.players.views import devices, follows, links, players, tokens

urlpatterns = [
    path("guests", devices.GuestsView.as_view(), name="guests"),
    path("devices/<id:device_id>/challenges", devices.ChallengesView.as_view(), name="device-challenges"),
    path("devices/<id:device_id>/tokens", devices.DeviceTokensView.as_view(), name="device-tokens"),
    path("players", players.PlayerListView.as_view(), name="player-list"),
    path("players/me", players.MeView.as_view(), name="me"),
    path("players/me/devices", devices.OwnDevicesView.as_view(), name="own-devices"),
    path("players/me/devices/<id:device_id>", devices.OwnDeviceView.as_view(), name="own-device"),
    path("players/me/links", links.LinksView.as_view(), name="links"),
    path("players/me/following", follows.FollowingView.as_view(), name="following"),
    path("players/me/following/<id:player_id>", follows.FollowView.as_view(), name="follow"),
    path("players/me/followers", follows.FollowersView.as_view(), name="followers"),
    path("players/me/blocks", follows.BlocksView.as_view(), name="blocks"),
    path("players/me/blocks/<id:player_id>", follows.BlockView.as_view(), name="block"),
    path(
        "players/by-external-id/<anything:external_id>",
        players.ExternalPlayerView.as_view(),
        name="player-by-external-id",
    ),
    path("players/<id:player_id>", players.PlayerView.as_view(), name="player"),
    path("players/<id:player_id>/link-codes", links.LinkCodesView.as_view(), name="link-codes"),
    path("players/<id:player_id>/tokens", tokens.PlayerTokenView.as_view(), name="player-tokens"),
]
