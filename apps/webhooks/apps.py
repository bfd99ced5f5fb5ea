"""The webhooks app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "apps.webhooks"

    def ready(self) -> None:
        # Importing these modules registers subscribers, jobs and work queues.
        from apps.webhooks import disabled_emails, scheduled, subscribers
