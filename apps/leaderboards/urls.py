"""Routes of the boards, below /api/v1/."""

from django.urls import path

from apps.leaderboards import views

urlpatterns = [
    path("leaderboards/global", views.PlatformBoardView.as_view(), name="board-global"),
    path("leaderboards/<uuid:game_id>", views.BoardView.as_view(), name="board"),
    path("leaderboards/global/friends", views.PlatformFriendsView.as_view(), name="friends-global"),
    path("leaderboards/<uuid:game_id>/friends", views.FriendsBoardView.as_view(), name="friends"),
    path("leaderboards/global/players/<uuid:player_id>", views.PlatformPlaceView.as_view(), name="place-global"),
    path("leaderboards/<uuid:game_id>/players/<uuid:player_id>", views.PlayerPlaceView.as_view(), name="place"),
]
