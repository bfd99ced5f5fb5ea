"""Routes of the boards, below /api/v1/."""

from django.urls import path

from apps.leaderboards.views import board_follows, boards, completion, results

urlpatterns = [
    path("leaderboards/global", boards.BoardView.as_view(), name="board-global"),
    path("leaderboards/<id:game_id>", boards.BoardView.as_view(), name="board"),
    path("leaderboards/global/friends", boards.FriendsBoardView.as_view(), name="friends-global"),
    path("leaderboards/<id:game_id>/friends", boards.FriendsBoardView.as_view(), name="friends"),
    path("leaderboards/global/players/<id:player_id>", boards.PlayerPlaceView.as_view(), name="place-global"),
    path("leaderboards/<id:game_id>/players/<id:player_id>", boards.PlayerPlaceView.as_view(), name="place"),
    path(
        "leaderboards/global/players/<id:player_id>/history",
        results.RankHistoryView.as_view(),
        name="rank-history-global",
    ),
    path(
        "leaderboards/<id:game_id>/players/<id:player_id>/history",
        results.RankHistoryView.as_view(),
        name="rank-history",
    ),
    path("leaderboards/global/closed", results.ClosedWindowsView.as_view(), name="closed-global"),
    path("leaderboards/<id:game_id>/closed", results.ClosedWindowsView.as_view(), name="closed"),
    path(
        "leaderboards/global/closed/<str:window>/<date:opened_on>",
        results.FinalPlacesView.as_view(),
        name="final-places-global",
    ),
    path(
        "leaderboards/<id:game_id>/closed/<str:window>/<date:opened_on>",
        results.FinalPlacesView.as_view(),
        name="final-places",
    ),
    path("players/me/followed-boards", board_follows.FollowedBoardsView.as_view(), name="followed-boards"),
    path(
        "players/me/followed-boards/global/<str:window>",
        board_follows.FollowedBoardView.as_view(),
        name="followed-board-global",
    ),
    path(
        "players/me/followed-boards/<id:game_id>/<str:window>",
        board_follows.FollowedBoardView.as_view(),
        name="followed-board",
    ),
    path(
        "players/<player_ref:player>/games/<id:game_id>/completion",
        completion.CompletionView.as_view(),
        name="completion",
    ),
    path("players/<player_ref:player>/medals", results.MedalsView.as_view(), name="medals"),
]
