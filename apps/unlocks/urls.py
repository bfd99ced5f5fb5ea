"""Routes of the ledger, below /api/v1/."""

from django.urls import path

from apps.unlocks.views import imports, journals, readings, reports, revocations

urlpatterns = [
    path("achievements/unlock", reports.UnlockView.as_view(), name="unlock"),
    path("achievements/unlock/batch", reports.UnlockBatchView.as_view(), name="unlock-batch"),
    path("achievements/progress", reports.ProgressView.as_view(), name="progress"),
    path("achievements/progress/batch", reports.ProgressBatchView.as_view(), name="progress-batch"),
    path("achievements/journal", journals.JournalView.as_view(), name="journal"),
    path("games/<id:game_id>/achievements", readings.AchievementsView.as_view(), name="achievements"),
    path("games/<id:game_id>/achievements/<ref:achievement>", readings.AchievementView.as_view(), name="achievement"),
    path("players/<player_ref:player>/unlocks", readings.PlayerUnlocksView.as_view(), name="player-unlocks"),
    path("players/<player_ref:player>/progress", readings.PlayerProgressView.as_view(), name="player-progress"),
    path("manage/games/<id:game_id>/revocations", revocations.RevocationListView.as_view(), name="revocations"),
    path(
        "manage/games/<id:game_id>/revocations/<id:revocation_id>",
        revocations.RevocationView.as_view(),
        name="revocation",
    ),
    path(
        "manage/games/<id:game_id>/revocations/<id:revocation_id>/restore",
        revocations.RestoreView.as_view(),
        name="revocation-restore",
    ),
    path("manage/games/<id:game_id>/unlock-imports", imports.ImportListView.as_view(), name="unlock-imports"),
    path("manage/games/<id:game_id>/unlock-imports/<id:import_id>", imports.ImportView.as_view(), name="unlock-import"),
    path(
        "manage/games/<id:game_id>/unlock-imports/<id:import_id>/unlocks",
        imports.ImportedUnlocksView.as_view(),
        name="unlock-import-unlocks",
    ),
    path(
        "manage/games/<id:game_id>/unlock-imports/<id:import_id>/finish",
        imports.FinishImportView.as_view(),
        name="unlock-import-finish",
    ),
]
