"""Routes of studios' webhooks, below /api/v1/."""

from django.urls import path

from apps.webhooks import views

WEBHOOKS = "manage/games/<id:game_id>/webhooks"
WEBHOOK = f"{WEBHOOKS}/<id:webhook_id>"
DELIVERY = f"{WEBHOOK}/deliveries/<id:delivery_id>"

urlpatterns = [
    path(WEBHOOKS, views.WebhooksView.as_view(), name="webhooks"),
    path(WEBHOOK, views.WebhookView.as_view(), name="webhook"),
    path(f"{WEBHOOK}/rotate-secret", views.WebhookSecretView.as_view(), name="webhook-rotate-secret"),
    path(f"{WEBHOOK}/test", views.WebhookTestView.as_view(), name="webhook-test"),
    path(f"{WEBHOOK}/resend-failed", views.WebhookResendFailedView.as_view(), name="webhook-resend-failed"),
    path(f"{WEBHOOK}/deliveries", views.WebhookDeliveriesView.as_view(), name="webhook-deliveries"),
    path(DELIVERY, views.WebhookDeliveryView.as_view(), name="webhook-delivery"),
    path(f"{DELIVERY}/resend", views.WebhookResendView.as_view(), name="webhook-resend"),
]
