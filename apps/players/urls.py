"""Routes of the players, below /api/v1/."""

from django.urls import path

from apps.players.views import follows, links, players, tokens

urlpatterns = [
    path("players", players.PlayerListView.as_view(), name="player-list"),
    path("players/me", players.MeView.as_view(), name="me"),
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
