"""Routes of play time and statistics, below /api/v1/."""

from django.urls import path

from apps.analytics import views

urlpatterns = [
    path("players/<player_ref:player>/playtime", views.PlayTimeView.as_view(), name="playtime"),
    path("players/<player_ref:player>/dashboard", views.DashboardView.as_view(), name="dashboard"),
    path("players/<player_ref:player>/statistics", views.StatisticsView.as_view(), name="statistics"),
    path("manage/games/<id:game_id>/statistics", views.GameStatisticsView.as_view(), name="manage-game-statistics"),
    path("compare", views.CompareView.as_view(), name="compare"),
]
