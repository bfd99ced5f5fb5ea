"""Routes of the ledger, below /api/v1/."""

from django.urls import path

from apps.unlocks.views import reports

urlpatterns = [
    path("achievements/unlock", reports.UnlockView.as_view(), name="unlock"),
    path("achievements/unlock/batch", reports.UnlockBatchView.as_view(), name="unlock-batch"),
    path("achievements/progress", reports.ProgressView.as_view(), name="progress"),
    path("achievements/progress/batch", reports.ProgressBatchView.as_view(), name="progress-batch"),
]
