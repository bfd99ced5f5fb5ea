"""Read-only pages of webhooks for operators. Deliveries are found by id and not counted."""

from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin
from apps.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookNotice


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    list_display = ("url", "game", "state", "disabled_reason", "failing_since", "created_at", "deleted_at")
    list_select_related = ("game",)
    search_fields = ("url", "game__name")
    list_filter = ("state", "disabled_reason", ("deleted_at", admin.EmptyFieldListFilter))
    ordering = ("-id",)
    exclude = ("secret", "previous_secret")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "endpoint", "state", "attempt_count", "due_at", "created_at", "finished_at")
    list_select_related = ("endpoint",)
    search_fields = ("=id", "=message__id", "=endpoint__id")
    list_filter = ("state",)
    ordering = ("-id",)


@admin.register(WebhookMessage)
class WebhookMessageAdmin(ReadOnlyAdmin):
    list_display = ("id", "type", "game_id", "created_at")
    search_fields = ("=id",)
    ordering = ("-id",)


@admin.register(WebhookAttempt)
class WebhookAttemptAdmin(ReadOnlyAdmin):
    list_display = ("id", "url", "status", "error", "duration_ms", "at")
    search_fields = ("=delivery__id", "=endpoint__id")
    ordering = ("-id",)


@admin.register(WebhookNotice)
class WebhookNoticeAdmin(ReadOnlyAdmin):
    list_display = ("id", "endpoint", "account", "reason", "attempt_count", "due_at")
    list_select_related = ("endpoint", "account")
    ordering = ("-id",)
