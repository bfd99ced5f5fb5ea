"""Routes of the boards, below /api/v1/."""

from django.urls import path

from apps.leaderboards import following_views, result_views, views

urlpatterns = [
    path("leaderboards/global", views.PlatformBoardView.as_view(), name="board-global"),
    path("leaderboards/<id:game_id>", views.BoardView.as_view(), name="board"),
    path("leaderboards/global/friends", views.PlatformFriendsView.as_view(), name="friends-global"),
    path("leaderboards/<id:game_id>/friends", views.FriendsBoardView.as_view(), name="friends"),
    path("leaderboards/global/players/<id:player_id>", views.PlatformPlaceView.as_view(), name="place-global"),
    path("leaderboards/<id:game_id>/players/<id:player_id>", views.PlayerPlaceView.as_view(), name="place"),
    path(
        "leaderboards/global/players/<id:player_id>/history",
        result_views.PlatformRankHistoryView.as_view(),
        name="rank-history-global",
    ),
    path(
        "leaderboards/<id:game_id>/players/<id:player_id>/history",
        result_views.RankHistoryView.as_view(),
        name="rank-history",
    ),
    path("leaderboards/global/closed", result_views.PlatformClosedWindowsView.as_view(), name="closed-global"),
    path("leaderboards/<id:game_id>/closed", result_views.ClosedWindowsView.as_view(), name="closed"),
    path(
        "leaderboards/global/closed/<str:window>/<date:opened_on>",
        result_views.PlatformFinalPlacesView.as_view(),
        name="final-places-global",
    ),
    path(
        "leaderboards/<id:game_id>/closed/<str:window>/<date:opened_on>",
        result_views.FinalPlacesView.as_view(),
        name="final-places",
    ),
    path("players/me/followed-boards", following_views.FollowedBoardsView.as_view(), name="followed-boards"),
    path(
        "players/me/followed-boards/global/<str:window>",
        following_views.PlatformFollowedBoardView.as_view(),
        name="followed-board-global",
    ),
    path(
        "players/me/followed-boards/<id:game_id>/<str:window>",
        following_views.FollowedBoardView.as_view(),
        name="followed-board",
    ),
    path("players/<player_ref:player>/medals", result_views.MedalsView.as_view(), name="medals"),
]
