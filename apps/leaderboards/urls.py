"""Routes of the boards, below /api/v1/."""

from django.urls import path

from apps.leaderboards.views import BoardView, PlayerPlaceView

urlpatterns = [
    path("leaderboards/global", BoardView.as_view(), name="board-global"),
    path("leaderboards/<uuid:game_id>", BoardView.as_view(), name="board"),
    path("leaderboards/global/players/<uuid:player_id>", PlayerPlaceView.as_view(), name="place-global"),
    path("leaderboards/<uuid:game_id>/players/<uuid:player_id>", PlayerPlaceView.as_view(), name="place"),
]
