"""Routes of the ledger, below /api/v1/."""

from django.urls import path

from apps.unlocks.views import UnlockBatchView, UnlockView

urlpatterns = [
    path("achievements/unlock", UnlockView.as_view(), name="unlock"),
    path("achievements/unlock/batch", UnlockBatchView.as_view(), name="unlock-batch"),
]
